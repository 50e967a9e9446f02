namespace LoadTesting.Metrics;

/// <summary>The exact sum of the amounts added to a counter.</summary>
public sealed class CounterValue : SeriesValue, IEquatable<CounterValue>
{
    /// <summary>A sum that is one double.</summary>
    public CounterValue(double sum)
        : this(ExactSum.Of(sum))
    {
    }

    internal CounterValue(ExactSum exact) => Exact = exact;

    /// <inheritdoc/>
    public override MetricType Type => MetricType.Counter;

    /// <summary>The sum, rounded once, to the nearest double.</summary>
    public double Sum => Exact.ToDouble();

    internal ExactSum Exact { get; }

    /// <inheritdoc/>
    public bool Equals(CounterValue? other) => other is not null && Exact == other.Exact;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CounterValue);

    /// <inheritdoc/>
    public override int GetHashCode() => Exact.GetHashCode();

    internal override SeriesValue MergedWith(IReadOnlyList<SeriesValue> others)
    {
        var sum = default(ExactTotal);
        sum.Add(Exact);
        foreach (var other in others) sum.Add(((CounterValue)other).Exact);
        return new CounterValue(sum.ToSum());
    }

    internal override SeriesValue Since(SeriesValue earlier) => new CounterValue(Exact - ((CounterValue)earlier).Exact);
}
