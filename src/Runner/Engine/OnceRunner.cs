using LoadTesting.Expressions;
using LoadTesting.Model.Judging;
using LoadTesting.Runner.Engine.Compilation;
using LoadTesting.Runner.Engine.Timing;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine;

/// <summary>Runs setup, verify and teardown: steps that run once, by nobody of the load (VU 0), and are no iterations. Their samples bear the group's tag.</summary>
public sealed class OnceRunner
{
    /// <summary>k6's limit for setup and teardown. Jobs have their own and do not count.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    private readonly CompiledTest _test;
    private readonly RecorderShards _recorders;
    private readonly ISenderFactory _senders;
    private readonly EngineOptions _options;

    /// <summary>A runner for all three parts.</summary>
    /// <param name="test">Whose steps.</param>
    /// <param name="recorders">Where their samples go.</param>
    /// <param name="senders">Makes the connections; stays the caller's.</param>
    /// <param name="options">Time, log, seed.</param>
    public OnceRunner(CompiledTest test, RecorderShards recorders, ISenderFactory senders, EngineOptions options)
    {
        (_test, _recorders, _senders, _options) = (test, recorders, senders, options);
    }

    /// <summary>Runs one part.</summary>
    /// <param name="phase">Which.</param>
    /// <param name="setup">What setup extracted; empty for setup itself.</param>
    /// <param name="host">Runs the jobs among the steps.</param>
    /// <param name="cancellation">Cuts it off.</param>
    public async Task<OnceEnd> RunAsync(OncePhase phase, IReadOnlyDictionary<string, CelValue> setup, IJobHost host, CancellationToken cancellation)
    {
        var scope = _test.Once[(int)phase];
        var steps = scope.Mix.Pick(0);
        if (steps.Count == 0) return OnceEnd.Nothing;

        using var clock = new EngineClock(_options.Time);
        using var limit = new StageTime(TimeLimit, _options.Time);
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Over);
        var log = new EngineLog(_options.Log, _test.Secrets, static _ => { }, _options.Time);
        var trouble = new TroubleList(log, _test.Secrets, phase);
        var values = CelValue.Of(CelMap.Of(setup));
        var activation = new VuActivation(_test, () => values, 0, new VuHost(_options.Seed ?? (ulong)Random.Shared.NextInt64(), _options.Time));
        await using var session = _test.Session(_senders, 0, 0, _options.Time);
        var shard = _recorders.For(0);
        activation.BeginScope(scope);
        activation.BeginIteration(0, 0);
        var jobs = new JobRunner(host, activation, _test.Secrets, trouble, limit);
        var end = await new StepRunner(session, activation, shard, _recorders.Gauges, clock, trouble, _test.ChoiceCount, jobs: jobs).RunAsync(scope, steps, 0, 0, interrupt.Token);
        var bytes = session.TakeTransferred();

        // Off the loop on which the last request ended: whoever asked has other things to do there.
        await Task.Yield();
        lock (shard.Gate)
        {
            shard.ScopeLocked(scope).DataSent.Add(bytes.Sent);
            shard.ScopeLocked(scope).DataReceived.Add(bytes.Received);
        }

        log.Finish();
        if (end == StepsEnd.Interrupted) trouble.Add(cancellation.IsCancellationRequested ? "stopped before its end" : $"not done after {TimeLimit.TotalSeconds} s");
        return new OnceEnd(end == StepsEnd.Completed, [.. trouble.Entries], new Dictionary<string, CelValue>(activation.Own)) { Reason = jobs.Reason };
    }

    private sealed class TroubleList(EngineLog log, SecretMask secrets, OncePhase phase) : IStepEvents
    {
        // One sentence per kind: a loop of redirects must not fill a report.
        private readonly HashSet<string> _entries = [];

        public IEnumerable<string> Entries => _entries;

        public void Add(string trouble) => _entries.Add(secrets.Mask(trouble));

        public void ExpressionFailed(CompiledStep step, string what, string message) =>
            Add($"{step.Label}: {what}: {message}");

        public void Failed(CompiledStep step, string reason) => Add(reason);

        // What runs once is no load that could be stopped: the part fails, and what that means for the run is the same as for any other failure of it.
        public void Abort(CompiledStep step, string reason) => Add(reason);

        public void Say(CompiledStep step, string message) => log.Say(step, message);

        public void Log(CompiledStep step, string scenario, long vu, string message) => log.Log(step, phase.ToString().ToLowerInvariant(), vu, message);

        // A warning, not a failure of the part: the answer was as expected.
        public void CookieRefused(CompiledRequest request, string why) => log.CookieRefused(request, why);

        public void CheckFailed(string check) => Add($"check '{check}' failed");

        public void Unexpected(CompiledRequest request, Exchange exchange) => Add(
            exchange.Error == TransportError.None
                ? $"{request.Name}: unexpected status {exchange.Status}"
                : $"{request.Name}: {exchange.ErrorText} (error {(int)exchange.Error})");
    }
}

/// <summary>How a part that runs once ended.</summary>
/// <param name="RanToEnd">Whether all its steps ran; false after a failing expression, the time limit or a stop.</param>
/// <param name="Failures">Everything that was not as expected, one sentence each: failing expressions, checks, unexpected statuses, transport errors. Empty = success.</param>
/// <param name="Values">What it set and extracted.</param>
public sealed record OnceEnd(bool RanToEnd, IReadOnlyList<string> Failures, IReadOnlyDictionary<string, CelValue> Values)
{
    /// <summary>Why a job of it came to no result, one of <see cref="Model.Judging.Reasons"/>; null where all did.</summary>
    public string? Reason { get; init; }

    /// <summary>As the verdict sees it.</summary>
    public StageOutcome Outcome => RanToEnd && Failures.Count == 0 ? StageOutcome.Succeeded
        : StageOutcome.Failed(Failures.Count == 0 ? "it did not come to its end" : string.Join("; ", Failures), Reason);

    internal static readonly OnceEnd Nothing = new(true, [], new Dictionary<string, CelValue>());
}
