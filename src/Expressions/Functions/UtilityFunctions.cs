using static LoadTesting.Expressions.CelType;
using static LoadTesting.Expressions.Functions.Signature;

namespace LoadTesting.Expressions.Functions;

/// <summary>Fallbacks, formats and milliseconds.</summary>
internal static class UtilityFunctions
{
    public static IEnumerable<CelFunction> All =>
    [
        // The fallback also stands in for null: in JSON, absent and null mean the same to most who write tests.
        Global("default", T, (_, v) => v[0].IsError || v[0].Kind == CelKind.Null ? v[1] : v[0], T, T) with { SeesErrors = true },
        Global("format", CelType.String, (a, v) => Format.Apply(a, v[0].Text, CelList.Empty), CelType.String),
        Global("format", CelType.String, (a, v) => Format.Apply(a, v[0].Text, CelList.Of(v[1..].ToArray())), CelType.String, Dyn) with { IsVariadic = true },
        Global("millis", Int, (_, v) => CelValue.Of((v[0].Bits * 1000) + (v[0].AsTimestamp.Nanoseconds / 1_000_000)), CelType.Timestamp),
        Global("millis", Int, (_, v) => CelValue.Of(v[0].Bits / 1_000_000), CelType.Duration),
    ];
}
