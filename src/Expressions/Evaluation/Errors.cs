namespace LoadTesting.Expressions.Evaluation;

/// <summary>Errors without particulars, made once.</summary>
internal static class Errors
{
    public static readonly CelError Limit = new(CelErrorCode.LimitExceeded, "the expression does more work than the limits allow");

    public static readonly CelError DivisionByZero = new(CelErrorCode.DivisionByZero, "division by zero");

    public static readonly CelError Overflow = new(CelErrorCode.OutOfRange, "the result does not fit 64 bits");

    public static CelValue Invalid(string message) => CelValue.Error(CelErrorCode.InvalidArgument, message);

    public static CelValue Range(string message) => CelValue.Error(CelErrorCode.OutOfRange, message);
}
