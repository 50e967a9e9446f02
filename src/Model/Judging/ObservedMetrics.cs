using LoadTesting.Metrics;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Judging;

/// <summary>Metrics that no runner measures by sending load: what <c>observe</c> sees of the target. They have no tags.</summary>
public static class ObservedMetrics
{
    private static readonly HashSet<MetricDefinition> Pods =
    [
        BuiltInMetrics.TargetRestarts, BuiltInMetrics.TargetOomKills, BuiltInMetrics.TargetPodDeletions, BuiltInMetrics.TargetPodsReady, BuiltInMetrics.TargetPodsUnready,
    ];

    /// <summary>Whether it comes from <c>observe.pods</c>.</summary>
    public static bool IsOfPods(MetricDefinition metric) => Pods.Contains(metric);

    /// <summary>Whether it comes from <c>observe</c>.</summary>
    public static bool IsObserved(MetricDefinition metric, LoadTestSpec spec) =>
        IsOfPods(metric) || (spec.Observe?.Prometheus.Any(q => q.Name == metric.Name) ?? false);

    /// <summary>The metric of a query. Its name must be valid.</summary>
    public static MetricDefinition Define(ObservedQuery query) => new(
        query.Name,
        MetricType.Trend,
        query.Unit switch
        {
            ObservedUnit.Seconds => MetricUnit.Time,
            ObservedUnit.Bytes => MetricUnit.Data,
            _ => MetricUnit.None,
        });
}
