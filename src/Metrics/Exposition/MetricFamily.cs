namespace LoadTesting.Metrics.Exposition;

/// <summary>What kind of samples a family has, in the words that all three formats share.</summary>
internal enum FamilyKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>One sample of a family: a number, or a histogram.</summary>
internal readonly record struct FamilySample(TagSet Tags, double Value, int Part = 0, HistogramSnapshot? Histogram = null);

/// <summary>A family as it is written; counters' names end in _total, which OpenMetrics leaves out of the metadata.</summary>
internal sealed record MetricFamily(string Name, FamilyKind Kind, string Help, string Unit, List<FamilySample> Samples);
