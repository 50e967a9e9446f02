using LoadTesting.Metrics;

namespace LoadTesting.Model.Judging.Windows;

/// <summary>
/// <c>drift{metric:M}</c>: how much a metric changed from the first to the last quarter of the steady part: late ÷ early − 1 of the median of a trend, of a counter's rate, of a gauge's mean;
/// late − early of a rate, which is a share already. Further tags narrow the metric's samples. A leak shows here before any limit is reached.
/// </summary>
internal static class Drift
{
    /// <summary>Cells that a quarter must have for its number to mean anything.</summary>
    public const int LeastCells = 2;

    public static Measured Measure((MetricDefinition Metric, MetricSelector Selector) subject, RunWindows windows)
    {
        var cells = windows.Cells(subject.Selector);
        var steady = windows.Steady(subject.Selector).SelectMany(s => CellRange.Of(cells, s.From, s.To).Each()).Distinct().ToList();
        var quarter = steady.Count / 4;
        if (quarter < LeastCells)
        {
            return new(null, null, Note: "the steady part is too short for a drift: it needs 8 seconds at least");
        }

        var (early, late) = (Of(subject.Metric, cells, steady.Take(quarter)), Of(subject.Metric, cells, steady.TakeLast(quarter)));
        if (early is not { } before || late is not { } after)
        {
            return new(null, null);
        }

        if (double.IsPositiveInfinity(before))
        {
            return new(null, null, Note: "it began without answers, so that there is no ratio");
        }

        double? change = subject.Metric.Type == MetricType.Rate ? after - before : before > 0 ? after / before - 1 : after == before ? 0 : null;
        var first = Reporting.HumanFormat.Number(Math.Round(before, 3));
        var last = double.IsPositiveInfinity(after) ? Reporting.HumanFormat.NoAnswer : Reporting.HumanFormat.Number(Math.Round(after, 3));
        return new(null, change, $"from {first} to {last}", change is null ? "it began at 0, so that there is no ratio" : null);
    }

    private static double? Of(MetricDefinition metric, CellSeries cells, IEnumerable<CellRange> ranges)
    {
        var list = ranges.ToList();
        var values = list.Select(r => cells.Between(r.From, r.End)).OfType<SeriesValue>().ToList();
        if (values.Count == 0)
        {
            return null;
        }

        if (metric.Type == MetricType.Gauge)
        {
            return Observation.InUnit(values.Average(v => ((GaugeValue)v).Current), metric);
        }

        var aggregation = metric.Type == MetricType.Trend ? new Aggregation(AggregationKind.Med, 50) : new Aggregation(AggregationKind.Rate);
        return Observation.Of(SeriesValue.Merge(values), metric, aggregation, list.Sum(r => r.Seconds(cells)));
    }
}
