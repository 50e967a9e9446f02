using LoadTesting.Metrics;

namespace LoadTesting.Model.Judging;

/// <summary>
/// How large a share of all samples would have to be missing before the missing ones, at their most favourable, could make a broken threshold hold. With n samples seen
/// and k more needed the share is k / (n + k).
/// </summary>
/// <remarks>
/// Amounts of counters and times are taken as not negative. Percentiles: k samples below the limit move rank i of the seen ones to i + k, so p(N) of all is the seen value at
/// N(n + k − 1) − k; k samples above the limit leave the ranks, so it is the one at N(n + k − 1).
/// </remarks>
internal static class RepairShare
{
    /// <summary>The share, 0…1; 1 = no number of further samples repairs it, 0 = one might, or nothing can be said.</summary>
    public static double Of(Threshold threshold, SeriesValue? value, double observed)
    {
        var (wanted, upper, lower) = (threshold.Wanted, threshold.Expression.Operator is ComparisonOperator.Less or ComparisonOperator.LessOrEqual, threshold.Expression.Operator is ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual);
        if (threshold.Expression.Operator == ComparisonOperator.Equal)
        {
            // What only grows and is beyond the value already never comes back.
            return threshold.Expression.Aggregation.Kind is AggregationKind.Count or AggregationKind.Passes or AggregationKind.Fails or AggregationKind.Total && observed > wanted ? 1 : 0;
        }

        if (!upper && !lower)
        {
            return 0;
        }

        return threshold.Expression.Aggregation.Kind switch
        {
            AggregationKind.Count or AggregationKind.Passes or AggregationKind.Fails or AggregationKind.Total or AggregationKind.Max => upper ? 1 : 0,
            AggregationKind.Min => lower ? 1 : 0,
            AggregationKind.Rate when value is RateValue rate => Rate(rate, wanted, upper),
            AggregationKind.Rate => upper ? 1 : 0,
            AggregationKind.Avg when upper && threshold.Metric.Unit == MetricUnit.Time => wanted <= 0 || double.IsPositiveInfinity(observed) ? 1 : Clamp(1 - wanted / observed),
            AggregationKind.Med or AggregationKind.Percentile when value is HistogramSnapshot histogram => Percentile(threshold, histogram, upper),
            _ => 0,
        };
    }

    /// <summary>Further samples all false lower the rate to trues / (n + k); all true raise it to (trues + k) / (n + k).</summary>
    private static double Rate(RateValue rate, double wanted, bool upper)
    {
        var observed = rate.Rate ?? 0;
        return upper ? (wanted <= 0 ? 1 : Clamp(1 - wanted / observed)) : wanted >= 1 ? 1 : Clamp((wanted - observed) / (1 - observed));
    }

    private static double Percentile(Threshold threshold, HistogramSnapshot histogram, bool upper)
    {
        if (upper && threshold.Metric.Unit == MetricUnit.Time && threshold.Wanted <= 0)
        {
            return 1;
        }

        var share = threshold.Expression.Aggregation.Percentile / 100;
        double last = histogram.Count - 1;
        var rank = Boundary(threshold, histogram, upper);
        var more = upper ? (share * last - rank) / (1 - share) : rank / share - last;
        return double.IsInfinity(more) || double.IsNaN(more) ? 1 : Clamp(more / (histogram.Count + more));
    }

    /// <summary>
    /// The rank at which the seen samples, in order, cross the limit, from -1 to n - 1. Where all break an upper limit, it is where the line from a favourable sample (0, for a time)
    /// at rank -1 up to the smallest seen one crosses it.
    /// </summary>
    internal static double Boundary(Threshold threshold, HistogramSnapshot histogram, bool upper)
    {
        double Value(double fraction) => Observation.InUnit(histogram.Quantile(fraction) ?? 0, threshold.Metric);
        bool Holds(double fraction) => threshold.Expression.Operator.Holds(Value(fraction), threshold.Wanted);

        var (holding, breaking) = upper ? (0.0, 1.0) : (1.0, 0.0);
        if (!Holds(holding))
        {
            return !upper ? histogram.Count - 1 : threshold.Metric.Unit == MetricUnit.Time ? (threshold.Wanted / Value(0)) - 1 : 0;
        }

        // 2^-40 of a rank is nothing; the values between two ranks are linear, so this converges to the crossing.
        for (var i = 0; i < 40; i++)
        {
            var middle = (holding + breaking) / 2;
            (holding, breaking) = Holds(middle) ? (middle, breaking) : (holding, middle);
        }

        return holding * (histogram.Count - 1);
    }

    private static double Clamp(double share) => double.IsNaN(share) ? 0 : Math.Clamp(share, 0, 1);
}
