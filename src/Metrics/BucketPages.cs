namespace LoadTesting.Metrics;

/// <summary>
/// Buckets as whole pages, those of empty buckets between others included, each count in as few bytes (1, 2, 4 or 8) as the largest of them needs: no indexes to look for, so
/// that hundreds of runners can be added up many buckets at a time.
/// </summary>
internal sealed class BucketPages : BucketCounts
{
    // Ascending, and the same array in successive states.
    private readonly int[] _numbers;
    private readonly byte[] _counts;
    private readonly int _shift;

    /// <param name="numbers">The pages' numbers, ascending; taken over.</param>
    /// <param name="counts">As many pages of counts.</param>
    /// <param name="total">All counts together.</param>
    public BucketPages(int[] numbers, ReadOnlySpan<long> counts, long total)
        : base(total)
    {
        _numbers = numbers;
        var packed = PackedIntegers.Of(counts);
        (_counts, _shift) = (packed.Bytes, packed.Width);
    }

    private BucketPages(BucketPages shape, byte[] counts, long total)
        : base(total) => (_numbers, _shift, _counts) = (shape._numbers, shape._shift, counts);

    public override bool NextPage(ref int position, Span<long> counts, out int number)
    {
        counts.Clear();
        number = 0;
        if (position == _numbers.Length) return false;
        number = _numbers[position];
        PageSums.Add(Page(position++), _shift, counts);
        return true;
    }

    public override int? Find(ref long rank)
    {
        Span<long> page = stackalloc long[PageSize];
        for (var position = 0; NextPage(ref position, page, out var number);)
        {
            for (var i = 0; i < page.Length; i++)
            {
                if (rank < page[i]) return (number << PageBits) + i;
                rank -= page[i];
            }
        }

        return null;
    }

    public override void AddTo(PagedCounts counts, int fromSchema, int toSchema)
    {
        if (fromSchema != toSchema)
        {
            base.AddTo(counts, fromSchema, toSchema);
            return;
        }

        for (var p = 0; p < _numbers.Length; p++) PageSums.Add(Page(p), _shift, counts.Page(_numbers[p]));
    }

    public override BucketCounts Plus(BucketChange change)
    {
        if (change.Total == 0) return this;
        if (change.HasLarge) return base.Plus(change);
        var sums = GC.AllocateUninitializedArray<byte>(_counts.Length);
        _counts.CopyTo(sums, 0);
        var (p, fits) = (0, true);
        for (var c = 0; c < change.Pages; c++)
        {
            var number = change.Number(c);
            while (p < _numbers.Length && _numbers[p] < number) p++;
            if (p == _numbers.Length || _numbers[p] != number) return base.Plus(change);
            fits &= PageSums.TryAdd(sums.AsSpan(p << (PageBits + _shift), PageSize << _shift), _shift, change.Small(c));
        }

        return fits ? new BucketPages(this, sums, Total + change.Total) : base.Plus(change);
    }

    public override bool Equals(BucketCounts? other) =>
        other is BucketPages pages && pages._shift == _shift && pages._counts.Length == _counts.Length
            ? pages._numbers.AsSpan().SequenceEqual(_numbers) && pages._counts.AsSpan().SequenceEqual(_counts)
            : base.Equals(other);

    public override bool Equals(object? obj) => Equals(obj as BucketCounts);

    public override int GetHashCode() => base.GetHashCode();

    private ReadOnlySpan<byte> Page(int p) => _counts.AsSpan(p << (PageBits + _shift), PageSize << _shift);
}
