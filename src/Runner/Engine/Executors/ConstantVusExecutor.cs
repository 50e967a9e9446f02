using LoadTesting.Model.Planning;

namespace LoadTesting.Runner.Engine.Executors;

/// <summary>VUs loop until the time is over.</summary>
internal sealed class ConstantVusExecutor : Executor
{
    private readonly ConstantVusPlan _plan;
    private long _started;

    public ConstantVusExecutor(ScenarioRun run, ConstantVusPlan plan)
        : base(run)
    {
        (_plan, _started) = (plan, plan.FirstLooped);
    }

    public override long? Planned => null;

    public override Task RunAsync() => OnEachVuAsync(_plan.MaxVUs, LoopAsync);

    private async Task LoopAsync(VuPool.Slot vu, int place)
    {
        while (Run.MayStart)
        {
            var number = _plan.VuIds.GlobalIndex(Interlocked.Increment(ref _started) - 1);
            if (!Run.HasRow(number, vu)) break;
            await Run.RunIterationAsync(vu, number, null, Run.Interrupt);
        }
    }
}
