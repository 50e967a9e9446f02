namespace LoadTesting.Metrics;

/// <summary>
/// Records observations for one writer. Counts, sum, minimum and maximum are exact; the distribution is kept in <see cref="BucketLayout"/>'s buckets at the
/// finest schema. Once the value range has been seen, recording allocates nothing. Not synchronised: writer and snapshot taker must not overlap.
/// </summary>
public sealed class LatencyHistogram
{
    private const double SecondsPerNanosecond = 1e9;

    private readonly PagedCounts _positive;
    private readonly ExactAccumulator _sum;
    private PagedCounts? _negative;
    private long _count;
    private long _zeroCount;
    private long _overflowCount;
    private double _min = double.PositiveInfinity;
    private double _max = double.NegativeInfinity;

    /// <summary>An empty histogram.</summary>
    public LatencyHistogram() => (_positive, _sum) = (new PagedCounts(), new ExactAccumulator());

    private LatencyHistogram(LatencyHistogram other)
    {
        (_positive, _sum, _negative) = (other._positive.Copy(), other._sum.Copy(), other._negative?.Copy());
        (_count, _zeroCount, _overflowCount) = (other._count, other._zeroCount, other._overflowCount);
        (_min, _max, Rejected) = (other._min, other._max, other.Rejected);
    }

    /// <summary>Observations so far, those in the overflow bucket included.</summary>
    public long Count => _count;

    /// <summary>Observations that were NaN or -∞; they are in no other figure.</summary>
    public long Rejected { get; private set; }

    /// <summary>Records one value, in the unit of the metric: seconds for times. +∞ is beyond every finite value: <see cref="RecordOverflow"/>.</summary>
    public void Record(double value)
    {
        if (value > BucketLayout.ZeroThreshold && value <= double.MaxValue)
        {
            _positive.Add(BucketLayout.IndexOf(value), 1);
            _sum.Add(value);
        }
        else if (value == 0)
        {
            // The most frequent value of connecting and tls_handshaking; -0 becomes 0.
            value = 0;
            _zeroCount++;
        }
        else if (!RecordUnusual(value))
        {
            return;
        }

        _count++;
        if (value < _min) _min = value;
        if (value > _max) _max = value;
    }

    /// <summary>Records a time measured in nanoseconds as seconds: the double nearest to ns / 10⁹.</summary>
    public void RecordNanoseconds(long nanoseconds) => Record(nanoseconds / SecondsPerNanosecond);

    /// <summary>
    /// Records an observation that lies beyond every finite value: the time of an answer that never came. It counts, and is in neither sum, minimum nor the
    /// finite maximum.
    /// </summary>
    public void RecordOverflow()
    {
        _overflowCount++;
        _count++;
    }

    /// <summary>The state now; later recording does not change it.</summary>
    public HistogramSnapshot TakeSnapshot() => new(
        BucketLayout.FinestSchema,
        _zeroCount,
        _positive.ToBuckets(),
        _negative?.ToBuckets() ?? BucketCounts.Empty,
        _overflowCount,
        _sum.ToSum(),
        _min,
        _max);

    /// <summary>The same observations, in memory of its own: much quicker than <see cref="TakeSnapshot"/>, for which it can then be asked while this one goes on recording.</summary>
    internal LatencyHistogram Copy() => new(this);

    private bool RecordUnusual(double value)
    {
        if (!double.IsFinite(value))
        {
            if (double.IsPositiveInfinity(value)) RecordOverflow();
            else Rejected++;
            return false;
        }

        if (value < -BucketLayout.ZeroThreshold)
        {
            _negative ??= new PagedCounts();
            _negative.Add(BucketLayout.IndexOf(-value), 1);
        }
        else
        {
            _zeroCount++;
        }

        _sum.Add(value);
        return true;
    }
}
