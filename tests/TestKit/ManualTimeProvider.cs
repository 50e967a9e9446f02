namespace LoadTesting.TestKit;

/// <summary>
/// Time that moves when a test says so. Monotonic time and the wall clock are apart, as in reality: <see cref="StepWallClock"/> moves only the latter.
/// Safe for concurrent use; timers fire on the thread that advances.
/// </summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private TimeSpan _elapsed = TimeSpan.Zero;
    private TimeSpan _step = TimeSpan.Zero;

    /// <summary>Wall clock at monotonic time zero.</summary>
    public static DateTimeOffset Epoch { get; } = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Monotonic time since creation.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
            {
                return _elapsed;
            }
        }
    }

    /// <summary>How many timers are armed.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count;
            }
        }
    }

    /// <summary>How far ahead the next timer is due; null when none is armed. Tells one wait from another where a count cannot.</summary>
    public TimeSpan? NextTimer
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count == 0 ? null : _timers.Min(t => t.Due) - _elapsed;
            }
        }
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Elapsed.Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return Epoch + _elapsed + _step;
        }
    }

    /// <summary>What NTP or an administrator does.</summary>
    public void StepWallClock(TimeSpan by)
    {
        lock (_gate)
        {
            _step += by;
        }
    }

    /// <summary>Moves time, firing timers at their instants in order.</summary>
    public void Advance(TimeSpan by)
    {
        var end = Elapsed + by;
        while (true)
        {
            ManualTimer? next;
            lock (_gate)
            {
                next = _timers.Where(t => t.Due <= end).MinBy(t => t.Due);
                _elapsed = next is null ? end : next.Due > _elapsed ? next.Due : _elapsed;
                if (next is null)
                {
                    return;
                }

                next.Rearm_NeedsLock(_timers);
            }

            next.Fire();
        }
    }

    /// <summary>Moves time in small steps and lets what became due run in between.</summary>
    /// <param name="step">Default 100 ms.</param>
    /// <param name="each">Looked at after every step, e.g. an invariant.</param>
    public async Task AdvanceAsync(TimeSpan by, TimeSpan? step = null, Action? each = null)
    {
        var size = step ?? TimeSpan.FromMilliseconds(100);
        for (var left = by; left > TimeSpan.Zero; left -= size)
        {
            Advance(left < size ? left : size);
            await SettleAsync();
            each?.Invoke();
        }
    }

    /// <summary>Moves time until something holds.</summary>
    /// <returns>How much time it took.</returns>
    public async Task<TimeSpan> AdvanceUntilAsync(string expected, Func<bool> reached, TimeSpan atMost, TimeSpan? step = null)
    {
        var began = Elapsed;
        while (!reached())
        {
            if (Elapsed - began >= atMost)
            {
                throw new Xunit.Sdk.XunitException($"expected within {atMost} of manual time: {expected}");
            }

            await AdvanceAsync(step ?? TimeSpan.FromMilliseconds(100), step);
        }

        return Elapsed - began;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets queued continuations run: waits until the pool has nothing queued, at least a moment and at most a tenth of a second.</summary>
    public static async Task SettleAsync()
    {
        for (var i = 0; i < 100; i++)
        {
            await Task.Delay(1);
            if (ThreadPool.PendingWorkItemCount == 0)
            {
                return;
            }
        }
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public TimeSpan Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
            {
                owner._timers.Remove(this);
                _period = period;
                if (dueTime >= TimeSpan.Zero)
                {
                    Due = owner._elapsed + dueTime;
                    owner._timers.Add(this);
                }

                return true;
            }
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (owner._gate)
            {
                owner._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        public void Rearm_NeedsLock(List<ManualTimer> timers)
        {
            if (_period > TimeSpan.Zero)
            {
                Due += _period;
            }
            else
            {
                timers.Remove(this);
            }
        }
    }
}
