using LoadTesting.Metrics;

namespace LoadTesting.Model.Judging;

/// <summary>What a threshold's number owes to how much load there was, and to how well the generator kept up.</summary>
internal static class LoadDependence
{
    // What the generator counts of its own doing. More of it can be all its own doing, in few seconds.
    private static readonly HashSet<MetricDefinition> OwnDoing = [BuiltInMetrics.DroppedIterations, BuiltInMetrics.InterruptedIterations, BuiltInMetrics.RequestsCutOff];

    /// <summary>See <see cref="ThresholdResult.HoldsBelowDelivered"/>.</summary>
    /// <param name="threshold">Broken.</param>
    /// <param name="observed">What was measured.</param>
    /// <param name="ofWholeRun">Whether that is of the whole run; a window may be just the one in which the load was missing.</param>
    public static double? HoldsBelowDelivered(Threshold threshold, double observed, bool ofWholeRun)
    {
        if (threshold.IsObserved || !Grows(threshold))
        {
            return null;
        }

        var wantsMore = threshold.Expression.Operator switch
        {
            ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual or ComparisonOperator.NotEqual => true,
            ComparisonOperator.Equal => observed < threshold.Wanted,
            _ => false,
        };
        return !wantsMore ? null
            : ofWholeRun && threshold.Wanted > 0 && threshold.Expression.Operator != ComparisonOperator.NotEqual ? Math.Clamp(observed / threshold.Wanted, 0, 1)
            : 1;
    }

    /// <summary>
    /// Whether a slow generator makes the number worse, beyond sending less: times are measured by its own clock and threads. What an answer was does not
    /// depend on it.
    /// </summary>
    public static bool IsOnGenerator(Threshold threshold) => !threshold.IsObserved && (
        threshold.Metric.Unit == MetricUnit.Time
        || threshold.Metric == DerivedMetrics.Drift
        || OwnDoing.Contains(threshold.Metric));

    /// <summary>Whether all of the number may be what the generator did to itself.</summary>
    public static bool IsOwnDoing(Threshold threshold) => OwnDoing.Contains(threshold.Metric);

    /// <summary>Whether the number grows with the load: amounts, and how much of the plan was delivered.</summary>
    private static bool Grows(Threshold threshold) => threshold.Metric == DerivedMetrics.DeliveredRatio || (!SampleSelection.IsLedger(threshold.Metric) && threshold.Expression.Aggregation.Kind switch
    {
        AggregationKind.Count or AggregationKind.Passes or AggregationKind.Fails or AggregationKind.Total => true,
        AggregationKind.Rate => threshold.Metric.Type == MetricType.Counter,
        _ => false,
    });
}
