using System.Buffers.Binary;

namespace LoadTesting.Metrics.Exposition;

/// <summary>Reads numbers of so many bits, the least significant bit first. Beyond the end there are zeros, and <see cref="Failed"/>.</summary>
internal ref struct BitInput(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    /// <summary>More was taken than there is.</summary>
    public readonly bool Failed => Used > _bytes.Length;

    /// <summary>Bytes that were begun.</summary>
    public readonly int Used => (_position + 7) >> 3;

    /// <summary>A number of 0 to 64 bits.</summary>
    public ulong Take(int bits)
    {
        if (bits > 32) return TakeShort(32) | (TakeShort(bits - 32) << 32);
        return TakeShort(bits);
    }

    private ulong TakeShort(int bits)
    {
        var at = _position >> 3;
        var word = at + sizeof(ulong) <= _bytes.Length ? BinaryPrimitives.ReadUInt64LittleEndian(_bytes[at..]) : Last(at);
        word >>= _position & 7;
        // What is far beyond the end stays there: the position cannot overflow however often is asked.
        if (at <= _bytes.Length) _position += bits;
        return word & ((1UL << bits) - 1);
    }

    private readonly ulong Last(int at)
    {
        var word = 0UL;
        for (var i = Math.Min(_bytes.Length, at + sizeof(ulong)) - 1; i >= at; i--) word = (word << 8) | _bytes[i];
        return word;
    }
}
