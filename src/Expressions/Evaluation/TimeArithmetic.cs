namespace LoadTesting.Expressions.Evaluation;

/// <summary><c>+</c> and <c>-</c> of instants and spans.</summary>
internal static class TimeArithmetic
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    public static CelValue Of(char operation, in CelValue a, in CelValue b) => (a.Kind, operation, b.Kind) switch
    {
        (CelKind.Duration, '+', CelKind.Duration) => Span((Int128)a.Bits + b.Bits),
        (CelKind.Duration, '-', CelKind.Duration) => Span((Int128)a.Bits - b.Bits),
        (CelKind.Timestamp, '+', CelKind.Duration) => Instant(Nanoseconds(a) + b.Bits),
        (CelKind.Duration, '+', CelKind.Timestamp) => Instant(Nanoseconds(b) + a.Bits),
        (CelKind.Timestamp, '-', CelKind.Duration) => Instant(Nanoseconds(a) - b.Bits),
        (CelKind.Timestamp, '-', CelKind.Timestamp) => Span(Nanoseconds(a) - Nanoseconds(b)),
        _ => Errors.NoOverload(operation.ToString(), a, b),
    };

    private static Int128 Nanoseconds(in CelValue timestamp) => ((Int128)timestamp.Bits * NanosecondsPerSecond) + timestamp.AsTimestamp.Nanoseconds;

    private static CelValue Span(Int128 nanoseconds) =>
        nanoseconds < long.MinValue || nanoseconds > long.MaxValue ? Errors.Range("the duration does not fit about 292 years") : CelValue.Duration((long)nanoseconds);

    private static CelValue Instant(Int128 nanoseconds)
    {
        var seconds = (long)(nanoseconds / NanosecondsPerSecond);
        var rest = (int)(nanoseconds % NanosecondsPerSecond);
        return rest < 0 ? CelValue.Timestamp(seconds - 1, rest + (int)NanosecondsPerSecond) : CelValue.Timestamp(seconds, rest);
    }
}
