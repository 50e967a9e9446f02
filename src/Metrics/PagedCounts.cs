namespace LoadTesting.Metrics;

/// <summary>
/// Counts by bucket index at schema 8, dense within pages of a quarter octave (64 buckets, 512 bytes) that are made when first needed; latencies of one
/// series touch a few dozen. The directory spans from the lowest page seen to the highest.
/// </summary>
internal sealed class PagedCounts
{
    private const int PageBits = BucketCounts.PageBits;
    private const int PageSize = BucketCounts.PageSize;

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

    /// <summary>The counts of the page of a number, which is the index without its lowest bits: made when it is not there.</summary>
    public Span<long> Page(int number)
    {
        var slot = number - _first;
        return ((uint)slot < (uint)_pages.Length ? _pages[slot] : null) ?? AddPage(number);
    }

    /// <summary>The buckets that are not empty.</summary>
    public BucketCounts ToBuckets()
    {
        using var pages = new PageBuffer();
        for (var p = 0; p < _pages.Length; p++)
        {
            if (_pages[p] is { } page) page.CopyTo(pages.Add(_first + p));
        }

        return pages.ToBuckets();
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
