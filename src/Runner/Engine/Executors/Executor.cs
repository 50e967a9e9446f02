using LoadTesting.Model.Planning;

namespace LoadTesting.Runner.Engine.Executors;

/// <summary>Decides which iterations of one scenario start when, and on which VU.</summary>
internal abstract class Executor
{
    private protected Executor(ScenarioRun run)
    {
        Run = run;
    }

    /// <summary>How many iterations the plan has; null where it only has a time.</summary>
    public abstract long? Planned { get; }

    protected ScenarioRun Run { get; }

    /// <summary>The executor of a plan's kind.</summary>
    public static Executor For(ScenarioRun run) => run.Plan switch
    {
        SharedIterationsPlan plan => new SharedIterationsExecutor(run, plan),
        PerVuIterationsPlan plan => new PerVuIterationsExecutor(run, plan),
        ConstantVusPlan plan => new ConstantVusExecutor(run, plan),
        RampingVusPlan plan => new RampingVusExecutor(run, plan),
        ArrivalRatePlan plan => new ArrivalRateExecutor(run, plan),
        _ => throw new ArgumentException($"no executor for {run.Plan.GetType().Name}", nameof(run)),
    };

    /// <summary>Runs from the scenario's start to its end; done only when no iteration is in flight any more.</summary>
    public abstract Task RunAsync();

    /// <summary>Runs a loop on each of so many VUs, side by side; it gets the VU and its 0-based place among them.</summary>
    protected async Task OnEachVuAsync(int vus, Func<VuPool.Slot, int, Task> loop)
    {
        // All of them are rented before the first begins: one that has done its part at once would be rented a second time, in another's place.
        var slots = new VuPool.Slot[vus];
        for (var i = 0; i < vus; i++) slots[i] = Run.Pool.Rent();
        var loops = new Task[vus];
        for (var i = 0; i < vus; i++) loops[i] = OnOneVuAsync(slots[i], i, loop);
        await Task.WhenAll(loops);
    }

    private async Task OnOneVuAsync(VuPool.Slot vu, int position, Func<VuPool.Slot, int, Task> loop)
    {
        Run.Tally.Activate(Run.Clock.Now);

        // Off the caller's thread: the first VU must not run its first step before the others have begun.
        await Run.Threads.SwitchTo(vu.Index);
        await loop(vu, position);
        Run.Tally.Deactivate(Run.Clock.Now);
        Run.Pool.Return(vu);
    }
}
