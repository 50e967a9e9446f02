namespace LoadTesting.Metrics.Exposition;

/// <summary>The formats in which a snapshot can be written and read.</summary>
public enum ExpositionFormat
{
    /// <summary>Prometheus text 0.0.4 with classic buckets.</summary>
    Text,

    /// <summary>OpenMetrics text 1.0 with classic buckets.</summary>
    OpenMetrics,

    /// <summary>Prometheus protobuf, delimited, with native histograms: the one that carries everything.</summary>
    Protobuf,

    /// <summary>Our own (<see cref="CompactFormat"/>): carries everything, and can be relative to an earlier snapshot.</summary>
    Compact,
}
