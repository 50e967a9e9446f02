using static LoadTesting.Expressions.CelType;
using static LoadTesting.Expressions.Functions.Signature;

namespace LoadTesting.Expressions.Functions;

/// <summary>CEL's standard functions on sizes, strings and types; conversions and times have their own files.</summary>
internal static class StandardFunctions
{
    public static IEnumerable<CelFunction> All =>
    [
        .. new[] { CelType.String, Bytes, AnyList, AnyMap }.SelectMany(type => Both("size", Int, Size, type)),
        Member("contains", Bool, (a, v) => OverText(a, v, v[0].Text.Contains(v[1].Text, StringComparison.Ordinal)), CelType.String, CelType.String),
        Member("startsWith", Bool, (a, v) => OverText(a, v, v[0].Text.StartsWith(v[1].Text, StringComparison.Ordinal)), CelType.String, CelType.String),
        Member("endsWith", Bool, (a, v) => OverText(a, v, v[0].Text.EndsWith(v[1].Text, StringComparison.Ordinal)), CelType.String, CelType.String),
        .. Both("matches", Bool, RegularExpressions.Matches, CelType.String, CelType.String).Select(
            function => function with { Specialize = arguments => RegularExpressions.Specialize(arguments, RegularExpressions.IsMatch) }),
        Global("dyn", Dyn, (_, v) => v[0], T),
        Global("type", CelType.Type, (_, v) => CelValue.Of(TypeOf(v[0])), T),
    ];

    public static CelType TypeOf(in CelValue value) => value.Kind switch
    {
        CelKind.Null => Null,
        CelKind.Bool => Bool,
        CelKind.Int => Int,
        CelKind.UInt => UInt,
        CelKind.Double => CelType.Double,
        CelKind.String => CelType.String,
        CelKind.Bytes => Bytes,
        CelKind.List => AnyList,
        CelKind.Map => AnyMap,
        CelKind.Timestamp => CelType.Timestamp,
        CelKind.Duration => CelType.Duration,
        _ => CelType.Type,
    };

    /// <summary>Number of code points.</summary>
    public static int CodePoints(string text)
    {
        var count = text.Length;
        for (var i = 1; i < text.Length; i++)
        {
            if (char.IsLowSurrogate(text[i]) && char.IsHighSurrogate(text[i - 1]))
            {
                count--;
            }
        }

        return count;
    }

    private static CelValue OverText(CelActivation activation, ReadOnlySpan<CelValue> values, bool result) =>
        activation.TryCharge(values[0].Weight) ? CelValue.Of(result) : CelActivation.LimitExceeded();

    private static CelValue Size(CelActivation activation, ReadOnlySpan<CelValue> values)
    {
        if (values[0].Kind != CelKind.String)
        {
            return CelValue.Of((long)values[0].Kind switch
            {
                (long)CelKind.Bytes => values[0].AsBytes.Length,
                (long)CelKind.List => values[0].AsList.Count,
                _ => values[0].AsMap.Count,
            });
        }

        return activation.TryCharge(values[0].Weight) ? CelValue.Of((long)CodePoints(values[0].Text)) : CelActivation.LimitExceeded();
    }
}
