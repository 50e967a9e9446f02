using System.Globalization;
using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Reporting;

/// <summary>Chooses the metrics and sub-metrics that a report lists, and aggregates them.</summary>
internal static class MetricReports
{
    private static readonly double[] UsualPercentiles = [90, 95, 99];

    // Broken down by request name, and by scenario: what one looks at first when an overall value is bad.
    private static readonly MetricDefinition[] ByName = [BuiltInMetrics.HttpReqDuration, BuiltInMetrics.HttpReqFailed, BuiltInMetrics.HttpReqs];
    private static readonly MetricDefinition[] ByScenario =
    [
        BuiltInMetrics.HttpReqDuration, BuiltInMetrics.HttpReqFailed, BuiltInMetrics.HttpReqs, BuiltInMetrics.Iterations, BuiltInMetrics.IterationDuration, BuiltInMetrics.DroppedIterations,
    ];

    /// <summary>
    /// All metrics with samples; of them <c>http_req_duration{expected_response:true}</c>, the break-downs by request name and by scenario; and every selector of a
    /// threshold, also without samples. Ordered by metric; overall first, then by selector key.
    /// </summary>
    public static IReadOnlyList<MetricReport> Of(RunResult result)
    {
        var total = result.Total;
        var catalog = MetricCatalog.For(result.Spec);
        var wanted = new Dictionary<string, (MetricDefinition Metric, MetricSelector Selector)>(StringComparer.Ordinal);
        foreach (var metric in total.Metrics)
        {
            Want(metric, MetricSelector.All(metric.Name));
        }

        Want(BuiltInMetrics.HttpReqDuration, MetricSelector.With(BuiltInMetrics.HttpReqDuration.Name, "expected_response", "true"));
        WantEach(ByName, "name");
        WantEach(ByScenario, "scenario");
        var found = wanted.Where(w => total.Select(w.Value.Metric, w.Value.Selector) is not null).Select(w => w.Value).ToList();
        wanted.Clear();
        foreach (var selector in result.Thresholds.Tracked)
        {
            // Of Pods that nobody saw there is nothing to say, not even 0.
            if (catalog.Find(selector.Metric) is { } metric && !(ObservedMetrics.IsOfPods(metric) && total.Select(metric) is null))
            {
                Want(metric, selector);
            }
        }

        foreach (var (metric, selector) in found)
        {
            Want(metric, selector);
        }

        var percentiles = result.Thresholds.Thresholds
            .Where(t => t.Expression.Aggregation.Kind == AggregationKind.Percentile)
            .ToLookup(t => t.Metric.Name, t => t.Expression.Aggregation.Percentile, StringComparer.Ordinal);
        return [.. wanted.Values
            .OrderBy(w => w.Metric.Name, StringComparer.Ordinal).ThenBy(w => w.Selector.Tags.Count > 0).ThenBy(w => w.Selector.Key, StringComparer.Ordinal)
            .Select(w => Report(w.Metric, w.Selector, total.Select(w.Metric, w.Selector), percentiles[w.Metric.Name], result.Clock.Load.Seconds))];

        void Want(MetricDefinition metric, MetricSelector selector) => wanted[selector.Key] = (metric, selector);

        void WantEach(IEnumerable<MetricDefinition> metrics, string tag)
        {
            foreach (var metric in metrics)
            {
                foreach (var value in total.Series.Where(s => s.Key.Metric == metric).Select(s => s.Key.Tags.TryGet(tag, out var v) ? v : null).OfType<string>().Distinct(StringComparer.Ordinal))
                {
                    Want(metric, MetricSelector.With(metric.Name, tag, value));
                }
            }
        }
    }

    private static MetricReport Report(MetricDefinition metric, MetricSelector selector, SeriesValue? value, IEnumerable<double> morePercentiles, double seconds)
    {
        double InUnit(double? stored) => Observation.InUnit(stored ?? 0, metric);
        (string, double)[] values = (metric.Type, value) switch
        {
            (MetricType.Counter, CounterValue c) => [("count", InUnit(c.Sum)), ("rate", seconds > 0 ? InUnit(c.Sum) / seconds : 0)],
            (MetricType.Counter, _) => [("count", 0), ("rate", 0)],
            (MetricType.Gauge, GaugeValue g) => [("value", InUnit(g.Current)), ("min", InUnit(g.Min)), ("max", InUnit(g.Max))],
            (MetricType.Rate, RateValue { Rate: { } rate } r) => [("rate", rate), ("passes", r.Trues), ("fails", r.Total - r.Trues)],
            (MetricType.Rate, _) => [("passes", 0), ("fails", 0)],
            (MetricType.Trend, HistogramSnapshot { Count: > 0 } h) =>
            [
                ("count", h.Count), .. h.OverflowCount > 0 ? [("unanswered", h.OverflowCount)] : Array.Empty<(string, double)>(), ("avg", InUnit(h.Average)), ("min", InUnit(h.Min)), ("med", InUnit(h.Percentile(50))),
                .. UsualPercentiles.Concat(morePercentiles).Distinct().Order().Select(p => (string.Create(CultureInfo.InvariantCulture, $"p{p}"), InUnit(h.Percentile(p)))),
                ("max", InUnit(h.Max)),
            ],
            (MetricType.Trend, _) => [("count", 0)],
            (MetricType.Distinct, DistinctValue d) => d.IsExact ? [("count", d.Count)] : [("count", d.Count), ("error", d.StandardError)],
            (MetricType.Distinct, _) => [("count", 0)],
            _ => [],
        };
        return new MetricReport(
            selector.Key,
            metric.Type.ToString().ToLowerInvariant(),
            Observation.Unit(metric),
            new OrderedMap<double>(values.Select(v => KeyValuePair.Create(v.Item1, v.Item2))));
    }
}
