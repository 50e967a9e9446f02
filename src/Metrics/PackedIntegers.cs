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
                for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(values[i] - offset);
                break;
            case 1:
                var shorts = MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan());
                for (var i = 0; i < shorts.Length; i++) shorts[i] = (ushort)(values[i] - offset);
                break;
            case 2:
                var ints = MemoryMarshal.Cast<byte, uint>(bytes.AsSpan());
                for (var i = 0; i < ints.Length; i++) ints[i] = (uint)(values[i] - offset);
                break;
            default:
                var longs = MemoryMarshal.Cast<byte, long>(bytes.AsSpan());
                for (var i = 0; i < longs.Length; i++) longs[i] = values[i] - offset;
                break;
        }

        return new(bytes, shift);
    }

    public bool Equals(PackedIntegers other) => _shift == other._shift && _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => obj is PackedIntegers other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Length, _shift, Length == 0 ? 0 : this[0], Length == 0 ? 0 : this[Length - 1]);
}
