namespace LoadTesting.Metrics;

/// <summary>Buckets as a list of indexes and counts.</summary>
internal sealed class BucketList : BucketCounts
{
    private readonly int _first;
    private readonly PackedIntegers _offsets;
    private readonly PackedIntegers _counts;

    /// <summary>Indexes, ascending, and as many counts, each above 0. Both are copied.</summary>
    public BucketList(ReadOnlySpan<long> indexes, ReadOnlySpan<long> counts)
        : base(Sum(counts))
    {
        _first = indexes.IsEmpty ? 0 : (int)indexes[0];
        _offsets = PackedIntegers.Of(indexes, _first);
        _counts = PackedIntegers.Of(counts);
    }

    public override bool NextPage(ref int position, Span<long> counts, out int number)
    {
        counts.Clear();
        number = 0;
        if (position >= _counts.Length) return false;
        number = Index(position) >> PageBits;
        for (; position < _counts.Length && Index(position) >> PageBits == number; position++) counts[Index(position) & (PageSize - 1)] = _counts[position];
        return true;
    }

    public override int? Find(ref long rank)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            if (rank < _counts[i]) return Index(i);
            rank -= _counts[i];
        }

        return null;
    }

    private static long Sum(ReadOnlySpan<long> counts)
    {
        var sum = 0L;
        foreach (var count in counts) sum += count;
        return sum;
    }

    private int Index(int i) => _first + (int)_offsets[i];
}
