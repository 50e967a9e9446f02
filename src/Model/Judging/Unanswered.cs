using LoadTesting.Metrics;
using LoadTesting.Model.Judging.Baselines;
using LoadTesting.Model.Judging.Windows;

namespace LoadTesting.Model.Judging;

/// <summary>
/// Requests that got no complete answer, as thresholds on times see them. They are longer than any limit, so percentiles and maxima count them as +∞. An
/// average of that is
/// none: it is of those that were answered, and holds only if it would also hold with the unanswered ones in it, each taken as having lasted as long as k6
/// waits by default.
/// </summary>
internal static class Unanswered
{
    /// <summary>What an unanswered request counts with where an average needs a number: k6's default timeout, in seconds.</summary>
    public const double Seconds = 60;

    /// <summary>How many of the samples have no number; 0 for anything but a trend.</summary>
    public static long Count(SeriesValue? value) => (value as HistogramSnapshot)?.OverflowCount ?? 0;

    /// <summary>The same as a share of all samples, 0…1.</summary>
    public static double Share(SeriesValue? value) => value is HistogramSnapshot { Count: > 0 } histogram ? (double)histogram.OverflowCount / histogram.Count : 0;

    /// <summary>The average with the unanswered ones, in the metric's unit; +∞ where the samples are no times, so that no number stands for them.</summary>
    public static double Average(HistogramSnapshot histogram, MetricDefinition metric) =>
        Observation.InUnit(histogram.AverageWith(Substitute(metric)) ?? 0, metric);

    /// <summary>Whether a threshold on an average holds only because samples without a number are not in it.</summary>
    /// <param name="threshold">With the value that it compares with.</param>
    /// <param name="value">What it was held against.</param>
    public static bool IsInDoubt(Threshold threshold, SeriesValue? value) =>
        threshold.Expression.Aggregation.Kind == AggregationKind.Avg && value is HistogramSnapshot { OverflowCount: > 0 } histogram
        && !threshold.Expression.Operator.Holds(Average(histogram, threshold.Metric), threshold.Wanted);

    /// <summary>
    /// The same against a baseline, where the limit comes from an average that may have left out some, too: then both are taken with them, and what chance
    /// explains is no doubt.
    /// </summary>
    public static bool IsInDoubt(Threshold threshold, BaselineValue limit, Measured measured, ThresholdContext context)
    {
        if (threshold.Expression.Aggregation.Kind != AggregationKind.Avg || measured.Value is not HistogramSnapshot { OverflowCount: > 0 } now
            || context.Baseline?.Find(threshold.Selector) is not HistogramSnapshot before)
        {
            return false;
        }

        var wanted = limit.Factor * Average(before, threshold.Metric);
        return !threshold.Expression.Operator.Holds(Average(now, threshold.Metric), wanted) && BaselineTest.IsWorse(threshold, now, before, limit.Factor, Substitute(threshold.Metric)) != false;
    }

    private static double Substitute(MetricDefinition metric) => metric.Unit == MetricUnit.Time ? Seconds : double.PositiveInfinity;
}
