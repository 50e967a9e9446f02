namespace LoadTesting.Expressions;

/// <summary>Why an evaluation failed, for programs; <see cref="CelError.Message"/> is for people.</summary>
public enum CelErrorCode
{
    /// <summary>An operator or function has no meaning for operands of these kinds.</summary>
    NoSuchOverload,

    /// <summary>No function has this name (only when compiled without a check).</summary>
    UnknownFunction,

    /// <summary>The variable is not declared, or has no value in this activation.</summary>
    UnknownVariable,

    /// <summary>A map has no such key.</summary>
    NoSuchKey,

    /// <summary>An index lies outside a list or string.</summary>
    IndexOutOfRange,

    /// <summary>Integer division or modulus by zero.</summary>
    DivisionByZero,

    /// <summary>The result does not fit its type: integer overflow, a time outside the allowed years.</summary>
    OutOfRange,

    /// <summary>An argument is of the right kind but not acceptable: a bad regular expression, an unparsable number.</summary>
    InvalidArgument,

    /// <summary>The evaluation exceeded <see cref="CelLimits"/>. Never absorbed by <c>||</c>, <c>&amp;&amp;</c> or <c>default()</c>.</summary>
    LimitExceeded,
}
