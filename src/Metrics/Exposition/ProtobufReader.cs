using System.Buffers.Binary;

namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// Walks over the fields of one message. It never reads beyond its bytes and never allocates; after anything impossible <see cref="Failed"/> is set and
/// there are no more fields. Values of another wire type than asked for are failures too.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = bytes;
    private int _wireType;

    public bool Failed { get; private set; }

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>The next field's number; false at the end or after a failure. The value must be read or skipped before the next call.</summary>
    public bool TryField(out int field)
    {
        field = 0;
        if (Failed || _rest.IsEmpty) return false;
        var tag = RawVarint();
        field = (int)(tag >> 3);
        _wireType = (int)(tag & 7);
        if (tag > uint.MaxValue || field == 0) Failed = true;
        return !Failed;
    }

    public ulong UInt64() => Expect(Varint) ? RawVarint() : 0;

    public long SInt64() => UnZigZag(UInt64());

    public double Double()
    {
        var bytes = Expect(Fixed64) ? Take(8) : default;
        return Failed ? 0 : BinaryPrimitives.ReadDoubleLittleEndian(bytes);
    }

    public ReadOnlySpan<byte> Bytes() => Expect(LengthDelimited) ? Delimited() : default;

    /// <summary>Length-prefixed bytes with no tag before them.</summary>
    public ReadOnlySpan<byte> Delimited()
    {
        var length = RawVarint();
        if (length <= (ulong)_rest.Length) return Take((int)length);
        Failed = true;
        return default;
    }

    /// <summary>A repeated sint64 in either of its two shapes, packed or one by one.</summary>
    public void AddSInt64s(List<long> target)
    {
        if (_wireType == Varint)
        {
            target.Add(SInt64());
            return;
        }

        var packed = new ProtobufReader(Bytes());
        while (!packed.IsAtEnd && !packed.Failed) target.Add(UnZigZag(packed.RawVarint()));
        Failed |= packed.Failed;
    }

    public void Skip()
    {
        switch (_wireType)
        {
            case Varint:
                RawVarint();
                break;
            case Fixed64:
                Take(8);
                break;
            case LengthDelimited:
                Delimited();
                break;
            case Fixed32:
                Take(4);
                break;
            default:
                Failed = true; // groups: no schema that we read has them
                break;
        }
    }

    private static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    private bool Expect(int wireType)
    {
        Failed |= _wireType != wireType;
        return !Failed;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            Failed = true;
            return default;
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private ulong RawVarint()
    {
        Failed |= !Exposition.Varint.TryTake(ref _rest, out var value);
        return value;
    }
}
