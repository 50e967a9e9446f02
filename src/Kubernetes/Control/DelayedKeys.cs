namespace LoadTesting.Kubernetes.Control;

/// <summary>Keys with an instant at which they are due, and one timer for the nearest. Safe for concurrent use.</summary>
internal sealed class DelayedKeys<TKey> : IDisposable
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Action<TKey> _due;
    private readonly Dictionary<TKey, long> _instants = [];
    private readonly PriorityQueue<TKey, long> _order = new();
    private readonly ITimer _timer;
    private bool _disposed;

    public DelayedKeys(TimeProvider time, Action<TKey> due)
    {
        _time = time;
        _due = due;
        _timer = time.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(TKey key, TimeSpan delay)
    {
        lock (_gate)
        {
            var instant = _time.GetTimestamp() + (long)Math.Ceiling(delay.TotalSeconds * _time.TimestampFrequency);
            if (_disposed || (_instants.TryGetValue(key, out var earlier) && earlier <= instant))
            {
                return;
            }

            // A later entry of the same key stays in the order and is recognised by its instant when its turn comes.
            _instants[key] = instant;
            _order.Enqueue(key, instant);
            Arm_NeedsLock();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer.Dispose();
        }
    }

    private void Fire()
    {
        var due = new List<TKey>();
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            var now = _time.GetTimestamp();
            while (_order.TryPeek(out var key, out var instant) && instant <= now)
            {
                _order.Dequeue();
                if (_instants.TryGetValue(key, out var valid) && valid == instant)
                {
                    _instants.Remove(key);
                    due.Add(key);
                }
            }

            Arm_NeedsLock();
        }

        foreach (var key in due)
        {
            _due(key);
        }
    }

    private void Arm_NeedsLock()
    {
        if (_order.TryPeek(out _, out var next))
        {
            // Rounded up: a timer that fires a tick early would find nothing due and arm itself again and again.
            var left = _time.GetElapsedTime(_time.GetTimestamp(), next);
            _timer.Change(left > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
