using LoadTesting.Runner.Engine.Compilation;

namespace LoadTesting.Runner.Engine;

/// <summary>
/// Sends a virtual user's requests side by side, each over a lane of its own, as many at once as the test allows. Only sending is concurrent: requests are made before the
/// first is sent, and answers are evaluated one after the other, because a user's variables are nobody else's at the same time.
/// </summary>
internal sealed class ParallelRequests
{
    private readonly RequestRunner _maker;
    private readonly ResponseSteps _onResponse;
    private readonly Func<int, RequestRunner> _newLane;
    private readonly List<RequestRunner> _lanes = [];
    private readonly Lock _evaluating = new();

    /// <summary>For one virtual user.</summary>
    /// <param name="maker">Makes requests.</param>
    /// <param name="onResponse">Evaluates answers.</param>
    /// <param name="newLane">Makes the lane of a 0-based number; called when it is needed for the first time.</param>
    public ParallelRequests(RequestRunner maker, ResponseSteps onResponse, Func<int, RequestRunner> newLane)
    {
        (_maker, _onResponse, _newLane) = (maker, onResponse, newLane);
    }

    /// <summary>Sends all and waits for all; the weightiest end of any is the end of the step.</summary>
    public async ValueTask<StepsEnd> RunAsync(CompiledScope scope, CompiledParallel step, VuActivation activation, long lag, CancellationToken interrupt)
    {
        var waiting = new List<(CompiledRequest Request, RequestParts Parts)>(step.Requests.Count);
        foreach (var request in step.Requests)
        {
            if (request.When is { } condition)
            {
                var holds = condition.Evaluate(activation);
                if (holds.IsError) return _maker.FailWhen(request, holds.AsError);
                if (!holds.IsTrue) continue;
            }

            if (!_maker.TryMake(request, out var parts)) return StepsEnd.Failed;
            if (request.Body is { Constant: null }) parts = parts with { Body = parts.Body?.ToArray() };
            waiting.Add((request, parts));
        }

        var free = new Stack<int>(Enumerable.Range(0, Math.Min(step.AtOnce, waiting.Count)).Reverse());
        var hosts = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var flying = new List<Task<Landing>>(free.Count);
        var worst = StepsEnd.Completed;
        while (waiting.Count + flying.Count > 0)
        {
            for (var i = 0; i < waiting.Count && free.Count > 0;)
            {
                var host = waiting[i].Parts.Url?.Host ?? "";
                if (hosts.GetValueOrDefault(host) >= step.PerHost)
                {
                    i++;
                    continue;
                }

                hosts[host] = hosts.GetValueOrDefault(host) + 1;
                flying.Add(FlyAsync(scope, waiting[i].Request, waiting[i].Parts, free.Pop(), host, lag, interrupt));
                waiting.RemoveAt(i);
            }

            var done = await Task.WhenAny(flying);
            flying.Remove(done);
            var landing = await done;
            free.Push(landing.Lane);
            hosts[landing.Host]--;
            if (landing.End > worst) worst = landing.End;
            if (worst >= StepsEnd.Aborted) waiting.Clear();
        }

        return worst;
    }

    private async Task<Landing> FlyAsync(CompiledScope scope, CompiledRequest request, RequestParts parts, int lane, string host, long lag, CancellationToken interrupt)
    {
        while (_lanes.Count <= lane) _lanes.Add(_newLane(_lanes.Count));
        var exchange = await _lanes[lane].SendAsync(scope, request, parts, lag, interrupt);
        lock (_evaluating) return new Landing(lane, host, _onResponse.Run(scope, request, exchange, _lanes[lane].Session));
    }

    /// <param name="Lane">Free again.</param>
    /// <param name="Host">Where the request went.</param>
    /// <param name="End">What its answer led to.</param>
    private sealed record Landing(int Lane, string Host, StepsEnd End);
}
