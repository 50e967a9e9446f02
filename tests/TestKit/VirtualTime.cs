namespace LoadTesting.TestKit;

/// <summary>
/// Time that passes only when nothing is left to do: code under test runs on the calling thread, and whenever all of it waits, the clock jumps to the next timer.
/// Hours pass in milliseconds, and the same test runs the same way each time. Code must take its time from here and await without leaving the
/// synchronisation context.
/// </summary>
public sealed class VirtualTime : TimeProvider
{
    // Not 0: an instant must not look like "none".
    private const long Origin = 1_000_000_000_000;

    private readonly PriorityQueue<VirtualTimer, (long Due, long Order)> _timers = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _work = new();
    private long _now = Origin;
    private long _order;

    /// <inheritdoc/>
    public override long TimestampFrequency => 1_000_000_000;

    /// <summary>What has passed since the beginning.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks((_now - Origin) / 100);

    /// <inheritdoc/>
    public override long GetTimestamp() => _now;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Elapsed;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Runs the code to its end, letting time pass; fails when it waits for something that no timer will ever bring.</summary>
    public T Run<T>(Func<Task<T>> code)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new Pump(this));
        try
        {
            var task = code();
            while (!task.IsCompleted)
            {
                if (_work.TryDequeue(out var work)) work.Callback(work.State);
                else if (!FireNext()) throw new Xunit.Sdk.XunitException($"after {Elapsed} of virtual time everything waits and there is no timer");
            }

            return task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <summary>Waits until so much has passed since the beginning.</summary>
    public async Task UntilAsync(TimeSpan elapsed)
    {
        if (elapsed <= Elapsed) return;
        var reached = new TaskCompletionSource();
        await using var timer = CreateTimer(_ => reached.TrySetResult(), null, elapsed - Elapsed, Timeout.InfiniteTimeSpan);
        await reached.Task;
    }

    private bool FireNext()
    {
        while (_timers.TryDequeue(out var timer, out var key))
        {
            if (!timer.IsDueAt(key.Due)) continue;
            _now = Math.Max(_now, key.Due);
            timer.Fire();
            return true;
        }

        return false;
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private long _due = -1;
        private TimeSpan _period;

        public bool IsDueAt(long due) => _due == due;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            _due = dueTime < TimeSpan.Zero ? -1 : time._now + (dueTime.Ticks * 100);
            if (_due >= 0) time._timers.Enqueue(this, (_due, time._order++));
            return true;
        }

        public void Fire()
        {
            _due = -1;
            if (_period > TimeSpan.Zero) Change(_period, _period);
            callback(state);
        }

        public void Dispose() => _due = -1;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }

    private sealed class Pump(VirtualTime time) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => time._work.Enqueue((d, state));

        public override void Send(SendOrPostCallback d, object? state) => d(state);

        public override SynchronizationContext CreateCopy() => this;
    }
}
