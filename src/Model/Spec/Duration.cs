namespace LoadTesting.Model.Spec;

/// <summary>
/// A span of time in whole nanoseconds, the resolution of k6's schedules (a <see cref="TimeSpan"/> has 100 ns ticks and would
/// not reproduce them). Range: about ±292 years.
/// </summary>
/// <param name="Nanoseconds">The length in nanoseconds; may be negative.</param>
public readonly partial record struct Duration(long Nanoseconds) : IComparable<Duration>
{
    /// <summary>No time at all.</summary>
    public static readonly Duration Zero = new(0);

    /// <summary>Nanoseconds in one second.</summary>
    public const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The length in seconds.</summary>
    public double Seconds => Nanoseconds / 1e9;

    /// <summary>The length in milliseconds.</summary>
    public double Milliseconds => Nanoseconds / 1e6;

    /// <summary>A duration of whole or fractional seconds, truncated to nanoseconds.</summary>
    public static Duration FromSeconds(double seconds) => new((long)(seconds * NanosecondsPerSecond));

    /// <summary>A duration of whole or fractional milliseconds, truncated to nanoseconds.</summary>
    public static Duration FromMilliseconds(double milliseconds) => new((long)(milliseconds * 1e6));

    /// <summary>The same length as a <see cref="TimeSpan"/>, truncated to its 100 ns ticks.</summary>
    public TimeSpan ToTimeSpan() => TimeSpan.FromTicks(Nanoseconds / 100);

    /// <inheritdoc/>
    public int CompareTo(Duration other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>Sum of two durations.</summary>
    public static Duration operator +(Duration a, Duration b) => new(a.Nanoseconds + b.Nanoseconds);

    /// <summary>Difference of two durations.</summary>
    public static Duration operator -(Duration a, Duration b) => new(a.Nanoseconds - b.Nanoseconds);

    /// <summary>Whether <paramref name="a"/> is shorter.</summary>
    public static bool operator <(Duration a, Duration b) => a.Nanoseconds < b.Nanoseconds;

    /// <summary>Whether <paramref name="a"/> is longer.</summary>
    public static bool operator >(Duration a, Duration b) => a.Nanoseconds > b.Nanoseconds;

    /// <summary>Whether <paramref name="a"/> is not longer.</summary>
    public static bool operator <=(Duration a, Duration b) => a.Nanoseconds <= b.Nanoseconds;

    /// <summary>Whether <paramref name="a"/> is not shorter.</summary>
    public static bool operator >=(Duration a, Duration b) => a.Nanoseconds >= b.Nanoseconds;
}
