namespace LoadTesting.Metrics;

/// <summary>
/// An immutable distribution: exact counts, sum, minimum and maximum; quantiles from buckets, within <see cref="RelativeErrorBound"/> of the
/// exact ones however many parts were merged. Observations may lie beyond every finite value (<see cref="OverflowCount"/>): they count, a quantile whose rank
/// reaches into them is +∞, and so is the maximum; sum, average and minimum are of the finite ones.
/// </summary>
public sealed class HistogramSnapshot : SeriesValue, IEquatable<HistogramSnapshot>
{
    private const double RankRounding = 1.0 / (1L << 50);

    private readonly double _min;
    private readonly double _max;

    internal HistogramSnapshot(
        int schema, long zeroCount, BucketCounts positive, BucketCounts negative, long overflowCount, ExactSum sum, double min, double max)
    {
        (Schema, ZeroCount, Positive, Negative, OverflowCount, ExactSum) = (schema, zeroCount, positive, negative, overflowCount, sum);
        FiniteCount = zeroCount + positive.Total + negative.Total;
        (_min, _max) = FiniteCount == 0 ? (double.PositiveInfinity, double.NegativeInfinity) : (min, max);
    }

    /// <inheritdoc/>
    public override MetricType Type => MetricType.Trend;

    /// <summary>The resolution of the buckets: 8 unless it was scaled down for, or read from, a coarser exposition.</summary>
    public int Schema { get; }

    /// <summary>Observations, exactly: the finite ones and those in the overflow bucket.</summary>
    public long Count => FiniteCount + OverflowCount;

    /// <summary>Observations that are numbers: of requests, those that were answered.</summary>
    public long FiniteCount { get; }

    /// <summary>
    /// Observations beyond every finite value, in Prometheus' words those of the overflow bucket: of requests, those that were never answered.
    /// </summary>
    public long OverflowCount { get; }

    /// <summary>Sum of the finite observations: added without rounding, then rounded once to the nearest double.</summary>
    public double Sum => ExactSum.ToDouble();

    /// <summary>
    /// The smallest observation, exactly; +∞ when none is finite, null without observations. In a <see cref="Snapshot.Delta"/> within the error bound.
    /// </summary>
    public double? Min => Count == 0 ? null : _min;

    /// <summary>
    /// The largest observation, exactly; +∞ when one is not finite, null without observations. In a <see cref="Snapshot.Delta"/> within the error bound.
    /// </summary>
    public double? Max => Count == 0 ? null : OverflowCount > 0 ? double.PositiveInfinity : _max;

    /// <summary>The largest finite observation; null when there is none.</summary>
    public double? FiniteMax => FiniteCount == 0 ? null : _max;

    /// <summary>Sum / FiniteCount; +∞ when no observation is finite, null without observations.</summary>
    public double? Average => Count == 0 ? null : FiniteCount == 0 ? double.PositiveInfinity : Sum / FiniteCount;

    /// <summary>The average with a finite value in the place of each observation that has none; null without observations.</summary>
    public double? AverageWith(double overflowValue) => Count == 0 ? null : (Sum + (OverflowCount * overflowValue)) / Count;

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
    /// two closest ranks. The least and the greatest finite value are known exactly, the others by their bucket's representative. +∞ as soon as one of the
    /// two ranks that it lies between is in the overflow bucket. Null without observations: "no data" is not 0.
    /// </summary>
    public double? Quantile(double fraction)
    {
        if (!(fraction is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "from 0 to 1");
        if (Count == 0) return null;
        var position = fraction * (Count - 1);
        var rank = Math.Min((long)position, Count - 1);
        var (below, above) = ValuesAt(rank);
        if (double.IsPositiveInfinity(above))
        {
            // On the last finite rank itself, but for the rounding of fraction·(n−1).
            return double.IsFinite(below) && position - rank <= position * RankRounding ? below : double.PositiveInfinity;
        }

        return below + ((above - below) * (position - rank));
    }

    /// <summary>
    /// The buckets that are not empty, from the lowest to the highest values: bounds (the lower exclusive, the upper inclusive, mirrored below zero; both 0 for zeros) and count.
    /// The overflow bucket is the last, from the largest finite value to +∞.
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
            yield return (BucketLayout.UpperBound(Schema, index - 1), Math.Min(BucketLayout.UpperBound(Schema, index), double.MaxValue), count);
        }

