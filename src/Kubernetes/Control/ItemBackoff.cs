namespace LoadTesting.Kubernetes.Control;

/// <summary>Pauses per item: 5 ms × 2ⁿ up to 1000 s, controller-runtime's default limiter. Safe for concurrent use.</summary>
internal sealed class ItemBackoff<TKey>
    where TKey : notnull
{
    private static readonly TimeSpan Base = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Cap = TimeSpan.FromSeconds(1000);

    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, int> _failures = [];

    public TimeSpan Next(TKey key)
    {
        lock (_gate)
        {
            var failures = _failures.GetValueOrDefault(key);
            _failures[key] = failures + 1;
            // 2³⁰ × 5 ms is far beyond the cap; the bound keeps the shift defined.
            return TimeSpan.FromTicks(Math.Min(Base.Ticks << Math.Min(failures, 30), Cap.Ticks));
        }
    }

    public int Failures(TKey key)
    {
        lock (_gate)
        {
            return _failures.GetValueOrDefault(key);
        }
    }

    public void Forget(TKey key)
    {
        lock (_gate)
        {
            _failures.Remove(key);
        }
    }
}
