using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LoadTesting.Metrics;

/// <summary>Adds pages of counts that are kept in 1, 2, 4 or 8 bytes each (1 &lt;&lt; shift), many at a time.</summary>
internal static class PageSums
{
    /// <summary>Adds a page's counts to others.</summary>
    public static void Add(ReadOnlySpan<byte> page, int shift, Span<long> sums)
    {
        var target = MemoryMarshal.Cast<long, ulong>(sums);
        switch (shift)
        {
            case 0:
                Add(page, target);
                break;
            case 1:
                Add(MemoryMarshal.Cast<byte, ushort>(page), target);
                break;
            case 2:
                Add(MemoryMarshal.Cast<byte, uint>(page), target);
                break;
            default:
                Add(MemoryMarshal.Cast<byte, ulong>(page), target);
                break;
        }
    }

    /// <summary>Adds amounts of a byte each to a page's counts; false when a sum needs more bytes, with the page then spoilt.</summary>
    public static bool TryAdd(Span<byte> page, int shift, ReadOnlySpan<byte> amounts) => shift switch
    {
        0 => TryAdd(page, amounts),
        1 => TryAdd(MemoryMarshal.Cast<byte, ushort>(page), amounts),
        2 => TryAdd(MemoryMarshal.Cast<byte, uint>(page), amounts),
        _ => TryAdd(MemoryMarshal.Cast<byte, ulong>(page), amounts),
    };

    private static void Add(ReadOnlySpan<byte> page, Span<ulong> sums)
    {
        for (var i = 0; i < page.Length; i += Vector256<byte>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.Create(page[i..]));
            Add(low, sums[i..]);
            Add(high, sums[(i + Vector256<ushort>.Count)..]);
        }
    }

    private static void Add(ReadOnlySpan<ushort> page, Span<ulong> sums)
    {
        for (var i = 0; i < page.Length; i += Vector256<ushort>.Count) Add(Vector256.Create(page[i..]), sums[i..]);
    }

    private static void Add(ReadOnlySpan<uint> page, Span<ulong> sums)
    {
        for (var i = 0; i < page.Length; i += Vector256<uint>.Count) Add(Vector256.Create(page[i..]), sums[i..]);
    }

    private static void Add(ReadOnlySpan<ulong> page, Span<ulong> sums)
    {
        for (var i = 0; i < page.Length; i += Vector256<ulong>.Count) Add(Vector256.Create(page[i..]), sums[i..]);
    }

    private static void Add(Vector256<ushort> counts, Span<ulong> sums)
    {
        var (low, high) = Vector256.Widen(counts);
        Add(low, sums);
        Add(high, sums[Vector256<uint>.Count..]);
    }

    private static void Add(Vector256<uint> counts, Span<ulong> sums)
    {
        var (low, high) = Vector256.Widen(counts);
        Add(low, sums);
        Add(high, sums[Vector256<ulong>.Count..]);
    }

    private static void Add(Vector256<ulong> counts, Span<ulong> sums) => (Vector256.Create<ulong>(sums) + counts).CopyTo(sums);

    private static bool TryAdd(Span<byte> page, ReadOnlySpan<byte> amounts)
    {
        var carried = Vector256<byte>.Zero;
        for (var i = 0; i < page.Length; i += Vector256<byte>.Count)
        {
            var before = Vector256.Create<byte>(page[i..]);
            var after = before + Vector256.Create(amounts[i..]);
            carried |= Vector256.LessThan(after, before);
            after.CopyTo(page[i..]);
        }

        return carried == Vector256<byte>.Zero;
    }

    private static bool TryAdd(Span<ushort> page, ReadOnlySpan<byte> amounts)
    {
        var carried = Vector256<ushort>.Zero;
        for (var i = 0; i < page.Length; i += Vector256<ushort>.Count)
        {
            var before = Vector256.Create<ushort>(page[i..]);
            var after = before + Vector256.WidenLower(Vector128.Create(amounts[i..]).ToVector256Unsafe());
            carried |= Vector256.LessThan(after, before);
            after.CopyTo(page[i..]);
        }

        return carried == Vector256<ushort>.Zero;
    }

    // Counts of four bytes and more come late in a long run, and its merging costs more than this.
    private static bool TryAdd<T>(Span<T> page, ReadOnlySpan<byte> amounts)
        where T : unmanaged, IBinaryInteger<T>
    {
        var fits = true;
        for (var i = 0; i < page.Length; i++)
        {
            var after = page[i] + T.CreateTruncating(amounts[i]);
            fits &= after >= page[i];
            page[i] = after;
        }

        return fits;
    }
}
