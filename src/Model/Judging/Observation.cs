using LoadTesting.Metrics;

namespace LoadTesting.Model.Judging;

/// <summary>Aggregates samples to the number that thresholds and reports speak of.</summary>
internal static class Observation
{
    /// <summary>
    /// The aggregation of a selector's samples in the metric's display unit; +∞ where that is beyond every limit (no answer), null without samples.
    /// </summary>
    /// <param name="value">The samples, of the metric's type; null = none.</param>
    /// <param name="metric">What they measure.</param>
    /// <param name="aggregation">Suits the metric's type.</param>
    /// <param name="loadSeconds">What a counter's rate is per; with 0 the rate is 0, as in k6.</param>
    public static double? Of(SeriesValue? value, MetricDefinition metric, Aggregation aggregation, double loadSeconds)
    {
        if (value is null && metric.Type == MetricType.Counter && SampleSelection.IsLedger(metric))
        {
            return 0;
        }

        var stored = value switch
        {
            CounterValue counter => aggregation.Kind == AggregationKind.Count ? counter.Sum : loadSeconds > 0 ? counter.Sum / loadSeconds : 0,
            GaugeValue gauge => gauge.Current,
            DistinctValue distinct => distinct.Count,
            RateValue rate => aggregation.Kind switch
            {
                AggregationKind.Passes => rate.Total == 0 ? null : rate.Trues,
                AggregationKind.Fails => rate.Total == 0 ? null : rate.Total - rate.Trues,
                AggregationKind.Total => rate.Total == 0 ? null : rate.Total,
                _ => rate.Rate,
            },
            HistogramSnapshot histogram => aggregation.Kind switch
            {
                AggregationKind.Avg => histogram.Average,
                AggregationKind.Min => histogram.Min,
                AggregationKind.Max => histogram.Max,
                _ => histogram.Percentile(aggregation.Percentile),
            },
            _ => null,
        };
        return stored is { } number ? InUnit(number, metric) : null;
    }

    /// <summary>A stored number as people speak of it: times in milliseconds, rounded to a nanosecond, because 0.07 s · 1000 is not 70 in binary.</summary>
    public static double InUnit(double stored, MetricDefinition metric) => metric.Unit == MetricUnit.Time ? Math.Round(stored * 1000, 6) : stored;

    /// <summary>The unit of an aggregation: <c>ms</c>, <c>B</c>, <c>/s</c>, <c>B/s</c>, or empty.</summary>
    public static string Unit(MetricDefinition metric, Aggregation aggregation)
    {
        var unit = Unit(metric);
        return metric.Type == MetricType.Counter && aggregation.Kind == AggregationKind.Rate ? unit + "/s" : unit;
    }

    /// <summary>The unit of a metric's values: <c>ms</c>, <c>B</c>, or empty.</summary>
    public static string Unit(MetricDefinition metric) => metric.Unit switch
    {
        MetricUnit.Time => "ms",
        MetricUnit.Data => "B",
        _ => string.Empty,
    };
}
