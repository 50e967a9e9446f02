using LoadTesting.Model.Planning;

namespace LoadTesting.Runner.Engine.Executors;

/// <summary>Every VU runs its own number of iterations; nobody takes over what a slow one leaves.</summary>
internal sealed class PerVuIterationsExecutor : Executor
{
    private readonly PerVuIterationsPlan _plan;

    public PerVuIterationsExecutor(ScenarioRun run, PerVuIterationsPlan plan)
        : base(run)
    {
        _plan = plan;
    }

    public override long? Planned => _plan.MaxVUs * _plan.IterationsPerVu;

    public override Task RunAsync() => OnEachVuAsync(_plan.MaxVUs, LoopAsync);

    private async Task LoopAsync(VuPool.Slot vu, int place)
    {
        var own = 0L;
        for (; own < _plan.IterationsPerVu && Run.MayStart; own++)
        {
            var number = _plan.IterationId(place, own);
            if (!Run.HasRow(number, vu)) break;
            await Run.RunIterationAsync(vu, number, null, Run.Interrupt);
        }

        var left = _plan.IterationsPerVu - own;
        if (Run.IsStopped || Run.IsOutOfRows) Run.Tally.Abandon(left);
        else Run.Drop(left);
    }
}
