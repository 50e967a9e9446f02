namespace LoadTesting.Expressions;

/// <summary>The kinds of value an expression can have: CEL's, and the error that takes an exception's place.</summary>
public enum CelKind : byte
{
    /// <summary>The null value; also what <c>default(CelValue)</c> is.</summary>
    Null,

    /// <summary>True or false.</summary>
    Bool,

    /// <summary>Signed 64-bit integer; overflow is an error, never a wrap-around.</summary>
    Int,

    /// <summary>Unsigned 64-bit integer, written <c>5u</c>.</summary>
    UInt,

    /// <summary>IEEE 754 double.</summary>
    Double,

    /// <summary>Sequence of Unicode code points (sizes and indexes count code points, not UTF-16 units).</summary>
    String,

    /// <summary>Sequence of octets.</summary>
    Bytes,

    /// <summary>Ordered list of values of any kinds.</summary>
    List,

    /// <summary>Map from bool, int, uint or string to values of any kinds.</summary>
    Map,

    /// <summary>Instant with nanoseconds, from the year 1 to 9999.</summary>
    Timestamp,

    /// <summary>Signed span of time in whole nanoseconds, about ±292 years.</summary>
    Duration,

    /// <summary>A type as a value, such as <c>int</c>.</summary>
    Type,

    /// <summary>Evaluation failed here; carries a <see cref="CelError"/>.</summary>
    Error,
}
