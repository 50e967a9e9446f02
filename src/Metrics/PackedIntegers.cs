using System.Numerics;
using System.Runtime.InteropServices;

namespace LoadTesting.Metrics;

/// <summary>
/// Immutable integers ≥ 0, each in as few bytes (1, 2, 4 or 8) as the largest of them needs. Bucket counts of one latency series mostly fit a byte, and an operator
/// holds those of hundreds of runners.
/// </summary>
internal readonly struct PackedIntegers
{
    private readonly byte[]? _bytes;
    private readonly int _shift;

    private PackedIntegers(byte[] bytes, int shift) => (_bytes, _shift) = (bytes, shift);

    public int Length => (_bytes?.Length ?? 0) >> _shift;

    /// <summary>As they are kept; not to be changed.</summary>
    public byte[] Bytes => _bytes ?? [];

    /// <summary>The logarithm of how many bytes each has.</summary>
    public int Width => _shift;

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
        var shift = Shift(all);
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

    /// <summary><see cref="Width"/> of values of which the bits that any has are these.</summary>
    public static int Shift(long all) => all <= byte.MaxValue ? 0 : all <= ushort.MaxValue ? 1 : all <= uint.MaxValue ? 2 : 3;

    private static void Narrow<T>(ReadOnlySpan<long> values, long offset, Span<byte> bytes)
        where T : unmanaged, IBinaryInteger<T>
    {
        var target = MemoryMarshal.Cast<byte, T>(bytes);
        for (var i = 0; i < target.Length; i++) target[i] = T.CreateTruncating(values[i] - offset);
    }
}
