using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// Protocol Buffers' wire format (https://protobuf.dev/programming-guides/encoding/), the five shapes that metrics need. Written by hand because this project
/// references nothing; a test reads it with Google's library.
/// </summary>
internal sealed class ProtobufWriter
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;

    private byte[] _buffer = new byte[4096];
    private int _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void UInt64(int field, ulong value)
    {
        RawVarint(Tag(field, Varint));
        RawVarint(value);
    }

    public void SInt32(int field, int value) => UInt64(field, ZigZag(value));

    public void Double(int field, double value)
    {
        RawVarint(Tag(field, Fixed64));
        BinaryPrimitives.WriteDoubleLittleEndian(Reserve(8), value);
    }

    public void String(int field, string value)
    {
        RawVarint(Tag(field, LengthDelimited));
        var bytes = Encoding.UTF8.GetByteCount(value);
        RawVarint((ulong)bytes);
        Encoding.UTF8.GetBytes(value, Reserve(bytes));
    }

    /// <summary>One element of a packed field between <see cref="Begin"/> and <see cref="End"/>.</summary>
    public void PackedSInt64(long value) => RawVarint(ZigZag(value));

    /// <summary>Begins a sub-message or a packed field; give the result to <see cref="End"/>.</summary>
    public int Begin(int field)
    {
        RawVarint(Tag(field, LengthDelimited));
        return _length;
    }

    /// <summary>Begins a message that is preceded by its length alone ("delimited").</summary>
    public int BeginDelimited() => _length;

    /// <summary>Ends what began at <paramref name="start"/>: its length, known only now, goes before it.</summary>
    public void End(int start)
    {
        var size = (ulong)(_length - start);
        var prefix = VarintLength(size);
        Reserve(prefix);
        _buffer.AsSpan(start, (int)size).CopyTo(_buffer.AsSpan(start + prefix));
        var end = _length;
        _length = start;
        RawVarint(size);
        _length = end;
    }

    private static ulong Tag(int field, int wireType) => ((ulong)field << 3) | (uint)wireType;

    // Small magnitudes of either sign become small: 0, -1, 1, -2, … → 0, 1, 2, 3, …
    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static int VarintLength(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    private void RawVarint(ulong value)
    {
        var target = Reserve(VarintLength(value));
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = (byte)(i + 1 < target.Length ? value | 0x80 : value);
            value >>= 7;
        }
    }

    private Span<byte> Reserve(int size)
    {
        if (_buffer.Length - _length < size) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + size));
        _length += size;
        return _buffer.AsSpan(_length - size, size);
    }
}
