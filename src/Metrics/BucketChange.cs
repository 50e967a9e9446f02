using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace LoadTesting.Metrics;

/// <summary>
/// What came since an earlier <see cref="BucketCounts"/>, in rented room that is used again for one histogram after another: pages in ascending order, each count in a byte, and
/// those that do not fit beside them. To be disposed of.
/// </summary>
internal sealed class BucketChange : IDisposable
{
    private const int PageBits = BucketCounts.PageBits;
    private const int PageSize = BucketCounts.PageSize;

    // For every byte: a word with a 1 in each byte whose bit is set.
    private static readonly ulong[] Spread = [.. Enumerable.Range(0, 256).Select(b => Enumerable.Range(0, 8).Aggregate(0UL, (word, bit) => word | ((ulong)((b >> bit) & 1) << (8 * bit))))];

    private readonly List<(int Page, int Bucket, long Count)> _large = [];
    private byte[] _small = [];
    private int[] _numbers = [];

    public int Pages { get; private set; }

    /// <summary>All counts together.</summary>
    public long Total { get; private set; }

    /// <summary>Some counts need more than a byte.</summary>
    public bool HasLarge => _large.Count > 0;

    public int Number(int page) => _numbers[page];

    /// <summary>A page's counts, without those that do not fit a byte.</summary>
    public ReadOnlySpan<byte> Small(int page) => _small.AsSpan(page << PageBits, PageSize);

    /// <summary>Begins anew, with room for so many pages.</summary>
    public void Clear(int pages)
    {
        (Pages, Total) = (0, 0);
        _large.Clear();
        if (_numbers.Length >= pages && _small.Length >= pages << PageBits) return;
        Dispose();
        (_numbers, _small) = (ArrayPool<int>.Shared.Rent(pages), ArrayPool<byte>.Shared.Rent(pages << PageBits));
    }

    /// <summary>One more page, of a number higher than all before, without counts.</summary>
    public void AddPage(int number)
    {
        _numbers[Pages] = number;
        _small.AsSpan(Pages++ << PageBits, PageSize).Clear();
    }

    /// <summary>Adds 1 to those buckets of the last page whose bits are set; at most 255 times.</summary>
    public void AddOnes(ulong mask)
    {
        Total += BitOperations.PopCount(mask);
        var words = MemoryMarshal.Cast<byte, ulong>(_small.AsSpan((Pages - 1) << PageBits, PageSize));
        foreach (ref var word in words)
        {
            word += Spread[(byte)mask];
            mask >>= 8;
        }
    }

    /// <summary>Sets the count of a bucket of the last page.</summary>
    public void Set(int bucket, long count)
    {
        Total += count;
        if (count > byte.MaxValue) _large.Add((Pages - 1, bucket, count));
        else _small[((Pages - 1) << PageBits) + bucket] = (byte)count;
    }

    /// <summary>Adds a page to others' counts.</summary>
    public void AddTo(int page, Span<long> counts)
    {
        PageSums.Add(Small(page), 0, counts);
        foreach (var large in _large)
        {
            if (large.Page == page) counts[large.Bucket] += large.Count;
        }
    }

    public void Dispose()
    {
        if (_numbers.Length == 0) return;
        ArrayPool<int>.Shared.Return(_numbers);
        ArrayPool<byte>.Shared.Return(_small);
        (_numbers, _small) = ([], []);
    }
}