        if (OverflowCount > 0) yield return (double.MaxValue, double.PositiveInfinity, OverflowCount);
    }

    /// <summary>The parts, for those who store it.</summary>
    public HistogramData ToData() => new(
        Schema, ZeroCount, Positive.Indexes(), Positive.Counts(), Negative.Indexes(), Negative.Counts(), Sum,
        FiniteCount == 0 ? 0 : _min, FiniteCount == 0 ? 0 : _max, OverflowCount);

    /// <summary>How many observations lie above a value ≥ 0; the bucket that the value falls into is not among them unless it is wholly above.</summary>
    public long CountAbove(double value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        if (FiniteCount == 0 || value >= _max) return OverflowCount;
        return OverflowCount + Positive.ToArray().Where(b => BucketLayout.UpperBound(Schema, b.Index - 1) >= value).Sum(b => b.Count);
    }

    /// <summary>The same observations in coarser buckets, exactly as if they had been recorded in them; itself when it is coarse enough already.</summary>
    public HistogramSnapshot DownscaleTo(int schema) => schema >= Schema ? this : new(
        schema, ZeroCount, Positive.Downscale(Schema, schema), Negative.Downscale(Schema, schema), OverflowCount, ExactSum, _min, _max);

    /// <inheritdoc/>
    public bool Equals(HistogramSnapshot? other) =>
        other is not null && Schema == other.Schema && OverflowCount == other.OverflowCount && ZeroCount == other.ZeroCount && _min.Equals(other._min)
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
        var (zeros, overflow, sum, min, max) = (0L, 0L, default(ExactTotal), double.PositiveInfinity, double.NegativeInfinity);
        for (var i = -1; i < others.Count; i++)
        {
            var part = i < 0 ? this : (HistogramSnapshot)others[i];
            part.Positive.AddTo(positive, part.Schema, schema);
            part.Negative.AddTo(negative, part.Schema, schema);
            zeros += part.ZeroCount;
            overflow += part.OverflowCount;
            sum.Add(part.ExactSum);
            min = Math.Min(min, part._min);
            max = Math.Max(max, part._max);
        }

        return new HistogramSnapshot(schema, zeros, positive.ToBuckets(), negative.ToBuckets(), overflow, sum.ToSum(), min, max);
    }

    internal override SeriesValue Since(SeriesValue earlier)
    {
        var before = (HistogramSnapshot)earlier;
        var schema = Math.Min(Schema, before.Schema);
        var (now, then) = (DownscaleTo(schema), before.DownscaleTo(schema));
        if (now.ZeroCount < then.ZeroCount || now.OverflowCount < then.OverflowCount
            || now.Positive.TrySubtract(then.Positive) is not { } positive
            || now.Negative.TrySubtract(then.Negative) is not { } negative)
        {
            return this; // a count went down: started anew, as in RateValue
        }

        var window = new HistogramSnapshot(
            schema, now.ZeroCount - then.ZeroCount, positive, negative, now.OverflowCount - then.OverflowCount, now.ExactSum - then.ExactSum, _min, _max);
        return window.FiniteCount == FiniteCount ? window : window.WithExtremesFromBuckets();
    }

    // The window's own extremes were not recorded: the representatives of its outermost buckets, within the overall extremes.
    private HistogramSnapshot WithExtremesFromBuckets()
    {
        if (FiniteCount == 0) return this;
        return new(Schema, ZeroCount, Positive, Negative, OverflowCount, ExactSum, Clamp(BucketValue(0)), Clamp(BucketValue(FiniteCount - 1)));
    }

    private (double Below, double Above) ValuesAt(long rank)
    {
        var below = ValueAt(rank);
        return rank + 1 < Count ? (below, ValueAt(rank + 1)) : (below, below);
    }

    private double ValueAt(long rank) =>
        rank >= FiniteCount ? double.PositiveInfinity : rank == 0 ? _min : rank == FiniteCount - 1 ? _max : Clamp(BucketValue(rank));

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
