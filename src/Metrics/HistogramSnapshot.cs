namespace LoadTesting.Metrics;

/// <summary>
/// An immutable distribution: exact count, sum, minimum and maximum; quantiles from buckets, within <see cref="RelativeErrorBound"/> of the
/// exact ones however many parts were merged.
/// </summary>
public sealed class HistogramSnapshot : SeriesValue, IEquatable<HistogramSnapshot>
{
    private readonly double _min;
    private readonly double _max;

    internal HistogramSnapshot(
        int schema, long zeroCount, BucketCounts positive, BucketCounts negative, ExactSum sum, double min, double max)
    {
        (Schema, ZeroCount, Positive, Negative, ExactSum) = (schema, zeroCount, positive, negative, sum);
        Count = zeroCount + positive.Total + negative.Total;
        (_min, _max) = Count == 0 ? (double.PositiveInfinity, double.NegativeInfinity) : (min, max);
    }

    /// <inheritdoc/>
    public override MetricType Type => MetricType.Trend;

    /// <summary>The resolution of the buckets: 8 unless it was scaled down for, or read from, a coarser exposition.</summary>
    public int Schema { get; }

    /// <summary>Observations, exactly.</summary>
    public long Count { get; }

    /// <summary>Sum of the observations: added without rounding, then rounded once to the nearest double.</summary>
    public double Sum => ExactSum.ToDouble();

    /// <summary>The smallest observation, exactly; null without observations. In a <see cref="Snapshot.Delta"/> within the error bound.</summary>
    public double? Min => Count == 0 ? null : _min;

    /// <summary>The largest observation, exactly; null without observations. In a <see cref="Snapshot.Delta"/> within the error bound.</summary>
    public double? Max => Count == 0 ? null : _max;

    /// <summary>Sum / Count; null without observations.</summary>
    public double? Average => Count == 0 ? null : Sum / Count;

    /// <summary>
    /// Largest relative error of a quantile between values of one sign; where it falls between a negative and a positive value, the bound is relative
    /// to the larger of the two.
    /// </summary>
    public double RelativeErrorBound => BucketLayout.RelativeErrorBound(Schema);

    internal long ZeroCount { get; }

    internal BucketCounts Positive { get; }

    internal BucketCounts Negative { get; }

    internal ExactSum ExactSum { get; }

    /// <summary><see cref="Quantile"/> for a percent from 0 to 100, as thresholds write it: <c>p(99.9)</c>.</summary>
    public double? Percentile(double percent) => Quantile(percent / 100);

