using LoadTesting.Metrics;

namespace LoadTesting.Model.Judging;

/// <summary>
/// How large a share of the samples would have to be other ones, at their most favourable, before a broken threshold could hold. Beside <see cref="RepairShare"/>, which
/// asks the same of further samples: what a spoiled generator measured is there, but cannot be trusted.
/// </summary>
internal static class ReplaceShare
{
    /// <summary>The share, 0…1; 1 = nothing repairs it, 0 = a single one might, or nothing can be said.</summary>
    public static double Of(Threshold threshold, SeriesValue? value, double observed)
    {
        var (wanted, comparison) = (threshold.Wanted, threshold.Expression.Operator);
        var upper = comparison is ComparisonOperator.Less or ComparisonOperator.LessOrEqual;
        if (!upper && comparison is not (ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual))
        {
            return 0;
        }

        var share = (threshold.Expression.Aggregation.Kind, value) switch
        {
            (AggregationKind.Rate, RateValue) => Math.Abs(observed - wanted),
            (AggregationKind.Avg, HistogramSnapshot { FiniteMax: null, Count: > 0 }) when upper => 1,
            (AggregationKind.Avg, HistogramSnapshot { FiniteMax: > 0 and var max }) when upper => (observed - wanted) / Observation.InUnit(max, threshold.Metric),
            (AggregationKind.Max, HistogramSnapshot histogram) when upper => Ranks(threshold, histogram, 1, upper),
            (AggregationKind.Min, HistogramSnapshot histogram) when !upper => Ranks(threshold, histogram, 0, upper),
            (AggregationKind.Med or AggregationKind.Percentile, HistogramSnapshot histogram) => Ranks(threshold, histogram, threshold.Expression.Aggregation.Percentile / 100, upper),
            (AggregationKind.Count or AggregationKind.Passes or AggregationKind.Fails or AggregationKind.Total, _) when upper && observed > 0 => 1 - Math.Max(0, wanted) / observed,
            (AggregationKind.Rate, CounterValue) when upper && observed > 0 => 1 - Math.Max(0, wanted) / observed,
            _ => 0,
        };
        return double.IsNaN(share) ? 0 : Math.Clamp(share, 0, 1);
    }

    /// <summary>How many ranks lie between the percentile and the limit, as a share of all samples.</summary>
    private static double Ranks(Threshold threshold, HistogramSnapshot histogram, double percentile, bool upper)
    {
        var at = percentile * (histogram.Count - 1);
        var boundary = RepairShare.Boundary(threshold, histogram, upper);
        return (upper ? at - boundary : boundary - at) / histogram.Count;
    }
}
