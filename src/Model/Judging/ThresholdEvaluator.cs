using LoadTesting.Metrics;
using LoadTesting.Model.Reporting;

namespace LoadTesting.Model.Judging;

/// <summary>
/// Holds thresholds against the merged samples of all runners, from the run's beginning on (setup and teardown included, as in k6). Called about once a second while the load
/// runs, for aborts, and once at the end.
/// </summary>
public static class ThresholdEvaluator
{
    /// <summary>Evaluates all thresholds, in their order.</summary>
    /// <param name="thresholds">What must hold.</param>
    /// <param name="total">Everything sampled so far by all runners.</param>
    /// <param name="clock">When this is.</param>
    /// <returns>
    /// One result for each. Without samples <see cref="ThresholdResult.NoData"/> is set and nothing is aborted. <see cref="ThresholdResult.RepairShare"/> and
    /// <see cref="ThresholdResult.Incomplete"/> are worked out in the final evaluation only.
    /// </returns>
    public static IReadOnlyList<ThresholdResult> Evaluate(IReadOnlyList<Threshold> thresholds, Snapshot total, RunClock clock) =>
        [.. thresholds.Select(t => Evaluate(t, total, clock))];

    private static ThresholdResult Evaluate(Threshold threshold, Snapshot total, RunClock clock)
    {
        var expression = threshold.Expression;
        var value = total.Select(threshold.Metric, threshold.Selector);
        var observed = Observation.Of(value, threshold.Metric, expression.Aggregation, clock.Load.Seconds);
        var ok = observed is { } number ? expression.Operator.Holds(number, threshold.Wanted) : expression.OrAbsent;
        var broken = observed is not null && !ok;
        var repairShare = broken && clock.IsFinal ? RepairShare.Of(threshold, value, observed!.Value) : 0;
        return new ThresholdResult
        {
            Metric = threshold.Selector.Key,
            Expression = expression.Text,
            Aggregation = expression.Aggregation.ToString(),
            Observed = observed,
            Wanted = threshold.Wanted,
            Unit = Observation.Unit(threshold.Metric, expression.Aggregation),
            Ok = ok,
            NoData = observed is null,
            Message = Message(threshold, observed),
            AbortRequested = broken && threshold.Abort is { } abort && (abort.After is not { } delay || delay < clock.Load),
            RepairShare = repairShare,
            Incomplete = clock.IsFinal && observed is not null && IsIncomplete(threshold, value, total, broken, repairShare),
        };
    }

    /// <summary>Whether the overflow series holds enough samples that could be this selector's to turn the result round.</summary>
    private static bool IsIncomplete(Threshold threshold, SeriesValue? value, Snapshot total, bool broken, double repairShare)
    {
        var folded = threshold.Selector.Tags.Count == 0 ? 0 : total.OverflowSamples(threshold.Metric);
        if (folded <= 0)
        {
            return false;
        }

        double seen = value switch
        {
            RateValue rate => rate.Total,
            HistogramSnapshot histogram => histogram.Count,
            _ => 0,
        };
        return !broken || folded / (seen + folded) >= repairShare;
    }

    private static string Message(Threshold threshold, double? observed)
    {
        var (expression, wanted) = (threshold.Expression, threshold.Wanted);
        if (observed is not { } seen)
        {
            return expression.OrAbsent ? "no samples, which is allowed" : "no samples";
        }

        var isFraction = threshold.Metric.Type == MetricType.Rate && expression.Aggregation.Kind == AggregationKind.Rate;
        var (left, right) = isFraction ? HumanFormat.Pair(seen * 100, wanted * 100) : HumanFormat.Pair(seen, wanted);
        var unit = isFraction ? "%" : Observation.Unit(threshold.Metric, expression.Aggregation) switch
        {
            "" => string.Empty,
            "/s" => "/s",
            var other => " " + other,
        };
        var relation = expression.Operator switch
        {
            ComparisonOperator.Less when seen == wanted => "wanted less than",
            ComparisonOperator.Less or ComparisonOperator.LessOrEqual => "limit",
            ComparisonOperator.Greater => "wanted more than",
            ComparisonOperator.GreaterOrEqual => "wanted at least",
            ComparisonOperator.Equal => "wanted exactly",
            _ => "wanted anything but",
        };
        return $"{left}{unit}, {relation} {right}{unit}";
    }
}
