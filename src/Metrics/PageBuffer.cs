using System.Buffers;
using System.Numerics;

namespace LoadTesting.Metrics;

/// <summary>Rented room in which the pages of a <see cref="BucketCounts"/> are put together, in ascending order. To be disposed of, and not to be copied.</summary>
internal ref struct PageBuffer()
{
    private const int PageBits = BucketCounts.PageBits;
    private const int PageSize = BucketCounts.PageSize;
    private const int FirstRoom = 48;

    private long[] _counts = ArrayPool<long>.Shared.Rent(FirstRoom << PageBits);
    private int[] _numbers = ArrayPool<int>.Shared.Rent(FirstRoom);
    private int _used;

    /// <summary>One more page, of a number higher than all before: its counts, all 0, to be written before the next one is asked for.</summary>
    public Span<long> Add(int number)
    {
        if (_used == _numbers.Length) Grow(ref _numbers, _used);
        if ((_used + 1) << PageBits > _counts.Length) Grow(ref _counts, _used << PageBits);
        _numbers[_used] = number;
        var page = _counts.AsSpan(_used++ << PageBits, PageSize);
        page.Clear();
        return page;
    }

    /// <summary>The buckets that are not empty, in the form that suits them.</summary>
    public readonly BucketCounts ToBuckets()
    {
        var (pages, buckets, total, all) = (0, 0, 0L, 0L);
        var (first, last) = (0L, 0L);
        for (var p = 0; p < _used; p++)
        {
            var page = _counts.AsSpan(p << PageBits, PageSize);
            var mask = 0UL;
            for (var i = 0; i < page.Length; i++)
            {
                all |= page[i];
                total += page[i];
                mask |= (page[i] != 0 ? 1UL : 0) << i;
            }

            if (mask == 0) continue;
            if (pages == 0) first = ((long)_numbers[p] << PageBits) + BitOperations.TrailingZeroCount(mask);
            last = ((long)_numbers[p] << PageBits) + 63 - BitOperations.LeadingZeroCount(mask);
            buckets += BitOperations.PopCount(mask);
            // Empty pages are closed up, so that what is kept is all in use.
            if (pages != p)
            {
                page.CopyTo(_counts.AsSpan(pages << PageBits, PageSize));
                _numbers[pages] = _numbers[p];
            }

            pages++;
        }

        if (pages == 0) return BucketCounts.Empty;
        // Half as large again is worth it, because pages are so much quicker to add to.
        var count = 1L << PackedIntegers.Shift(all);
        var (asPages, asList) = (pages * (sizeof(int) + (PageSize * count)), buckets * (count + (1L << PackedIntegers.Shift(last - first))));
        var counts = _counts.AsSpan(0, pages << PageBits);
        return asPages <= asList * 3 / 2 ? new BucketPages(_numbers.AsSpan(0, pages).ToArray(), counts, total) : List(counts, buckets);
    }

    public readonly void Dispose()
    {
        ArrayPool<long>.Shared.Return(_counts);
        ArrayPool<int>.Shared.Return(_numbers);
    }

    private static void Grow<T>(ref T[] array, int used)
    {
        var larger = ArrayPool<T>.Shared.Rent(array.Length * 2);
        array.AsSpan(0, used).CopyTo(larger);
        ArrayPool<T>.Shared.Return(array);
        array = larger;
    }

    private readonly BucketList List(ReadOnlySpan<long> pages, int buckets)
    {
        var (indexes, counts, n) = (new long[buckets], new long[buckets], 0);
        for (var i = 0; i < pages.Length; i++)
        {
            if (pages[i] != 0) (indexes[n], counts[n++]) = (((long)_numbers[i >> PageBits] << PageBits) + (i & (PageSize - 1)), pages[i]);
        }

        return new(indexes, counts);
    }
}
