using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// The shapes of <see cref="CompactFormat"/>, read. Whatever cannot be read sets <see cref="Failed"/> and gives a harmless value; nothing that the bytes claim is
/// believed before it is there.
/// </summary>
internal ref struct CompactInput(ReadOnlySpan<byte> bytes, List<string> texts, BucketChange change)
{
    // More than the exact sum of any number of doubles needs: 2098 bits of their range and 64 for the number of them.
    private const int MostSumBytes = 280;

    // A sum in the other formats is as many doubles as it takes, so one that is claimed here must be within a few of the largest: 2^1024 and six bits more.
    private const int MostSumBits = 1030;
    private const int LowestExponent = -1074;
    private const int HighestExponent = 1100;

    private ReadOnlySpan<byte> _rest = bytes;

    public bool Failed { get; private set; }

    public readonly int Left => _rest.Length;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>Room for the buckets of one histogram after another.</summary>
    public BucketChange Change { get; } = change;

    public void Fail() => Failed = true;

    public byte Byte()
    {
        if (_rest.IsEmpty)
        {
            Failed = true;
            return 0;
        }

        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public ReadOnlySpan<byte> Bytes(int length)
    {
        if ((uint)length > (uint)_rest.Length)
        {
            Failed = true;
            _rest = default;
            return default;
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    public ulong Varint()
    {
        if (Exposition.Varint.TryTake(ref _rest, out var value)) return value;
        Failed = true;
        _rest = default;
        return 0;
    }

    /// <summary>A number from 0 to a bound.</summary>
    public long Number(long max)
    {
        var value = Varint();
        if (value <= (ulong)max) return (long)value;
        Failed = true;
        return 0;
    }

    /// <summary>A number of either sign, of a magnitude up to a bound.</summary>
    public long Signed(long max)
    {
        var value = Varint();
        var signed = (long)(value >> 1) ^ -(long)(value & 1);
        if (signed >= -max && signed <= max) return signed;
        Failed = true;
        return 0;
    }

    public double Double()
    {
        var taken = Bytes(sizeof(double));
        var value = Failed ? 0 : BinaryPrimitives.ReadDoubleLittleEndian(taken);
        Failed |= !double.IsFinite(value);
        return Failed ? 0 : value;
    }

    public ulong Fixed64()
    {
        var taken = Bytes(sizeof(ulong));
        return Failed ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(taken);
    }

    public string Text()
    {
        var number = Number(texts.Count);
        if (number > 0) return texts[(int)number - 1];
        var utf8 = Bytes((int)Number(int.MaxValue));
        if (Failed || !Utf8.IsValid(utf8))
        {
            Failed = true;
            return "";
        }

        var text = Encoding.UTF8.GetString(utf8);
        texts.Add(text);
        return text;
    }

    public ExactSum Sum()
    {
        var length = (int)Number(MostSumBytes);
        if (length == 0) return default;
        var mantissa = Bytes(length);
        var exponent = (int)Signed(-LowestExponent + HighestExponent);
        Failed |= exponent is < LowestExponent or > HighestExponent;
        if (Failed) return default;
        var value = new BigInteger(mantissa);
        Failed |= BigInteger.Abs(value).GetBitLength() + exponent > MostSumBits;
        return Failed ? default : ExactSum.Scaled(value, exponent);
    }
}
