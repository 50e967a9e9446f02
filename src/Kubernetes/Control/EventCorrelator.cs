using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Control;

/// <summary>Finds repetitions and floods. Used by one writer; forgets what is old, so that its memory is bounded by the recent past.</summary>
internal sealed class EventCorrelator
{
    internal const int Burst = 25;

    internal static readonly TimeSpan SeriesGap = TimeSpan.FromMinutes(6);
    internal static readonly TimeSpan Refill = TimeSpan.FromMinutes(5);

    // client-go's caches hold as many.
    private const int Capacity = 4096;

    private readonly TimeProvider _time;
    private readonly Dictionary<string, Series> _series = [];
    private readonly Dictionary<string, Bucket> _buckets = [];

    public EventCorrelator(TimeProvider time)
    {
        _time = time;
    }

    public EventVerdict Judge(EventNote note)
    {
        var now = _time.GetTimestamp();
        if (_series.TryGetValue(KeyOf(note), out var series) && _time.GetElapsedTime(series.Last, now) < SeriesGap)
        {
            series.Count++;
            series.Last = now;
            return new EventVerdict.Repeat(series.Event, series.Count);
        }

        Trim(now);
        return TryTake(note.Regarding.Uid ?? $"{note.Regarding.Namespace}/{note.Regarding.Name}", now) ? new EventVerdict.Fresh() : new EventVerdict.Suppressed();
    }

    public void Written(EventNote note, NamespacedName written) =>
        _series[KeyOf(note)] = new Series { Event = written, Count = 1, Last = _time.GetTimestamp() };

    private static string KeyOf(EventNote note) =>
        string.Join('\n', note.Regarding.Uid, note.Regarding.Namespace, note.Regarding.Name, note.Type.ToString(), note.Reason, note.Action, note.Note);

    private bool TryTake(string owner, long now)
    {
        if (!_buckets.TryGetValue(owner, out var bucket))
        {
            _buckets[owner] = bucket = new Bucket { Tokens = Burst, Filled = now };
        }

        bucket.Tokens = Math.Min(Burst, bucket.Tokens + (_time.GetElapsedTime(bucket.Filled, now) / Refill));
        bucket.Filled = now;
        if (bucket.Tokens < 1)
        {
            return false;
        }

        bucket.Tokens--;
        return true;
    }

    private void Trim(long now)
    {
        if (_series.Count >= Capacity)
        {
            foreach (var key in _series.Where(s => _time.GetElapsedTime(s.Value.Last, now) >= SeriesGap).Select(s => s.Key).ToList())
            {
                _series.Remove(key);
            }

            if (_series.Count >= Capacity)
            {
                _series.Clear();
            }
        }

        if (_buckets.Count >= Capacity)
        {
            _buckets.Clear();
        }
    }

    private sealed class Series
    {
        public required NamespacedName Event { get; init; }

        public required int Count { get; set; }

        public required long Last { get; set; }
    }

    private sealed class Bucket
    {
        public required double Tokens { get; set; }

        public required long Filled { get; set; }
    }
}
