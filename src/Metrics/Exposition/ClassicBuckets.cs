namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// Classic (cumulative, "le") buckets at native boundaries, which makes them exact: for every bucket that is not empty its upper bound, and its lower one so that
/// interpolation by the reader starts at the right place. The bucket of the largest finite values ends at <see cref="double.MaxValue"/>, so that what only +∞
/// counts are the observations of the overflow bucket. A value on a negative boundary counts one bucket higher than "le" says, as native negative buckets
/// exclude their upper bound.
/// </summary>
internal static class ClassicBuckets
{
    /// <summary>Ascending finite bounds with the number of observations up to them; +∞ is left to the caller.</summary>
    public static List<(double UpperBound, long Cumulative)> From(HistogramSnapshot histogram)
    {
        var buckets = new List<(double, long)>();
        var (schema, cumulative, last) = (histogram.Schema, 0L, double.NegativeInfinity);
        foreach (var (index, count) in histogram.Negative.ToArray().Reverse())
        {
            Add(-BucketLayout.UpperBound(schema, index), 0);
            Add(-BucketLayout.UpperBound(schema, index - 1), count);
        }

        if (histogram.ZeroCount > 0)
        {
            if (cumulative > 0) Add(-BucketLayout.ZeroThreshold, 0);
            Add(BucketLayout.ZeroThreshold, histogram.ZeroCount);
        }

        foreach (var (index, count) in histogram.Positive.ToArray())
        {
            Add(BucketLayout.UpperBound(schema, index - 1), 0);
            Add(BucketLayout.UpperBound(schema, index), count);
        }

        return buckets;

        void Add(double bound, long count)
        {
            cumulative += count;
            bound = Math.Min(bound, double.MaxValue);
            if (bound <= last) return;
            buckets.Add((bound, cumulative));
            last = bound;
        }
    }

    /// <summary>The histogram (without extremes) that <see cref="From"/> wrote with +∞ added, or null and what is wrong.</summary>
    public static HistogramSnapshot? ToHistogram(List<(double UpperBound, long Cumulative)> buckets, int schema, double sum, out string error)
    {
        var (positive, negative, zeros, overflow) = (new PagedCounts(), new PagedCounts(), 0L, 0L);
        var before = (UpperBound: double.NegativeInfinity, Cumulative: 0L);
        error = "";
        foreach (var bucket in buckets)
        {
            var count = bucket.Cumulative - before.Cumulative;
            if (count < 0 || !(bucket.UpperBound > before.UpperBound)) error = "buckets do not ascend";
            else if (count > 0 && !TryAdd(bucket.UpperBound, count)) error = "a bound is none of the schema";
            if (error.Length > 0) return null;
            before = bucket;
        }

        return new HistogramSnapshot(schema, zeros, positive.ToBuckets(), negative.ToBuckets(), overflow, ExactSum.Of(sum), 0, 0);

        bool TryAdd(double bound, long count)
        {
            if (bound == BucketLayout.ZeroThreshold)
            {
                zeros += count;
                return true;
            }

            if (Math.Abs(bound) < BucketLayout.ZeroThreshold) return false;
            if (double.IsPositiveInfinity(bound))
            {
                overflow += count;
                return true;
            }

            if (bound == double.MaxValue)
            {
                positive.Add(BucketLayout.Downscale(BucketLayout.HighestIndex, BucketLayout.FinestSchema, schema), count);
                return true;
            }

            var index = BucketLayout.Downscale(BucketLayout.IndexOf(Math.Abs(bound)), BucketLayout.FinestSchema, schema);
            if (BucketLayout.UpperBound(schema, index) != Math.Abs(bound)) return false;
            if (bound > 0) positive.Add(index, count);
            else negative.Add(index + 1, count);
            return true;
        }
    }
}
