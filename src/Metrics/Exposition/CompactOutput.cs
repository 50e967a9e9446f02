using System.Buffers.Binary;
using System.Text;

namespace LoadTesting.Metrics.Exposition;

/// <summary>The shapes of <see cref="CompactFormat"/>, written.</summary>
internal sealed class CompactOutput
{
    private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);
    private byte[] _buffer = new byte[4096];
    private int _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Byte(byte value) => Reserve(1)[0] = value;

    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Reserve(value.Length));

    public void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    public void Signed(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Reserve(sizeof(double)), value);

    public void Fixed64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(sizeof(ulong)), value);

    /// <summary>A text: by its number when it was there before, else 0 and its UTF-8.</summary>
    public void Text(string text)
    {
        if (_texts.TryGetValue(text, out var number))
        {
            Varint((ulong)number);
            return;
        }

        _texts.Add(text, _texts.Count + 1);
        Varint(0);
        var length = Encoding.UTF8.GetByteCount(text);
        Varint((ulong)length);
        Encoding.UTF8.GetBytes(text, Reserve(length));
    }

    public void Sum(ExactSum sum)
    {
        var length = sum.IsZero ? 0 : sum.Mantissa.GetByteCount();
        Varint((ulong)length);
        if (length == 0) return;
        sum.Mantissa.TryWriteBytes(Reserve(length), out _);
        Signed(sum.Exponent);
    }

    private Span<byte> Reserve(int size)
    {
        if (_buffer.Length - _length < size) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + size));
        _length += size;
        return _buffer.AsSpan(_length - size, size);
    }
}
