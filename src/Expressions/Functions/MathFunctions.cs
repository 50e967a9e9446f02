using LoadTesting.Expressions.Evaluation;
using LoadTesting.Expressions.Values;
using static LoadTesting.Expressions.CelType;
using static LoadTesting.Expressions.Functions.Signature;

namespace LoadTesting.Expressions.Functions;

/// <summary>CEL's math extension.</summary>
internal static class MathFunctions
{
    public static IEnumerable<CelFunction> All =>
    [
        .. Extreme("math.greatest", wanted: 1),
        .. Extreme("math.least", wanted: -1),
        Real("math.ceil", Math.Ceiling),
        Real("math.floor", Math.Floor),
        Real("math.round", x => Math.Round(x, MidpointRounding.AwayFromZero)),
        Real("math.trunc", Math.Truncate),
        Real("math.sqrt", Math.Sqrt),
        Global("math.abs", Int, (_, v) => v[0].Bits == long.MinValue ? Errors.Overflow : CelValue.Of(Math.Abs(v[0].Bits)), Int),
        Global("math.abs", UInt, (_, v) => v[0], UInt),
        Real("math.abs", Math.Abs),
        Global("math.sign", Int, (_, v) => CelValue.Of((long)Math.Sign(v[0].Bits)), Int),
        Global("math.sign", UInt, (_, v) => CelValue.Of(v[0].AsUInt == 0 ? 0UL : 1UL), UInt),
        Real("math.sign", x => double.IsNaN(x) ? x : Math.Sign(x)),
        Test("math.isNaN", double.IsNaN),
        Test("math.isInf", double.IsInfinity),
        Test("math.isFinite", double.IsFinite),
        .. Bitwise("math.bitAnd", (a, b) => a & b),
        .. Bitwise("math.bitOr", (a, b) => a | b),
        .. Bitwise("math.bitXor", (a, b) => a ^ b),
        Global("math.bitNot", Int, (_, v) => CelValue.Of(~v[0].Bits), Int),
        Global("math.bitNot", UInt, (_, v) => CelValue.Of(~v[0].AsUInt), UInt),
        .. Shift("math.bitShiftLeft", (bits, by) => bits << by),
        .. Shift("math.bitShiftRight", (bits, by) => bits >> by),
    ];

    private static CelFunction Real(string name, Func<double, double> function) =>
        Global(name, CelType.Double, (_, v) => CelValue.Of(function(v[0].AsDouble)), CelType.Double);

    private static CelFunction Test(string name, Func<double, bool> test) => Global(name, Bool, (_, v) => CelValue.Of(test(v[0].AsDouble)), CelType.Double);

    private static CelFunction[] Bitwise(string name, Func<ulong, ulong, ulong> function) =>
    [
        Global(name, Int, (_, v) => CelValue.Of((long)function((ulong)v[0].Bits, (ulong)v[1].Bits)), Int, Int),
        Global(name, UInt, (_, v) => CelValue.Of(function(v[0].AsUInt, v[1].AsUInt)), UInt, UInt),
    ];

    /// <summary>Bits shifted out are lost, and the sign is a bit like the others; a distance of 64 and more leaves zero.</summary>
    private static CelFunction[] Shift(string name, Func<ulong, int, ulong> function)
    {
        return
        [
            Global(name, Int, (_, v) => Shifted(v, bits => CelValue.Of((long)bits)), Int, Int),
            Global(name, UInt, (_, v) => Shifted(v, CelValue.Of), UInt, Int),
        ];

        CelValue Shifted(ReadOnlySpan<CelValue> values, Func<ulong, CelValue> result) => values[1].Bits switch
        {
            < 0 => Errors.Invalid("a shift distance is not negative"),
            >= 64 => result(0),
            var by => result(function((ulong)values[0].Bits, (int)by)),
        };
    }

    /// <summary>Over the arguments, or over one list; of equal values the first.</summary>
    private static CelFunction[] Extreme(string name, int wanted) =>
    [
        new(name, [AnyList], Dyn, (a, v) => OfList(a, name, v[0].AsList, wanted)),
        new(name, [T], T, (_, v) => OfValues(name, v, wanted)) { IsVariadic = true },
    ];

    private static CelValue OfList(CelActivation activation, string name, CelList list, int wanted)
    {
        if (!activation.TryCharge(list.Count))
        {
            return CelActivation.LimitExceeded();
        }

        var values = new CelValue[list.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = list[i];
        }

        return values.Length == 0 ? Errors.Invalid($"{name}() of an empty list") : OfValues(name, values, wanted);
    }

    private static CelValue OfValues(string name, ReadOnlySpan<CelValue> values, int wanted)
    {
        var best = values[0];
        foreach (ref readonly var value in values)
        {
            if (!value.TryGetNumber(out _))
            {
                return Errors.NoOverload(name, value);
            }

            best = Equality.Compare(value, best) == wanted ? value : best;
        }

        return best;
    }
}
