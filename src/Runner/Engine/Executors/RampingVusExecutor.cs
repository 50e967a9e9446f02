using LoadTesting.Model.Planning;

namespace LoadTesting.Runner.Engine.Executors;

/// <summary>
/// The number of VUs follows the plan's steps. One loop begins the VUs' turns and one cuts off what is still in flight, both in order of time: a VU itself has one async method to live
/// in, and no timer, for there may be tens of thousands of them.
/// </summary>
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

    public override async Task RunAsync()
    {
        // In the order of their beginnings, of VU numbers among those that begin together.
        var vus = RampingVu.Of(_plan.VuSpans()).OrderBy(v => v.Start).ToArray();
        using var over = new CancellationTokenSource();
        using var interruption = Run.Interrupt.UnsafeRegister(static all => Array.ForEach((RampingVu[])all!, v => v.Cut()), vus);
        var cutting = CutOffAsync([.. vus.OrderBy(v => v.HardStop)], over.Token);
        var living = new List<Task>(vus.Length);
        foreach (var vu in vus)
        {
            if (!await Run.Clock.WaitUntilAsync(Run.StartAt + vu.Start, Run.Stop)) break;
            living.Add(LiveAsync(vu));
        }

        await Task.WhenAll(living);
        over.Cancel();
        await cutting;
    }

    private async Task CutOffAsync(RampingVu[] vus, CancellationToken over)
    {
        foreach (var vu in vus)
        {
            if (vu.IsOver) continue;
            if (!await Run.Clock.WaitUntilAsync(Run.StartAt + vu.HardStop, over)) return;
            vu.Cut();
        }
    }

    private async Task LiveAsync(RampingVu vu)
    {
        VuPool.Slot? slot = null;
        for (var i = 0; i < vu.Turns.Count; i++)
        {
            if (i > 0 && !await Run.Clock.WaitUntilAsync(Run.StartAt + vu.Turns[i].Start.Nanoseconds, Run.Stop)) break;
            var gracefulStop = Run.StartAt + vu.Turns[i].GracefulStop.Nanoseconds;
            if (slot is null && MayStart(gracefulStop, vu))
            {
                slot = Run.Pool.Rent();
                Run.Tally.Activate(Run.Clock.Now);

                // Off the thread that begins the turns: the first VU must not run its first step before the others have begun.
                await Run.Threads.SwitchTo(slot.Index);
            }

            while (MayStart(gracefulStop, vu) && NextNumber() is var number && Run.HasRow(number, slot)) await Run.RunIterationAsync(slot!, number, null, vu.Interrupt);

            // What was in flight may have ended in the next turn already: then the VU is not given back between them.
            if (i + 1 < vu.Turns.Count && Run.Clock.Now >= Run.StartAt + vu.Turns[i + 1].Start.Nanoseconds) continue;
            Release(slot);
            slot = null;
        }

        Release(slot);
        vu.IsOver = true;
    }

    private bool MayStart(long gracefulStop, RampingVu vu) => !vu.Interrupt.IsCancellationRequested && Run.MayStart && Run.Clock.Now < gracefulStop;

    private void Release(VuPool.Slot? slot)
    {
        if (slot is null) return;
        Run.Tally.Deactivate(Run.Clock.Now);
        Run.Pool.Return(slot);
    }

    private long NextNumber() => _plan.VuIds.GlobalIndex(Interlocked.Increment(ref _started) - 1);
}
