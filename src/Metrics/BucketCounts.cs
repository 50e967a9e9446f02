namespace LoadTesting.Metrics;

/// <summary>
/// Immutable: the buckets of one sign that are not empty, by ascending index. The schema is known by the histogram that holds them. Buckets that lie close together, as those
/// of latencies do, are kept in <see cref="BucketPages"/>, which are quick to add to; few and scattered ones in a <see cref="BucketList"/>, which is small.
/// </summary>
internal abstract class BucketCounts : IEquatable<BucketCounts>
{
    public const int PageBits = 6;

    /// <summary>Buckets of a page: those whose indexes differ only in so many that a machine word has a bit for each.</summary>
    public const int PageSize = 1 << PageBits;

    protected BucketCounts(long total) => Total = total;

    public static BucketCounts Empty { get; } = new BucketList([], []);

    /// <summary>All counts together.</summary>
    public long Total { get; }

    public bool IsEmpty => Total == 0;

    /// <summary>Indexes, ascending, and as many counts, each above 0.</summary>
    public static BucketCounts Of(ReadOnlySpan<long> indexes, ReadOnlySpan<long> counts)
    {
        using var pages = new PageBuffer();
        for (var i = 0; i < indexes.Length;)
        {
            var number = (int)(indexes[i] >> PageBits);
            var page = pages.Add(number);
            for (; i < indexes.Length && indexes[i] >> PageBits == number; i++) page[(int)indexes[i] & (PageSize - 1)] = counts[i];
        }

        return pages.ToBuckets();
    }

    /// <summary>
    /// The next page that has buckets: its number, and its counts, as many as <see cref="PageSize"/>. The position is 0 for the first, and is moved on; false after the last.
    /// </summary>
    public abstract bool NextPage(ref int position, Span<long> counts, out int number);

    /// <summary>The index of the bucket that an observation of a rank (from 0, by ascending index) is in; null, and as many ranks less, when there are not so many.</summary>
    public abstract int? Find(ref long rank);

    /// <summary>Adds the counts.</summary>
    public virtual void AddTo(PagedCounts counts, int fromSchema, int toSchema)
    {
        foreach (var (index, count) in ToArray()) counts.Add(fromSchema == toSchema ? index : BucketLayout.Downscale(index, fromSchema, toSchema), count);
    }

    /// <summary>These counts and what came since.</summary>
    public virtual BucketCounts Plus(BucketChange change)
    {
        if (change.Total == 0) return this;
        using var sum = new PageBuffer();
        Span<long> page = stackalloc long[PageSize];
        var (position, c) = (0, 0);
        var isMine = NextPage(ref position, page, out var number);
        while (isMine || c < change.Pages)
        {
            var next = c < change.Pages && (!isMine || change.Number(c) < number) ? change.Number(c) : number;
            var target = sum.Add(next);
            if (isMine && number == next)
            {
                page.CopyTo(target);
                isMine = NextPage(ref position, page, out number);
            }

            if (c < change.Pages && change.Number(c) == next) change.AddTo(c++, target);
        }

        return sum.ToBuckets();
    }

    public BucketCounts Downscale(int fromSchema, int toSchema)
    {
        if (fromSchema == toSchema || IsEmpty) return this;
        var coarse = new PagedCounts();
        AddTo(coarse, fromSchema, toSchema);
        return coarse.ToBuckets();
    }

    /// <summary>These counts less the earlier ones, of the same schema; null when a count had to be negative: then the earlier ones are no earlier state of these.</summary>
    public BucketCounts? TrySubtract(BucketCounts earlier)
    {
        if (earlier.IsEmpty) return this;
        using var rest = new PageBuffer();
        Span<long> before = stackalloc long[PageSize];
        Span<long> page = stackalloc long[PageSize];
        var (position, then) = (0, 0);
        var isLeft = earlier.NextPage(ref then, before, out var from);
        while (NextPage(ref position, page, out var number))
        {
            if (isLeft && from < number) return null;
            if (isLeft && from == number)
            {
                var negative = 0L;
                for (var i = 0; i < PageSize; i++) negative |= page[i] -= before[i];
                if (negative < 0) return null;
                isLeft = earlier.NextPage(ref then, before, out from);
            }

            page.CopyTo(rest.Add(number));
        }

        return isLeft ? null : rest.ToBuckets();
    }

    /// <summary>The buckets, ascending.</summary>
    public (int Index, long Count)[] ToArray()
    {
        var buckets = new List<(int, long)>();
        Span<long> page = stackalloc long[PageSize];
        for (var position = 0; NextPage(ref position, page, out var number);)
        {
            for (var i = 0; i < PageSize; i++)
            {
                if (page[i] != 0) buckets.Add(((number << PageBits) + i, page[i]));
            }
        }

        return [.. buckets];
    }

    public int[] Indexes() => Array.ConvertAll(ToArray(), b => b.Index);

    public long[] Counts() => Array.ConvertAll(ToArray(), b => b.Count);

    public virtual bool Equals(BucketCounts? other)
    {
        if (other is null || other.Total != Total) return false;
        Span<long> mine = stackalloc long[PageSize];
        Span<long> theirs = stackalloc long[PageSize];
        var (a, b) = (0, 0);
        while (NextPage(ref a, mine, out var number))
        {
            if (!other.NextPage(ref b, theirs, out var same) || number != same || !mine.SequenceEqual(theirs)) return false;
        }

        return !other.NextPage(ref b, theirs, out _);
    }

    public override bool Equals(object? obj) => Equals(obj as BucketCounts);

    public override int GetHashCode() => Total.GetHashCode();
}
