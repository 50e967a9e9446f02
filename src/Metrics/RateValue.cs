namespace LoadTesting.Metrics;

/// <summary>How many of a rate's observations were true.</summary>
public sealed class RateValue : SeriesValue, IEquatable<RateValue>
{
    /// <summary>Counts, 0 ≤ trues ≤ total.</summary>
    public RateValue(long trues, long total) => (Trues, Total) = (trues, total);

    /// <inheritdoc/>
    public override MetricType Type => MetricType.Rate;

    /// <summary>Observations that were true (k6 calls them passes).</summary>
    public long Trues { get; }

    /// <summary>All observations.</summary>
    public long Total { get; }

    /// <summary>Trues / Total, from 0 to 1; null without observations.</summary>
    public double? Rate => Total == 0 ? null : (double)Trues / Total;

    /// <inheritdoc/>
    public bool Equals(RateValue? other) => other is not null && Trues == other.Trues && Total == other.Total;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RateValue);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Trues, Total);

    internal override SeriesValue MergedWith(IReadOnlyList<SeriesValue> others)
    {
        var (trues, total) = (Trues, Total);
        foreach (var other in others)
        {
            var rate = (RateValue)other;
            (trues, total) = (trues + rate.Trues, total + rate.Total);
        }

        return new RateValue(trues, total);
    }

    internal override SeriesValue Since(SeriesValue earlier)
    {
        var before = (RateValue)earlier;
        var (trues, total) = (Trues - before.Trues, Total - before.Total);
        // A count that went down started anew (Prometheus' reset rule): everything there is came since.
        return trues < 0 || total < trues ? this : new RateValue(trues, total);
    }
}
