using LoadTesting.Metrics;
using LoadTesting.Model.Judging.Baselines;
using LoadTesting.Model.Judging.Windows;
using LoadTesting.Model.Reporting;

namespace LoadTesting.Model.Judging;

/// <summary>A threshold's outcome in words, without the metric's name.</summary>
internal static class ThresholdText
{
    /// <summary>The sentence.</summary>
    /// <param name="threshold">With the value that it compares with.</param>
    /// <param name="seen">What was measured; +∞ = no answer.</param>
    /// <param name="measured">Where it comes from.</param>
    /// <param name="comparison">The baseline's number; null without one.</param>
    /// <param name="isInDoubt">It holds only because unanswered requests are not in the number.</param>
    public static string Message(Threshold threshold, double seen, Measured measured, BaselineComparison? comparison, bool isInDoubt)
    {
        if (measured.IsBroken)
        {
            return measured.Note ?? "broken";
        }

        var expression = threshold.Expression;
        var isFraction = (threshold.Metric.Type == MetricType.Rate && expression.Aggregation.Kind == AggregationKind.Rate) || DerivedMetrics.IsShare(threshold.Metric);
        var unit = isFraction ? "%" : Observation.Unit(threshold.Metric, expression.Aggregation) switch
        {
            "" => string.Empty,
            "/s" => "/s",
            var other => " " + other,
        };
        var scale = isFraction ? 0.01 : 1.0;
        if (unit == " B" && expression.Value is NumberValue { Unit: ValueUnit.Data, Number: var limit })
        {
            (scale, unit) = Math.Abs(limit) switch { >= 1e9 => (1e9, " GB"), >= 1e6 => (1e6, " MB"), >= 1e3 => (1e3, " kB"), _ => (1, " B") };
        }

        var where = measured.Where is { } part ? $" ({part})" : string.Empty;
        var doubt = isInDoubt ? Doubt(threshold, measured.Value, scale, unit) : string.Empty;
        if (comparison is not null)
        {
            var (now, before) = Pair(threshold, seen, comparison.Baseline, measured.Value, scale, unit, isMeasured: true);
            var change = comparison.Baseline == 0 || double.IsInfinity(seen) ? string.Empty : $", {Change(seen / comparison.Baseline - 1)}";
            var chance = comparison.IsSignificant == false && !expression.Operator.Holds(seen, threshold.Wanted) ? ", within what chance explains" : string.Empty;
            return $"{now} against {before} in run {comparison.Name}{change}{chance}{where}{doubt}";
        }

        var (left, right) = Pair(threshold, seen, threshold.Wanted, measured.Value, scale, unit, isMeasured: expression.Value is not NumberValue);
        var relation = expression.Operator switch
        {
            ComparisonOperator.Less when seen == threshold.Wanted => "wanted less than",
            ComparisonOperator.Less or ComparisonOperator.LessOrEqual => "limit",
            ComparisonOperator.Greater => "wanted more than",
            ComparisonOperator.GreaterOrEqual => "wanted at least",
            ComparisonOperator.Equal => "wanted exactly",
            _ => "wanted anything but",
        };
        return $"{left}{where}, {relation} {right}{doubt}";
    }

    /// <summary>Both numbers with their unit; of an average or a minimum also how much of the samples it is of, where some have no number.</summary>
    private static (string Seen, string Wanted) Pair(Threshold threshold, double seen, double wanted, SeriesValue? value, double scale, string unit, bool isMeasured)
    {
        var cuts = unit is "%" or " ms";
        if (double.IsInfinity(seen) || double.IsInfinity(wanted))
        {
            string One(double number) => double.IsInfinity(number) ? HumanFormat.NoAnswer : HumanFormat.Pair(number / scale, number / scale, cuts).Observed + unit;
            return (double.IsInfinity(seen) ? NoAnswer(threshold, value) : One(seen), One(wanted));
        }

        var (left, right) = HumanFormat.Pair(seen / scale, wanted / scale, cuts, isMeasured);
        var isOfSome = threshold.Expression.Aggregation.Kind is AggregationKind.Avg or AggregationKind.Min && Unanswered.Count(value) > 0;
        return (left + unit + (isOfSome ? $" of the {HumanFormat.Percent(1 - Unanswered.Share(value))} that were answered" : string.Empty), right + unit);
    }

    private static string NoAnswer(Threshold threshold, SeriesValue? value) => Unanswered.Count(value) == 0
        ? HumanFormat.NoAnswer
        : $"{HumanFormat.NoAnswer} for {HumanFormat.Percent(Unanswered.Share(value))} of {(threshold.Metric.Name.StartsWith("http_req_", StringComparison.Ordinal) ? "requests" : "the samples")}";

    private static string Doubt(Threshold threshold, SeriesValue? value, double scale, string unit)
    {
        var all = Unanswered.Average((HistogramSnapshot)value!, threshold.Metric);
        var others = $"{HumanFormat.Count(Unanswered.Count(value))} were not";
        return double.IsInfinity(all) ? $"; {others}" : $"; {others}, and with {Unanswered.Seconds:0} s for each of them it would be {HumanFormat.Pair(all / scale, all / scale, unit == " ms").Observed}{unit}";
    }

    private static string Change(double share)
    {
        var percent = Math.Round(share * 100, Math.Abs(share) < 0.1 ? 1 : 0, MidpointRounding.AwayFromZero);
        return (percent >= 0 ? "+" : "-") + HumanFormat.Number(Math.Abs(percent)) + "%";
    }
}
