using LoadTesting.Expressions.Values;

namespace LoadTesting.Expressions.Evaluation;

/// <summary>How evaluations fail. Errors without particulars are made once.</summary>
internal static class Errors
{
    public static readonly CelError Limit = new(CelErrorCode.LimitExceeded, "the expression does more work than the limits allow");

    private static readonly CelError ZeroDivisor = new(CelErrorCode.DivisionByZero, "division by zero");

    private static readonly CelError TooLarge = new(CelErrorCode.OutOfRange, "the result does not fit 64 bits");

    public static CelValue DivisionByZero => CelValue.Of(ZeroDivisor);

    public static CelValue Overflow => CelValue.Of(TooLarge);

    public static CelValue Invalid(string message) => CelValue.Error(CelErrorCode.InvalidArgument, message);

    public static CelValue Range(string message) => CelValue.Error(CelErrorCode.OutOfRange, message);

    public static CelValue Index(long index, int count) =>
        CelValue.Error(CelErrorCode.IndexOutOfRange, count == 0 ? $"index {index} of nothing" : $"index {index} is not in 0..{count - 1}");

    public static CelValue NoSuchKey(in CelValue key) => CelValue.Error(CelErrorCode.NoSuchKey, $"there is no {Short(key)}");

    public static CelValue NoOverload(string operation, in CelValue operand) =>
        CelValue.Error(CelErrorCode.NoSuchOverload, $"'{operation}' has no meaning for {KindName(operand)}");

    public static CelValue NoOverload(string operation, in CelValue left, in CelValue right) =>
        CelValue.Error(CelErrorCode.NoSuchOverload, $"'{operation}' has no meaning for {KindName(left)} and {KindName(right)}");

    public static string KindName(in CelValue value) => KindName(value.Kind);

    public static string KindName(CelKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>A key as it stands in a message: whole when short, since a key may be a whole response body.</summary>
    private static string Short(in CelValue key)
    {
        var text = key.Kind is CelKind.List or CelKind.Map ? KindName(key) : ValueText.Plain(key);
        return $"'{(text.Length <= 64 ? text : text[..64] + "…")}'";
    }
}
