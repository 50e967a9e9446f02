namespace LoadTesting.Kubernetes.Caching;

/// <summary>
/// Growing, jittered pauses between attempts: base × 2ⁿ up to a cap, each multiplied by a random factor in [1, 2), starting over after a healthy
/// stretch. The defaults are client-go's for reflectors (0.8 s, 30 s, 2 min): fifty clients of a restarted server must not come back in step.
/// </summary>
public sealed class JitteredBackoff
{
    private readonly TimeProvider _time;
    private readonly Random _random;
    private long? _lastFailure;
    private int _failures;

    /// <param name="time">Clock that measures healthy stretches.</param>
    /// <param name="random">Source of the jitter; null = shared.</param>
    public JitteredBackoff(TimeProvider time, Random? random = null)
    {
        _time = time;
        _random = random ?? Random.Shared;
    }

    /// <summary>First pause before jitter. Default 0.8 s.</summary>
    public TimeSpan Base { get; init; } = TimeSpan.FromSeconds(0.8);

    /// <summary>Longest pause before jitter. Default 30 s.</summary>
    public TimeSpan Cap { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A failure that comes so long after the previous one's pause counts as the first. Default 2 min.</summary>
    public TimeSpan ResetAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Notes a failure.</summary>
    /// <returns>How long to pause.</returns>
    public TimeSpan Next()
    {
        var now = _time.GetTimestamp();
        if (_lastFailure is { } last && _time.GetElapsedTime(last, now) > ResetAfter)
        {
            _failures = 0;
        }

        var pause = Math.Min(Base.TotalSeconds * Math.Pow(2, Math.Min(_failures, 30)), Cap.TotalSeconds) * (1 + _random.NextDouble());
        _failures++;
        _lastFailure = now + (long)(pause * _time.TimestampFrequency);
        return TimeSpan.FromSeconds(pause);
    }
}
