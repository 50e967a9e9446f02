using LoadTesting.Metrics;
using LoadTesting.Model.Judging.Baselines;
using LoadTesting.Model.Judging.Windows;
using LoadTesting.Model.Reporting;

namespace LoadTesting.Model.Judging;

/// <summary>A threshold's outcome in words, without the metric's name.</summary>
internal static class ThresholdText
{
    public static string Message(Threshold threshold, double seen, Measured measured, BaselineComparison? comparison)
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
        var scale = 1.0;
        if (unit == " B" && expression.Value is NumberValue { Unit: ValueUnit.Data, Number: var limit })
        {
            (scale, unit) = Math.Abs(limit) switch { >= 1e9 => (1e9, " GB"), >= 1e6 => (1e6, " MB"), >= 1e3 => (1e3, " kB"), _ => (1, " B") };
        }

        var where = measured.Where is { } part ? $" ({part})" : string.Empty;
        if (comparison is not null)
        {
            var (now, before) = Pair(seen, comparison.Baseline, isFraction);
            var change = comparison.Baseline == 0 ? string.Empty : $", {Change(seen / comparison.Baseline - 1)}";
            var chance = comparison.IsSignificant == false && !expression.Operator.Holds(seen, threshold.Wanted) ? ", within what chance explains" : string.Empty;
            return $"{now}{unit} against {before}{unit} in run {comparison.Name}{change}{chance}{where}";
        }

        var (left, right) = Pair(seen / scale, threshold.Wanted / scale, isFraction);
        var relation = expression.Operator switch
        {
            ComparisonOperator.Less when seen == threshold.Wanted => "wanted less than",
            ComparisonOperator.Less or ComparisonOperator.LessOrEqual => "limit",
            ComparisonOperator.Greater => "wanted more than",
            ComparisonOperator.GreaterOrEqual => "wanted at least",
            ComparisonOperator.Equal => "wanted exactly",
            _ => "wanted anything but",
        };
        return $"{left}{unit}{where}, {relation} {right}{unit}";
    }

    private static (string, string) Pair(double seen, double wanted, bool isFraction) => isFraction ? HumanFormat.Pair(seen * 100, wanted * 100) : HumanFormat.Pair(seen, wanted);

    private static string Change(double share)
    {
        var percent = Math.Round(share * 100, Math.Abs(share) < 0.1 ? 1 : 0, MidpointRounding.AwayFromZero);
        return (percent >= 0 ? "+" : "-") + HumanFormat.Number(Math.Abs(percent)) + "%";
    }
}
