using System.Collections.Concurrent;
using LoadTesting.Model.Planning;

namespace LoadTesting.Runner.Engine.Executors;

/// <summary>
/// Open model, constant and ramping: one loop walks through the schedule and never waits for a VU. At each instant the arrival goes to a free VU, or is
/// dropped: never queued, never retried. A drop asks for one more VU as long as there may be more, one at a time. Instants that have passed fire at once,
/// one after the other; none is skipped.
/// </summary>
internal sealed class ArrivalRateExecutor : Executor
{
    private readonly ArrivalRatePlan _plan;
    private readonly ConcurrentQueue<VuPool.Slot> _free = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _growing = Task.CompletedTask;
    private int _vus;
    private int _inFlight = 1;
    private bool _hasWarned;

    public ArrivalRateExecutor(ScenarioRun run, ArrivalRatePlan plan)
        : base(run)
    {
        _plan = plan;
    }

    public override long? Planned => _plan.Arrivals.Count;

    public override async Task RunAsync()
    {
        for (; _vus < _plan.PreAllocatedVUs; _vus++) _free.Enqueue(Run.Pool.Rent());
        var fired = await WalkAsync();

        // Off the clock's thread, on which the last instant was kept.
        await Task.Yield();
        Run.Tally.Abandon(_plan.Arrivals.Count - fired);
        await _growing;
        Land();
        await _drained.Task;
        while (_free.TryDequeue(out var vu)) Run.Pool.Return(vu);
    }

    /// <returns>How many arrivals were started or dropped.</returns>
    private async Task<long> WalkAsync()
    {
        var fired = 0L;
        foreach (var arrival in _plan.Arrivals.Enumerate())
        {
            var due = Run.StartAt + arrival.Offset.Nanoseconds;
            if (!await Run.Clock.WaitPreciselyAsync(due, Run.Stop)) break;
            fired++;
            if (_free.TryDequeue(out var vu))
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
        // Off the loop's thread, which has the next instant to keep.
        await Task.Yield();
        await Run.RunIterationAsync(vu, number, due, Run.Interrupt);
        Run.Tally.Deactivate();
        _free.Enqueue(vu);
        Land();
    }

    private void GrowOrWarn()
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

    private async Task GrowAsync()
    {
        _vus++;
        await Task.Yield();
        _free.Enqueue(Run.Pool.Rent());
    }

    private void Land()
    {
        if (Interlocked.Decrement(ref _inFlight) == 0) _drained.TrySetResult();
    }
}
