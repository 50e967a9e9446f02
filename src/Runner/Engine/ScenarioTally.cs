namespace LoadTesting.Runner.Engine;

/// <summary>Counts of one scenario, written by many VUs and read by the live view.</summary>
internal sealed class ScenarioTally
{
    private long _started;
    private long _completed;
    private long _interrupted;
    private long _dropped;
    private long _abandoned;
    private int _active;
    private readonly Lock _working = new();
    private long _vuTime;
    private long _taken;
    private int _workers;

    public long Started => Interlocked.Read(ref _started);

    public long Completed => Interlocked.Read(ref _completed);

    public long Interrupted => Interlocked.Read(ref _interrupted);

    public long Dropped => Interlocked.Read(ref _dropped);

    public long Abandoned => Interlocked.Read(ref _abandoned);

    public int Active => Volatile.Read(ref _active);

    public void Start() => Interlocked.Increment(ref _started);

    /// <summary>An iteration is over. One whose end was a failing step is completed, too: only what was cut off is not.</summary>
    public void End(StepsEnd end)
    {
        if (end < StepsEnd.Aborted) Interlocked.Increment(ref _completed);
        else Interlocked.Increment(ref _interrupted);
    }

    public void Drop(long iterations) => Interlocked.Add(ref _dropped, iterations);

    public void Abandon(long iterations) => Interlocked.Add(ref _abandoned, iterations);

    /// <summary>A VU of a closed model begins to be at work.</summary>
    public void Activate(long now)
    {
        lock (_working) (_vuTime, _workers) = (_vuTime - now, _workers + 1);
        Activate();
    }

    /// <summary>It ends.</summary>
    public void Deactivate(long now)
    {
        Deactivate();
        lock (_working) (_vuTime, _workers) = (_vuTime + now, _workers - 1);
    }

    /// <summary>Nanoseconds for which VUs of a closed model were at work, summed over them, since it was last asked.</summary>
    public long TakeVuTime(long now)
    {
        lock (_working)
        {
            var time = _vuTime + (_workers * now);
            var since = Math.Max(0, time - _taken);
            _taken += since;
            return since;
        }
    }

    public void Activate() => Interlocked.Increment(ref _active);

    public void Deactivate() => Interlocked.Decrement(ref _active);
}
