namespace LoadTesting.Metrics;

/// <summary>One series: a metric with one set of tags. The metric's type is part of the identity, so merging never meets two kinds of value under one key.</summary>
public readonly record struct SeriesKey(MetricDefinition Metric, TagSet Tags) : IComparable<SeriesKey>
{
    /// <summary>By metric name, type, unit, then tags: the order of everything that is written.</summary>
    public int CompareTo(SeriesKey other)
    {
        var order = string.CompareOrdinal(Metric.Name, other.Metric.Name);
        if (order == 0) order = Metric.Type.CompareTo(other.Metric.Type);
        if (order == 0) order = Metric.Unit.CompareTo(other.Metric.Unit);
        return order != 0 ? order : Tags.CompareTo(other.Tags);
    }

    /// <summary>Whether it is the very same: quick to tell, and an equal one need not be.</summary>
    internal bool IsSame(SeriesKey other) => ReferenceEquals(Metric, other.Metric) && ReferenceEquals(Tags, other.Tags);

    /// <summary>As k6 writes it: <c>http_req_duration{name:order}</c>.</summary>
    public override string ToString() => Metric.Name + Tags;
}
