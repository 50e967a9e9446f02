using LoadTesting.Model.Planning;

namespace LoadTesting.Runner.Engine.Executors;

/// <summary>VUs take numbers from one counter until all are taken or the time is over. Fast VUs run more of them than slow ones.</summary>
internal sealed class SharedIterationsExecutor : Executor
{
    private readonly SharedIterationsPlan _plan;
    private long _taken;

    public SharedIterationsExecutor(ScenarioRun run, SharedIterationsPlan plan)
        : base(run)
    {
        _plan = plan;
    }

    public override long? Planned => _plan.Iterations;

    public override async Task RunAsync()
    {
        await OnEachVuAsync(_plan.MaxVUs, LoopAsync);
        var left = _plan.Iterations - Run.Tally.Started;
        if (Run.IsStopped || Run.IsOutOfRows) Run.Tally.Abandon(left);
        else Run.Drop(left);
    }

    private async Task LoopAsync(VuPool.Slot vu, int place)
    {
        while (Run.MayStart && Interlocked.Increment(ref _taken) - 1 is var k && k < _plan.Iterations)
        {
            var number = _plan.IterationIds.GlobalIndex(k);
            if (!Run.HasRow(number, vu)) break;
            await Run.RunIterationAsync(vu, number, null, Run.Interrupt);
        }
    }
}
