namespace LoadTesting.Metrics;

/// <summary>
/// Counts by bucket index at schema 8, dense within pages of a quarter octave (64 buckets, 512 bytes) that are made when first needed; latencies of one
/// series touch a few dozen. The directory spans from the lowest page seen to the highest.
/// </summary>
internal sealed class PagedCounts
{
    private const int PageBits = 6;
    private const int PageSize = 1 << PageBits;

    private long[]?[] _pages;
    private int _first;

    public PagedCounts() => _pages = [];

    private PagedCounts(PagedCounts other)
    {
        (_pages, _first) = (new long[]?[other._pages.Length], other._first);
        for (var i = 0; i < _pages.Length; i++) _pages[i] = other._pages[i]?.AsSpan().ToArray();
    }

    /// <summary>The same counts, in memory of their own.</summary>
    public PagedCounts Copy() => new(this);

    /// <summary>Adds to a bucket; allocation-free once its page exists.</summary>
    public void Add(int index, long count)
    {
        var slot = (index >> PageBits) - _first;
        var pages = _pages;
        var page = (uint)slot < (uint)pages.Length ? pages[slot] : null;
        page ??= AddPage(index >> PageBits);
        page[index & (PageSize - 1)] += count;
    }

    /// <summary>Adds to buckets whose indexes ascend.</summary>
    public void Add(ReadOnlySpan<long> indexes, ReadOnlySpan<long> counts)
    {
        var (number, page) = (long.MinValue, Array.Empty<long>());
        for (var i = 0; i < indexes.Length; i++)
        {
            var index = indexes[i];
            if (index >> PageBits != number)
            {
                number = index >> PageBits;
                var slot = number - _first;
                page = (slot >= 0 && slot < _pages.Length ? _pages[slot] : null) ?? AddPage((int)number);
            }

            page[index & (PageSize - 1)] += counts[i];
        }
    }

    /// <summary>The buckets that are not empty.</summary>
    public SparseBuckets ToSparse()
    {
        var used = 0;
        foreach (var page in _pages)
        {
            if (page is null) continue;
            foreach (var count in page) used += count != 0 ? 1 : 0;
        }

        if (used == 0) return SparseBuckets.Empty;
        using var buckets = new SparseBuckets.Buffers(used);
        for (var p = 0; p < _pages.Length; p++)
        {
            if (_pages[p] is not { } page) continue;
            for (var i = 0; i < PageSize; i++)
            {
                if (page[i] != 0) buckets.Add(((_first + p) << PageBits) + i, page[i]);
            }
        }

        return new SparseBuckets(buckets.Indexes, buckets.Counts);
    }

    private long[] AddPage(int number)
    {
        if (_pages.Length == 0) _first = number;
        var first = Math.Min(_first, number);
        var length = Math.Max(_first + _pages.Length, number + 1) - first;
        if (length > _pages.Length)
        {
            var grown = new long[]?[length];
            _pages.CopyTo(grown, _first - first);
            (_pages, _first) = (grown, first);
        }

        return _pages[number - first] = new long[PageSize];
    }
}
