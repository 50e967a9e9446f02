using LoadTesting.Model.Planning;
using LoadTesting.Runner.Engine.Data;
using LoadTesting.Runner.Engine.Executors;
using LoadTesting.Runner.Engine.Timing;

namespace LoadTesting.Runner.Engine;

/// <summary>Starts one scenario at its time and sees to its end: regular end, graceful stop, then interruption.</summary>
internal sealed class ScenarioControl : IDisposable
{
    private readonly CancellationTokenSource _interrupt;
    private readonly EngineClock _clock;

    public ScenarioControl(
        int index, ScenarioPlan plan, RowSources rows, long pace, EngineClock clock, VuPool pool, VuThreads threads, IScenarioEvents events, long engineStart, CancellationToken stop, CancellationToken hardStop)
    {
        _clock = clock;
        _interrupt = CancellationTokenSource.CreateLinkedTokenSource(hardStop);
        Run = new ScenarioRun(index, plan, rows, pace, clock, pool, threads, events, engineStart, stop, hardStop, _interrupt.Token);
    }

    public ScenarioRun Run { get; }

    /// <returns>How many iterations were planned; null where the plan is a time.</returns>
    public async Task<long?> RunAsync()
    {
        var executor = Executor.For(Run);
        if (await _clock.WaitUntilAsync(Run.StartAt + Run.Plan.ResumeAt.Nanoseconds, Run.Stop))
        {
            Run.State = ScenarioState.Running;
            using var over = new CancellationTokenSource();
            var ending = EndAsync(over.Token);
            await executor.RunAsync();

            // Off the thread of whoever was last, which may be a loop's.
            await Task.Yield();
            over.Cancel();
            await ending;
        }
        else
        {
            Run.Tally.Abandon(executor.Planned ?? 0);
        }

        Run.State = ScenarioState.Finished;
        return executor.Planned;
    }

    public void Dispose() => _interrupt.Dispose();

    private async Task EndAsync(CancellationToken over)
    {
        using var stopOrOver = CancellationTokenSource.CreateLinkedTokenSource(over, Run.Stop);
        await _clock.WaitUntilAsync(Run.RegularEnd, stopOrOver.Token);
        if (over.IsCancellationRequested) return;
        Run.State = ScenarioState.Stopping;

        var end = Run.StartAt + Run.Plan.EndOffset.Nanoseconds;
        if (!Run.Stop.IsCancellationRequested) await _clock.WaitUntilAsync(end, stopOrOver.Token);
        if (Run.Stop.IsCancellationRequested) await _clock.WaitUntilAsync(Math.Min(end, _clock.Now + Run.Plan.Spec.GracefulStop.Nanoseconds), over);
        if (!over.IsCancellationRequested) _interrupt.Cancel();
    }
}
