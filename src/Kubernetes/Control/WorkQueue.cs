using System.Threading.Channels;

namespace LoadTesting.Kubernetes.Control;

/// <summary>
/// Keys to look at. A key waits at most once however often it is added, and is never with two workers: one that is added while a worker has it
/// is handed out again after <see cref="Done"/>. Safe for concurrent use.
/// </summary>
/// <typeparam name="TKey">Compared by value.</typeparam>
public sealed class WorkQueue<TKey> : IDisposable
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Channel<TKey> _ready = Channel.CreateUnbounded<TKey>();
    private readonly Dictionary<TKey, long> _dirty = [];
    private readonly Dictionary<TKey, long> _processing = [];
    private readonly ItemBackoff<TKey> _backoff;
    private readonly DelayedKeys<TKey> _delayed;
    private readonly TimeProvider _time;
    private readonly ControlMetrics? _metrics;
    private readonly string _name;
    private bool _closed;

    /// <param name="name">For metrics.</param>
    /// <param name="time">Clock of delays.</param>
    /// <param name="metrics">Null records nothing.</param>
    public WorkQueue(string name, TimeProvider time, ControlMetrics? metrics = null)
    {
        _time = time;
        _metrics = metrics;
        _name = name;
        _backoff = new ItemBackoff<TKey>();
        _delayed = new DelayedKeys<TKey>(time, Add);
        metrics?.ObserveUnfinished(name, Unfinished);
        metrics?.KnowQueue(name);
    }

    /// <summary>Keys that wait to be taken; those with a delay not included.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _dirty.Count;
            }
        }
    }

    /// <summary>Makes a key wait, unless it does already. Ignored after <see cref="Close"/>.</summary>
    public void Add(TKey key)
    {
        lock (_gate)
        {
            if (_closed || !_dirty.TryAdd(key, _time.GetTimestamp()))
            {
                return;
            }

            _metrics?.QueueAdds.WithLabels(_name).Inc();
            _metrics?.QueueDepth.WithLabels(_name).Inc();
            if (!_processing.ContainsKey(key))
            {
                _ready.Writer.TryWrite(key);
            }
        }
    }

    /// <summary>Adds a key after a delay; of several delays of a key the earliest end counts.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
        }
        else
        {
            _delayed.Add(key, delay);
        }
    }

    /// <summary>Adds a key after its own back-off: 5 ms × 2ⁿ, at most 1000 s, n = failures since <see cref="Forget"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="within">A shorter bound of the pause; null = none.</param>
    public void AddRateLimited(TKey key, TimeSpan? within = null)
    {
        _metrics?.QueueRetries.WithLabels(_name).Inc();
        var pause = _backoff.Next(key);
        AddAfter(key, within < pause ? within.Value : pause);
    }

    /// <summary>Starts a key's back-off over.</summary>
    public void Forget(TKey key) => _backoff.Forget(key);

    /// <summary>How often a key failed since <see cref="Forget"/>.</summary>
    public int Failures(TKey key) => _backoff.Failures(key);

    /// <summary>Waits for a key; the caller has it alone until <see cref="Done"/>.</summary>
    /// <exception cref="ChannelClosedException">The queue was closed and is empty.</exception>
    public async ValueTask<TKey> TakeAsync(CancellationToken cancellation)
    {
        var key = await _ready.Reader.ReadAsync(cancellation);
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            _dirty.Remove(key, out var added);
            _processing.Add(key, now);
            _metrics?.QueueDepth.WithLabels(_name).Dec();
            _metrics?.QueueTime.WithLabels(_name).Observe(_time.GetElapsedTime(added, now).TotalSeconds);
        }

        return key;
    }

    /// <summary>Gives a taken key back; whether the work succeeded is told by what the caller adds or forgets.</summary>
    public void Done(TKey key)
    {
        lock (_gate)
        {
            if (!_processing.Remove(key, out var taken))
            {
                throw new InvalidOperationException($"{key} is not being worked on");
            }

            _metrics?.WorkTime.WithLabels(_name).Observe(_time.GetElapsedTime(taken).TotalSeconds);
            if (_dirty.ContainsKey(key))
            {
                _ready.Writer.TryWrite(key);
            }
        }
    }

    /// <summary>Accepts no more keys; what waits can still be taken.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _ready.Writer.TryComplete();
        }

        _delayed.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private (double Sum, double Longest) Unfinished()
    {
        lock (_gate)
        {
            var ages = _processing.Values.Select(taken => _time.GetElapsedTime(taken).TotalSeconds).ToList();
            return ages.Count == 0 ? (0, 0) : (ages.Sum(), ages.Max());
        }
    }
}