    /// <summary>
    /// The value below which a fraction (0 to 1) of the observations lies, as k6 defines it: with x₀…x₍ₙ₋₁₎ sorted and i = fraction·(n−1), linear between the
    /// two closest ranks. x₀ and x₍ₙ₋₁₎ are known exactly, the others by their bucket's representative. Null without observations: "no data" is not 0.
    /// </summary>
    public double? Quantile(double fraction)
    {
        if (!(fraction is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "from 0 to 1");
        if (Count == 0) return null;
        var position = fraction * (Count - 1);
        var rank = Math.Min((long)position, Count - 1);
        var (below, above) = ValuesAt(rank);
        return below + ((above - below) * (position - rank));
    }

    /// <summary>
    /// The buckets that are not empty, from the lowest to the highest values: bounds (the lower exclusive, the upper inclusive, mirrored below zero; both 0 for zeros) and count.
    /// </summary>
    public IEnumerable<(double Lower, double Upper, long Count)> Buckets()
    {
        foreach (var (index, count) in Negative.ToArray().Reverse())
        {
            yield return (-BucketLayout.UpperBound(Schema, index), -BucketLayout.UpperBound(Schema, index - 1), count);
        }

        if (ZeroCount > 0) yield return (0, 0, ZeroCount);
        foreach (var (index, count) in Positive.ToArray())
        {
            yield return (BucketLayout.UpperBound(Schema, index - 1), BucketLayout.UpperBound(Schema, index), count);
        }
    }

    /// <summary>The parts, for those who store it.</summary>
    public HistogramData ToData() => new(
        Schema, ZeroCount, Positive.Indexes(), Positive.Counts(), Negative.Indexes(), Negative.Counts(), Sum, Count == 0 ? 0 : _min, Count == 0 ? 0 : _max);

    /// <summary>How many observations lie above a value ≥ 0; the bucket that the value falls into is not among them unless it is wholly above.</summary>
    public long CountAbove(double value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        if (Count == 0 || value >= _max) return 0;
        return Positive.ToArray().Where(b => BucketLayout.UpperBound(Schema, b.Index - 1) >= value).Sum(b => b.Count);
    }

    /// <summary>The same observations in coarser buckets, exactly as if they had been recorded in them; itself when it is coarse enough already.</summary>
    public HistogramSnapshot DownscaleTo(int schema) => schema >= Schema ? this : new(
        schema, ZeroCount, Positive.Downscale(Schema, schema), Negative.Downscale(Schema, schema), ExactSum, _min, _max);

    /// <inheritdoc/>
    public bool Equals(HistogramSnapshot? other) =>
        other is not null && Schema == other.Schema && Count == other.Count && ZeroCount == other.ZeroCount && _min.Equals(other._min)
        && _max.Equals(other._max) && ExactSum == other.ExactSum && Positive.Equals(other.Positive) && Negative.Equals(other.Negative);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as HistogramSnapshot);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Schema, Count, ExactSum, Positive);

    internal override SeriesValue Downscaled(int schema) => DownscaleTo(schema);

    internal override SeriesValue MergedWith(IReadOnlyList<SeriesValue> others)
    {
        if (others.Count == 0) return this;
        var schema = Schema;
        foreach (var other in others) schema = Math.Min(schema, ((HistogramSnapshot)other).Schema);

        var (positive, negative) = (new PagedCounts(), new PagedCounts());
        var (zeros, sum, min, max) = (0L, default(ExactTotal), double.PositiveInfinity, double.NegativeInfinity);
        for (var i = -1; i < others.Count; i++)
        {
            var part = i < 0 ? this : (HistogramSnapshot)others[i];
            part.Positive.AddTo(positive, part.Schema, schema);
            part.Negative.AddTo(negative, part.Schema, schema);
            zeros += part.ZeroCount;
            sum.Add(part.ExactSum);
            min = Math.Min(min, part._min);
            max = Math.Max(max, part._max);
        }

        return new HistogramSnapshot(schema, zeros, positive.ToBuckets(), negative.ToBuckets(), sum.ToSum(), min, max);
    }

    internal override SeriesValue Since(SeriesValue earlier)
    {
        var before = (HistogramSnapshot)earlier;
        var schema = Math.Min(Schema, before.Schema);
        var (now, then) = (DownscaleTo(schema), before.DownscaleTo(schema));
        if (now.ZeroCount < then.ZeroCount
            || now.Positive.TrySubtract(then.Positive) is not { } positive
            || now.Negative.TrySubtract(then.Negative) is not { } negative)
        {
            return this; // a count went down: started anew, as in RateValue
        }

        var window = new HistogramSnapshot(schema, now.ZeroCount - then.ZeroCount, positive, negative, now.ExactSum - then.ExactSum, _min, _max);
        return window.Count == Count ? window : window.WithExtremesFromBuckets();
    }

    // The window's own extremes were not recorded: the representatives of its outermost buckets, within the overall extremes.
    private HistogramSnapshot WithExtremesFromBuckets()
    {
        if (Count == 0) return this;
        return new(Schema, ZeroCount, Positive, Negative, ExactSum, Clamp(BucketValue(0)), Clamp(BucketValue(Count - 1)));
    }

    private (double Below, double Above) ValuesAt(long rank)
    {
        var below = ValueAt(rank);
        return rank + 1 < Count ? (below, ValueAt(rank + 1)) : (below, below);
    }

    private double ValueAt(long rank) => rank == 0 ? _min : rank == Count - 1 ? _max : Clamp(BucketValue(rank));

    private double Clamp(double value) => Math.Min(Math.Max(value, _min), _max);

    private double BucketValue(long rank)
    {
        if (rank < Negative.Total)
        {
            var mirrored = Negative.Total - 1 - rank;
            return -BucketLayout.Representative(Schema, Negative.Find(ref mirrored)!.Value);
        }

        rank -= Negative.Total;
        if ((rank -= ZeroCount) < 0) return 0;
        return Positive.Find(ref rank) is { } index ? BucketLayout.Representative(Schema, index) : throw new InvalidOperationException("the rank is not below the count");
    }
}
