namespace LoadTesting.Metrics;

/// <summary>How samples of a metric are aggregated; k6's four types with k6's meaning, and one more.</summary>
public enum MetricType
{
    /// <summary>Amounts that are added up.</summary>
    Counter,

    /// <summary>A current value; the last one counts. Over workers the current values are summed.</summary>
    Gauge,

    /// <summary>True/false observations; the result is the fraction of true ones.</summary>
    Rate,

    /// <summary>Observations whose distribution matters: percentiles, average, extremes.</summary>
    Trend,

    /// <summary>Values of which only counts how many different ones there were. Beyond k6.</summary>
    Distinct,
}
