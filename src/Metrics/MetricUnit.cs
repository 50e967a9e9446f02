namespace LoadTesting.Metrics;

/// <summary>What the values of a metric contain (k6 calls it <c>contains</c>). It fixes the unit in which the whole system stores them.</summary>
public enum MetricUnit
{
    /// <summary>Plain numbers.</summary>
    None,

    /// <summary>
    /// Seconds, everywhere in storage and on the wire (Prometheus' base unit). k6 shows and compares milliseconds: judging and reporting convert.
    /// </summary>
    Time,

    /// <summary>Bytes.</summary>
    Data,
}
