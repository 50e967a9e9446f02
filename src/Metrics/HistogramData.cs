namespace LoadTesting.Metrics;

/// <summary>A histogram's parts as plain numbers: what a stored report holds. The sum is rounded to a double.</summary>
/// <param name="Schema">Resolution of the buckets.</param>
/// <param name="ZeroCount">Observations that are zero.</param>
/// <param name="PositiveIndexes">Buckets above zero that are not empty, ascending.</param>
/// <param name="PositiveCounts">Their counts, &gt; 0.</param>
/// <param name="NegativeIndexes">Buckets below zero, mirrored.</param>
/// <param name="NegativeCounts">Their counts.</param>
/// <param name="Sum">Sum of the finite observations.</param>
/// <param name="Min">The smallest; 0 without observations.</param>
/// <param name="Max">The largest; 0 without observations.</param>
/// <param name="Overflow">Observations beyond every finite value, which are in no bucket, nor in sum, minimum and maximum; 0 in what was stored before there
/// were such.</param>
public sealed record HistogramData(
    int Schema,
    long ZeroCount,
    IReadOnlyList<int> PositiveIndexes,
    IReadOnlyList<long> PositiveCounts,
    IReadOnlyList<int> NegativeIndexes,
    IReadOnlyList<long> NegativeCounts,
    double Sum,
    double Min,
    double Max,
    long Overflow = 0)
{
    /// <summary>The histogram; null when the parts are none: unknown schema, lists of different length, indexes out of order, counts that are not positive.</summary>
    public HistogramSnapshot? ToHistogram()
    {
        var isWhole = BucketLayout.IsSchema(Schema) && ZeroCount >= 0 && Overflow is >= 0 and < long.MaxValue / 4 && double.IsFinite(Sum) && double.IsFinite(Min) && double.IsFinite(Max) && Min <= Max
            && AreBuckets(PositiveIndexes, PositiveCounts) && AreBuckets(NegativeIndexes, NegativeCounts);
        return isWhole
            ? new HistogramSnapshot(
                Schema, ZeroCount, Buckets(PositiveIndexes, PositiveCounts), Buckets(NegativeIndexes, NegativeCounts), Overflow, ExactSum.Of(Sum), Min, Max)
            : null;
    }

    private static BucketCounts Buckets(IReadOnlyList<int> indexes, IReadOnlyList<long> counts) => BucketCounts.Of([.. indexes.Select(i => (long)i)], [.. counts]);

    private bool AreBuckets(IReadOnlyList<int> indexes, IReadOnlyList<long> counts)
    {
        var (low, high) = (BucketLayout.Downscale(BucketLayout.LowestIndex, BucketLayout.FinestSchema, Schema), BucketLayout.Downscale(BucketLayout.HighestIndex, BucketLayout.FinestSchema, Schema));
        return indexes.Count == counts.Count && counts.All(c => c > 0 && c < long.MaxValue / 4)
            && indexes.All(i => i >= low && i <= high) && indexes.Zip(indexes.Skip(1)).All(p => p.First < p.Second);
    }
}
