using LoadTesting.Metrics;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Collecting;

/// <summary>
/// What a runner's snapshot may claim, before it is believed: a few bytes can name any number, and the time series, the verdict and the checkpoint are made from them. Pure.
/// </summary>
/// <param name="Workers">Runners of the run.</param>
/// <param name="Elapsed">Time since T0 by the collector's own clock; zero before the start.</param>
/// <param name="Longest">Longest time from T0 to the end of the last iteration that the plan allows.</param>
public readonly record struct SnapshotLimits(int Workers, Duration Elapsed, Duration Longest)
{
    /// <summary>
    /// How far a runner's time may be ahead of the collector's, and of the plan: ten minutes. Far above what clocks, round trips and a stop differ by, also when another operator takes
    /// over on a node whose clock is wrong; and harmless, for it is 600 points of a time series.
    /// </summary>
    public static Duration Tolerance { get; } = Duration.FromSeconds(600);

    /// <summary>Most observations of one series that a runner makes in a second: ten million, some ten times what one can send. Sums over a thousand runners and a month stay far below 2^63.</summary>
    public const long MostObservationsPerSecond = 10_000_000;

    /// <summary>Processes that may follow each other as one runner: far above what any test replaces.</summary>
    public const int MostIncarnations = 10_000;

    /// <summary>The first claim that cannot be; null when all can.</summary>
    public SnapshotRefusal? Refuse(WorkerSnapshot snapshot)
    {
        if (snapshot.Worker >= Workers) return new("worker", $"{snapshot.Worker}", $"the run has {Workers} runners");
        if (snapshot.Incarnation > MostIncarnations) return new("incarnation", $"{snapshot.Incarnation}", $"at most {MostIncarnations}");
        var latest = Math.Min(Math.Max(0, Elapsed.Nanoseconds), Math.Max(0, Longest.Nanoseconds)) / 1e9 + Tolerance.Seconds;
        if (snapshot.OffsetNanoseconds / 1e9 > latest)
        {
            return new("offset", $"{snapshot.OffsetNanoseconds} ns", $"at most {latest:0} s by the collector's clock and the plan");
        }

        var most = (long)Math.Min(SampleLimit, MostObservationsPerSecond * (Math.Max(0, Longest.Seconds) + Tolerance.Seconds));
        foreach (var (key, value) in snapshot.Snapshot.Series)
        {
            switch (value)
            {
                case HistogramSnapshot histogram when histogram.Count > most:
                    return new($"{key.Metric.Name} count", $"{histogram.Count}", $"at most {most} observations");
                case RateValue rate when rate.Total > most:
                    return new($"{key.Metric.Name} total", $"{rate.Total}", $"at most {most} observations");
                case CounterValue { Sum: < 0 } counter when BuiltInMetrics.IsReserved(key.Metric):
                    return new(key.Metric.Name, $"{counter.Sum}", "not below 0");
                default:
                    break;
            }
        }

        return null;
    }

    // What the formats can write: 2^53.
    private const double SampleLimit = WorkerSnapshot.MaxExact;
}

/// <summary>A claim of a snapshot that cannot be.</summary>
/// <param name="Path">What it is said of.</param>
/// <param name="Value">What is said.</param>
/// <param name="Rule">What could be.</param>
public sealed record SnapshotRefusal(string Path, string Value, string Rule)
{
    /// <summary>For people.</summary>
    public override string ToString() => $"its snapshot is refused: {Path} is {Value}; {Rule}";
}
