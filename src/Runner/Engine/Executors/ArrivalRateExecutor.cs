using LoadTesting.Model.Planning;

namespace LoadTesting.Runner.Engine.Executors;

/// <summary>
/// Open model, constant and ramping: one loop per lane walks through its share of the schedule and never waits for a VU. At each instant the arrival goes to a free
/// VU, of its own lane if there is one, else of any; or it is dropped: never queued, never retried. A drop asks for one more VU as long as there may be more, one at
/// a time. Instants that have passed fire at once, one after the other; none is skipped.
/// </summary>
internal sealed class ArrivalRateExecutor : Executor
{
    private readonly ArrivalRatePlan _plan;
    private readonly FreeVus _free;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _growth = new();
    private Task _growing = Task.CompletedTask;
    private int _vus;
    private int _inFlight = 1;
    private bool _hasWarned;

    public ArrivalRateExecutor(ScenarioRun run, ArrivalRatePlan plan)
        : base(run)
    {
        (_plan, _free) = (plan, new FreeVus(run.Threads));
    }

    public override long? Planned => _plan.Arrivals.Count - _plan.Arrivals.CountBefore(_plan.ResumeAt);

    public override async Task RunAsync()
    {
        for (; _vus < _plan.PreAllocatedVUs; _vus++) _free.Add(Run.Pool.Rent());
        var fired = await Task.WhenAll(Enumerable.Range(0, Run.Threads.Lanes).Select(WalkAsync));

        // Off the clock's thread, on which the last instant was kept.
        await Task.Yield();
        Run.Tally.Abandon(Planned!.Value - fired.Sum());
        await _growing;
        Land();
        await _drained.Task;
        while (_free.Take(0) is { } vu) Run.Pool.Return(vu);
    }

    /// <returns>How many arrivals were started or dropped.</returns>
    private async Task<long> WalkAsync(int lane)
    {
        await Run.Threads.Enter(lane);
        var fired = 0L;
        for (var k = _plan.Arrivals.CountBefore(_plan.ResumeAt) + lane; k < _plan.Arrivals.Count; k += Run.Threads.Lanes)
        {
            var arrival = _plan.Arrivals[k];
            var due = Run.StartAt + arrival.Offset.Nanoseconds;
            if (!await Run.Clock.WaitPreciselyAsync(due, Run.Stop) || !Run.HasRow(arrival.GlobalIndex)) break;
            fired++;
            if (_free.Take(lane) is { } vu)
            {
                Interlocked.Increment(ref _inFlight);
                Run.Tally.Activate();
                _ = FlyAsync(vu, arrival.GlobalIndex, due);
            }
            else
            {
                Run.Drop(1);
                GrowOrWarn();
            }
        }

        return fired;
    }

    private async Task FlyAsync(VuPool.Slot vu, long number, long due)
    {
        // Without loops off the clock's thread, which has the next instant to keep. On a loop of its own, at once: that is the instant.
        await Run.Threads.SwitchTo(vu.Index);
        await Run.RunIterationAsync(vu, number, due, Run.Interrupt);
        Run.Tally.Deactivate();
        _free.Add(vu);
        Land();
    }

    private void GrowOrWarn()
    {
        lock (_growth)
        {
            if (_vus < _plan.MaxVUs)
            {
                if (_growing.IsCompleted) _growing = GrowAsync();
            }
            else if (!_hasWarned)
            {
                _hasWarned = true;
                Run.WarnOfTooFewVUs();
            }
        }
    }

    private async Task GrowAsync()
    {
        _vus++;
        await Task.Yield();
        _free.Add(Run.Pool.Rent());
    }

    private void Land()
    {
        if (Interlocked.Decrement(ref _inFlight) == 0) _drained.TrySetResult();
    }
}
