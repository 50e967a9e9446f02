using System.Numerics;
using System.Runtime.InteropServices;

namespace LoadTesting.Metrics;

/// <summary>
/// Immutable integers ≥ 0, each in as few bytes (1, 2, 4 or 8) as the largest of them needs. Bucket counts of one latency series mostly fit a byte, and an operator
/// holds those of hundreds of runners.
/// </summary>
internal readonly struct PackedIntegers : IEquatable<PackedIntegers>
{
    private readonly byte[]? _bytes;
    private readonly int _shift;

    private PackedIntegers(byte[] bytes, int shift) => (_bytes, _shift) = (bytes, shift);

    public int Length => (_bytes?.Length ?? 0) >> _shift;

    public long this[int i] => _shift switch
    {
        0 => _bytes![i],
        1 => MemoryMarshal.Cast<byte, ushort>(_bytes)[i],
        2 => MemoryMarshal.Cast<byte, uint>(_bytes)[i],
        _ => MemoryMarshal.Cast<byte, long>(_bytes)[i],
    };

    /// <summary>The values; the one at i is larger by <paramref name="offset"/> than what is kept.</summary>
    public static PackedIntegers Of(ReadOnlySpan<long> values, long offset = 0)
    {
        if (values.IsEmpty) return default;
        var all = 0L;
        foreach (var value in values) all |= value - offset;
        var shift = all <= byte.MaxValue ? 0 : all <= ushort.MaxValue ? 1 : all <= uint.MaxValue ? 2 : 3;
        var bytes = GC.AllocateUninitializedArray<byte>(values.Length << shift);
        switch (shift)
        {
            case 0:
                Narrow<byte>(values, offset, bytes);
                break;
            case 1:
                Narrow<ushort>(values, offset, bytes);
                break;
            case 2:
                Narrow<uint>(values, offset, bytes);
                break;
            default:
                Narrow<long>(values, offset, bytes);
                break;
        }

        return new(bytes, shift);
    }

    /// <summary>All of them added up.</summary>
    public long Sum() => _shift switch
    {
        0 => Sum<byte>(_bytes),
        1 => Sum<ushort>(_bytes),
        2 => Sum<uint>(_bytes),
        _ => Sum<long>(_bytes),
    };

    /// <summary>Writes each of them plus an offset to a span that is as long.</summary>
    public void CopyTo(Span<long> target, long offset = 0)
    {
        switch (_shift)
        {
            case 0:
                Widen<byte>(_bytes, offset, target);
                break;
            case 1:
                Widen<ushort>(_bytes, offset, target);
                break;
            case 2:
                Widen<uint>(_bytes, offset, target);
                break;
            default:
                Widen<long>(_bytes, offset, target);
                break;
        }
    }

    /// <summary>
    /// Of integers that ascend: writes the positions of some of them, given in ascending order with an offset taken off. False when one of those is not there.
    /// </summary>
    public bool TryFind(ReadOnlySpan<long> values, long offset, Span<long> positions) => _shift switch
    {
        0 => TryFind<byte>(_bytes, values, offset, positions),
        1 => TryFind<ushort>(_bytes, values, offset, positions),
        2 => TryFind<uint>(_bytes, values, offset, positions),
        _ => TryFind<long>(_bytes, values, offset, positions),
    };

    /// <summary>The same with amounts ≥ 0 added at some positions; null when a sum needs more bytes.</summary>
    public PackedIntegers? TryAdd(ReadOnlySpan<long> positions, ReadOnlySpan<long> amounts)
    {
        var sums = GC.AllocateUninitializedArray<byte>(_bytes!.Length);
        _bytes.CopyTo(sums, 0);
        var fits = _shift switch
        {
            0 => TryAdd<byte>(sums, positions, amounts, byte.MaxValue),
            1 => TryAdd<ushort>(sums, positions, amounts, ushort.MaxValue),
            2 => TryAdd<uint>(sums, positions, amounts, uint.MaxValue),
            _ => TryAdd<long>(sums, positions, amounts, long.MaxValue),
        };
        return fits ? new(sums, _shift) : null;
    }

    public bool Equals(PackedIntegers other) => _shift == other._shift && _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => obj is PackedIntegers other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Length, _shift, Length == 0 ? 0 : this[0], Length == 0 ? 0 : this[Length - 1]);

    private static void Narrow<T>(ReadOnlySpan<long> values, long offset, Span<byte> bytes)
        where T : unmanaged, IBinaryInteger<T>
    {
        var target = MemoryMarshal.Cast<byte, T>(bytes);
        for (var i = 0; i < target.Length; i++) target[i] = T.CreateTruncating(values[i] - offset);
    }

    private static void Widen<T>(ReadOnlySpan<byte> bytes, long offset, Span<long> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        var values = MemoryMarshal.Cast<byte, T>(bytes);
        target = target[..values.Length];
        for (var i = 0; i < values.Length; i++) target[i] = long.CreateTruncating(values[i]) + offset;
    }

    private static long Sum<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged, IBinaryInteger<T>
    {
        var sum = 0L;
        foreach (var value in MemoryMarshal.Cast<byte, T>(bytes)) sum += long.CreateTruncating(value);
        return sum;
    }

    private static bool TryFind<T>(ReadOnlySpan<byte> bytes, ReadOnlySpan<long> wanted, long offset, Span<long> positions)
        where T : unmanaged, IBinaryInteger<T>
    {
        var values = MemoryMarshal.Cast<byte, T>(bytes);
        var at = 0;
        for (var i = 0; i < wanted.Length; i++)
        {
            var value = wanted[i] - offset;
            while (at < values.Length && long.CreateTruncating(values[at]) < value) at++;
            if (at == values.Length || long.CreateTruncating(values[at]) != value) return false;
            positions[i] = at;
        }

        return true;
    }

    private static bool TryAdd<T>(Span<byte> bytes, ReadOnlySpan<long> positions, ReadOnlySpan<long> amounts, long most)
        where T : unmanaged, IBinaryInteger<T>
    {
        var values = MemoryMarshal.Cast<byte, T>(bytes);
        for (var i = 0; i < positions.Length; i++)
        {
            ref var value = ref values[(int)positions[i]];
            var before = long.CreateTruncating(value);
            if (amounts[i] > most - before) return false;
            value = T.CreateTruncating(before + amounts[i]);
        }

        return true;
    }
}
