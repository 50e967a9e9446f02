using System.Collections.Frozen;
using LoadTesting.Metrics;
using LoadTesting.Model.Judging.Windows;

namespace LoadTesting.Model.Judging;

/// <summary>
/// Metrics that no runner samples: they are worked out of all the data of a run when it has ended. Their aggregation is <c>value</c>; while a run goes on they have
/// no value, so they abort nothing.
/// </summary>
public static class DerivedMetrics
{
    /// <summary>Least delivered ÷ planned of the scenarios, 0…1, or of the one that the tag <c>scenario</c> names.</summary>
    public static readonly MetricDefinition DeliveredRatio = new("delivered_ratio", MetricType.Gauge);

    /// <summary>Runners whose final data never came.</summary>
    public static readonly MetricDefinition RunnersLost = new("runners_lost", MetricType.Gauge);

    /// <summary>Time between the first and the last runner's start.</summary>
    public static readonly MetricDefinition StartSkew = new("start_skew", MetricType.Gauge, MetricUnit.Time);

    /// <summary>From a mark (tag <c>mark</c>) to the first instant from which the service level holds for 30 s (tag <c>hold</c>); of the thresholds of one metric with the tag <c>metric</c>.</summary>
    public static readonly MetricDefinition RecoveryTime = new("recovery_time", MetricType.Gauge, MetricUnit.Time);

    /// <summary>Longest time from the first to the last failing request without a second free of failures between; tags choose requests as those of http_req_failed do.</summary>
    public static readonly MetricDefinition LongestGap = new("longest_gap", MetricType.Gauge, MetricUnit.Time);

    /// <summary>How much the metric that the tag <c>metric</c> names changed from the first to the last quarter of the steady part: 0.1 = 10 % more.</summary>
    public static readonly MetricDefinition Drift = new("drift", MetricType.Gauge);

    private static readonly FrozenDictionary<string, MetricDefinition> ByName =
        new[] { DeliveredRatio, RunnersLost, StartSkew, RecoveryTime, LongestGap, Drift }.ToFrozenDictionary(m => m.Name, StringComparer.Ordinal);

    /// <summary>All of them.</summary>
    public static IReadOnlyCollection<MetricDefinition> All => ByName.Values;

    /// <summary>The derived metric of that name, or null.</summary>
    public static MetricDefinition? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Whether the metric is derived.</summary>
    public static bool Contains(MetricDefinition metric) => ByName.ContainsKey(metric.Name);

    /// <summary>Whether a metric's values are shares, so that limits may be percentages.</summary>
    public static bool IsShare(MetricDefinition metric) =>
        metric == DeliveredRatio || metric == Drift || metric == BuiltInMetrics.GeneratorCpu || metric == BuiltInMetrics.GeneratorThrottled || metric == BuiltInMetrics.GeneratorFiles;

    /// <summary>Looks at one; without a number when it has none.</summary>
    internal static Measured Measure(Threshold threshold, ThresholdContext context)
    {
        var (metric, selector) = (threshold.Metric, threshold.Selector);
        if (metric == LongestGap)
        {
            return Windows.LongestGap.Measure(selector, context.Total);
        }

        if (context is { Windows: { } windows } && metric == RecoveryTime)
        {
            return Windows.RecoveryTime.Measure(selector, windows);
        }

        if (context is { Windows: { } cells } && metric == Drift && threshold.Subject is { } subject)
        {
            return Windows.Drift.Measure(subject, cells);
        }

        return new(null, context.Evidence is { } evidence ? OfEvidence(metric, selector, evidence) : null);
    }

    private static double? OfEvidence(MetricDefinition metric, MetricSelector selector, RunEvidence evidence)
    {
        if (metric == DeliveredRatio)
        {
            var scenarios = selector.TryGetTag("scenario", out var name) ? evidence.Scenarios.Where(s => s.Name == name) : evidence.Scenarios;
            return scenarios.Select(s => s.Ratio).Where(r => r is not null).DefaultIfEmpty().Min();
        }

        return metric == RunnersLost ? evidence.LostRunners.Count
            : metric == StartSkew ? evidence.StartSkew?.Milliseconds
            : null;
    }
}
