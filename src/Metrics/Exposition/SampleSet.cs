namespace LoadTesting.Metrics.Exposition;

/// <summary>What a reader found, before it is known what it means: numbers and histograms by sample name.</summary>
internal sealed class SampleSet
{
    /// <summary>More than this is no count: doubles, which text and protobuf samples are, hold integers exactly up to 2^53; and sums of counts cannot overflow.</summary>
    public const long MaxCount = 1L << CountBits;

    public const int CountBits = 53;

    private readonly Dictionary<string, List<FamilySample>> _byName = new(StringComparer.Ordinal);

    public void Add(string name, FamilySample sample)
    {
        if (!_byName.TryGetValue(name, out var samples)) _byName.Add(name, samples = []);
        samples.Add(sample);
    }

    public IReadOnlyList<FamilySample> this[string name] => _byName.TryGetValue(name, out var samples) ? samples : [];

    /// <summary>The integer that is the name's only sample, if it is one and lies within the range.</summary>
    public long? Integer(string name, long min, long max) =>
        this[name] is [{ Histogram: null, Value: var value }] && IsInteger(value, min, max) ? (long)value : null;

    public static bool IsInteger(double value, long min, long max) => value >= min && value <= max && Math.Truncate(value) == value;
}
