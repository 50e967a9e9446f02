namespace LoadTesting.Runner.Http;

/// <summary>
/// Nanoseconds of a <see cref="TimeProvider"/>'s monotonic clock. All instants of engine and senders are such numbers, so that spans are plain
/// subtractions; the origin is arbitrary.
/// </summary>
public readonly struct MonotonicClock
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly TimeProvider _time;
    private readonly long _frequency;

    /// <summary>A clock over the provider's timestamps.</summary>
    public MonotonicClock(TimeProvider time) => (_time, _frequency) = (time, time.TimestampFrequency);

    /// <summary>The present instant in nanoseconds.</summary>
    public long Now => FromTimestamp(_time.GetTimestamp());

    /// <summary>The provider, for timers.</summary>
    public TimeProvider Time => _time;

    /// <summary>An instant given as a timestamp of the provider.</summary>
    public long FromTimestamp(long timestamp)
    {
        if (_frequency == NanosecondsPerSecond) return timestamp;

        // In two parts, because timestamp × 10^9 would overflow.
        var (seconds, rest) = Math.DivRem(timestamp, _frequency);
        return (seconds * NanosecondsPerSecond) + (rest * NanosecondsPerSecond / _frequency);
    }
}
