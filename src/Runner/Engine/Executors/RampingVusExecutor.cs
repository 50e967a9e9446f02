using LoadTesting.Model.Planning;

namespace LoadTesting.Runner.Engine.Executors;

/// <summary>The number of VUs follows the plan's steps: each VU has its own turns, computed in advance, and lives through them alone.</summary>
internal sealed class RampingVusExecutor : Executor
{
    private readonly RampingVusPlan _plan;
    private long _started;

    public RampingVusExecutor(ScenarioRun run, RampingVusPlan plan)
        : base(run)
    {
        (_plan, _started) = (plan, plan.FirstLooped);
    }

    public override long? Planned => null;

    public override Task RunAsync() => Task.WhenAll(_plan.VuSpans().Select(LiveAsync));

    private async Task LiveAsync(IReadOnlyList<VuSpan> spans)
    {
        await Task.Yield();
        for (var i = 0; i < spans.Count;)
        {
            // Turns that the next one catches up with belong together: an iteration may go on from one into the next.
            var next = i + 1;
            while (next < spans.Count && spans[next].Start <= spans[next - 1].HardStop) next++;
            if (!await Run.Clock.WaitUntilAsync(Run.StartAt + spans[i].Start.Nanoseconds, Run.Stop)) return;
            await TurnsAsync([.. spans.Skip(i).Take(next - i)]);
            i = next;
        }
    }

    private async Task TurnsAsync(IReadOnlyList<VuSpan> turns)
    {
        using var hardStop = CancellationTokenSource.CreateLinkedTokenSource(Run.Interrupt);
        using var over = new CancellationTokenSource();
        var handle = new VuHandle(Run, NextNumber);
        var cutting = CutOffAsync(turns[^1].HardStop.Nanoseconds, hardStop, over.Token);
        for (var i = 0; i < turns.Count; i++)
        {
            if (!await Run.Clock.WaitUntilAsync(Run.StartAt + turns[i].Start.Nanoseconds, Run.Stop)) break;
            var nextTurn = i + 1 < turns.Count ? Run.StartAt + turns[i + 1].Start.Nanoseconds : long.MaxValue;
            await handle.RunUntilAsync(Run.StartAt + turns[i].GracefulStop.Nanoseconds, nextTurn, hardStop.Token);
        }

        handle.Release();
        over.Cancel();
        await cutting;
    }

    private async Task CutOffAsync(long offset, CancellationTokenSource hardStop, CancellationToken over)
    {
        if (await Run.Clock.WaitUntilAsync(Run.StartAt + offset, over)) hardStop.Cancel();
    }

    private long NextNumber() => _plan.VuIds.GlobalIndex(Interlocked.Increment(ref _started) - 1);
}
