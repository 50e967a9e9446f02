using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using LoadTesting.Expressions.Values;

namespace LoadTesting.Expressions;

/// <summary>
/// Any value of an expression: one of the kinds of <see cref="CelKind"/>. A 24-byte struct, so that scalars travel through an
/// evaluation without an allocation.
/// </summary>
public readonly struct CelValue : IEquatable<CelValue>
{
    /// <summary>Seconds since 1970 of the first instant a timestamp can be: the year 1.</summary>
    public const long MinTimestampSeconds = -62_135_596_800;

    /// <summary>Seconds since 1970 of the last second a timestamp can be in: the year 9999.</summary>
    public const long MaxTimestampSeconds = 253_402_300_799;

    private readonly object? _reference;
    private readonly long _bits;
    private readonly int _nanos;

    private CelValue(CelKind kind, long bits, object? reference = null, int nanos = 0)
        => (Kind, _bits, _reference, _nanos) = (kind, bits, reference, nanos);

    /// <summary>The null value.</summary>
    public static CelValue Null => default;

    /// <summary>True.</summary>
    public static CelValue True => new(CelKind.Bool, 1);

    /// <summary>False.</summary>
    public static CelValue False => new(CelKind.Bool, 0);

    /// <summary>What kind it is; decides which of the As… may be read.</summary>
    public CelKind Kind { get; }

    /// <summary>Whether evaluation failed.</summary>
    public bool IsError => Kind == CelKind.Error;

    /// <summary>Whether this is the boolean true (false for everything that is not a boolean).</summary>
    public bool IsTrue => Kind == CelKind.Bool && _bits != 0;

    /// <summary>Whether this is the boolean false.</summary>
    public bool IsFalse => Kind == CelKind.Bool && _bits == 0;

    /// <summary>The boolean.</summary>
    public bool AsBool => Expect(CelKind.Bool)._bits != 0;

    /// <summary>The signed integer.</summary>
    public long AsInt => Expect(CelKind.Int)._bits;

    /// <summary>The unsigned integer.</summary>
    public ulong AsUInt => (ulong)Expect(CelKind.UInt)._bits;

    /// <summary>The double.</summary>
    public double AsDouble => BitConverter.Int64BitsToDouble(Expect(CelKind.Double)._bits);

    /// <summary>The string.</summary>
    public string AsString => (string)Expect(CelKind.String)._reference!;

    /// <summary>The octets.</summary>
    public ReadOnlyMemory<byte> AsBytes => (byte[])Expect(CelKind.Bytes)._reference!;

    /// <summary>The list.</summary>
    public CelList AsList => Unsafe.As<CelList>(Expect(CelKind.List)._reference!);

    /// <summary>The map.</summary>
    public CelMap AsMap => Unsafe.As<CelMap>(Expect(CelKind.Map)._reference!);

    /// <summary>The instant: whole seconds since 1970-01-01T00:00:00Z, and 0..999,999,999 nanoseconds after them.</summary>
    public (long Seconds, int Nanoseconds) AsTimestamp => (Expect(CelKind.Timestamp)._bits, _nanos);

    /// <summary>The span in nanoseconds.</summary>
    public long AsDurationNanoseconds => Expect(CelKind.Duration)._bits;

    /// <summary>The type.</summary>
    public CelType AsType => (CelType)Expect(CelKind.Type)._reference!;

    /// <summary>The error.</summary>
    public CelError AsError => (CelError)Expect(CelKind.Error)._reference!;

    /// <summary>What one pass over the value is charged; see <see cref="CelList.Weight"/>.</summary>
    public long Weight => Kind switch
    {
        CelKind.String => 1 + (Text.Length / 16),
        CelKind.Bytes => 1 + (AsBytes.Length / 16),
        CelKind.List => AsList.Weight,
        CelKind.Map => AsMap.Weight,
        _ => 1,
    };

    /// <summary>The scalar's 64 bits, whatever the kind.</summary>
    internal long Bits => _bits;

    /// <summary>The string; only for values known to be strings.</summary>
    internal string Text => Unsafe.As<string>(_reference!);

    /// <summary>A boolean.</summary>
    public static CelValue Of(bool value) => new(CelKind.Bool, value ? 1 : 0);

    /// <summary>A signed integer.</summary>
    public static CelValue Of(long value) => new(CelKind.Int, value);

    /// <summary>An unsigned integer.</summary>
    public static CelValue Of(ulong value) => new(CelKind.UInt, (long)value);

    /// <summary>A double.</summary>
    public static CelValue Of(double value) => new(CelKind.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A string.</summary>
    public static CelValue Of(string value) => new(CelKind.String, 0, value);

    /// <summary>Octets; the array must not change afterwards.</summary>
    public static CelValue Of(byte[] value) => new(CelKind.Bytes, 0, value);

    /// <summary>A list.</summary>
    public static CelValue Of(CelList value) => new(CelKind.List, 0, value);

    /// <summary>A map.</summary>
    public static CelValue Of(CelMap value) => new(CelKind.Map, 0, value);

    /// <summary>A type as a value.</summary>
    public static CelValue Of(CelType value) => new(CelKind.Type, 0, value);

    /// <summary>A failure.</summary>
    public static CelValue Of(CelError value) => new(CelKind.Error, 0, value);

    /// <summary>An instant (100 ns resolution, as <see cref="DateTimeOffset"/> has).</summary>
    public static CelValue Of(DateTimeOffset value)
    {
        var ticks = value.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        return rest < 0 ? new(CelKind.Timestamp, seconds - 1, null, (int)(rest + TimeSpan.TicksPerSecond) * 100) : new(CelKind.Timestamp, seconds, null, (int)rest * 100);
    }

    /// <summary>An instant; an error value when it lies outside the years 1 to 9999.</summary>
    /// <param name="seconds">Since 1970-01-01T00:00:00Z.</param>
    /// <param name="nanoseconds">0..999,999,999.</param>
    public static CelValue Timestamp(long seconds, int nanoseconds) =>
        seconds is < MinTimestampSeconds or > MaxTimestampSeconds
            ? Error(CelErrorCode.OutOfRange, "timestamp outside the years 1 to 9999")
            : new(CelKind.Timestamp, seconds, null, nanoseconds);

    /// <summary>A span of time in nanoseconds.</summary>
    public static CelValue Duration(long nanoseconds) => new(CelKind.Duration, nanoseconds);

    /// <summary>A failure with its reason.</summary>
    public static CelValue Error(CelErrorCode code, string message) => Of(new CelError(code, message));

    /// <summary>The value of a number of any kind as a double; false for everything else.</summary>
    public bool TryGetNumber(out double number)
    {
        number = Kind switch
        {
            CelKind.Int => _bits,
            CelKind.UInt => (ulong)_bits,
            CelKind.Double => BitConverter.Int64BitsToDouble(_bits),
            _ => 0,
        };
        return Kind is CelKind.Int or CelKind.UInt or CelKind.Double;
    }

    /// <summary>
    /// The same value of the same kind: 1 is not 1.0, NaN is NaN. CEL's <c>==</c>, where 1 == 1.0 and NaN is unequal to itself, is
    /// <see cref="CelEquals"/>.
    /// </summary>
    public bool Equals(CelValue other) => Equality.Same(this, other);

    /// <summary>CEL's <c>==</c>: numbers by value whatever their kinds, different kinds otherwise unequal.</summary>
    public bool CelEquals(in CelValue other) => Equality.CelEqual(this, other);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is CelValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Equality.Hash(this);

    /// <summary>The value as a CEL literal or, where there is none, as a call that makes it; errors as their message.</summary>
    public override string ToString() => ValueText.Literal(this);

    private CelValue Expect(CelKind kind)
    {
        if (Kind != kind)
        {
            ThrowKind(kind);
        }

        return this;
    }

    [DoesNotReturn]
    private void ThrowKind(CelKind wanted) => throw new InvalidOperationException($"the value is {Kind}, not {wanted}");
}
