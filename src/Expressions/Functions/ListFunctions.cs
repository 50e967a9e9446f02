using LoadTesting.Expressions.Evaluation;
using LoadTesting.Expressions.Values;
using static LoadTesting.Expressions.CelType;
using static LoadTesting.Expressions.Functions.Signature;

namespace LoadTesting.Expressions.Functions;

/// <summary>Making and reducing lists.</summary>
internal static class ListFunctions
{
    public static IEnumerable<CelFunction> All =>
    [
        Global("range", List(Int), (a, v) => Range(a, 0, v[0].AsInt), Int),
        Global("range", List(Int), (a, v) => Range(a, v[0].AsInt, v[1].AsInt), Int, Int),
        Member("sum", Dyn, (a, v) => Sum(a, v[0].AsList), AnyList),
        Member("distinct", List(T), (a, v) => Distinct(a, v[0].AsList), List(T)),
        Member("sort", List(T), (a, v) => Sort(a, v[0].AsList), List(T)),
    ];

    /// <summary>From the first to before the end; nothing when the end is not above the first.</summary>
    private static CelValue Range(CelActivation activation, long first, long end)
    {
        var count = end <= first ? 0 : (Int128)end - first;
        if (!activation.TryBuild((long)Int128.Min(count, long.MaxValue / 2), (long)Int128.Min(count, long.MaxValue / 2)))
        {
            return CelActivation.LimitExceeded();
        }

        var values = new CelValue[(int)count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = CelValue.Of(first + i);
        }

        return CelValue.Of(CelList.Of(values));
    }

    /// <summary>Of ints an int, of ints and doubles a double; 0 of nothing.</summary>
    private static CelValue Sum(CelActivation activation, CelList list)
    {
        if (!activation.TryCharge(list.Count))
        {
            return CelActivation.LimitExceeded();
        }

        var (whole, real, isReal) = ((Int128)0, 0.0, false);
        for (var i = 0; i < list.Count; i++)
        {
            var value = list[i];
            if (value.Kind is not (CelKind.Int or CelKind.Double))
            {
                return value.IsError ? value : Errors.NoOverload("sum", value);
            }

            _ = value.TryGetNumber(out var number);
            real += number;
            whole += value.Kind == CelKind.Int ? value.Bits : 0;
            isReal |= value.Kind == CelKind.Double;
        }

        return isReal ? CelValue.Of(real) : whole >= long.MinValue && whole <= long.MaxValue ? CelValue.Of((long)whole) : Errors.Overflow;
    }

    /// <summary>The first of each group of equal values. Numbers, texts and booleans are found by hash; lists and maps are compared with all others.</summary>
    private static CelValue Distinct(CelActivation activation, CelList list)
    {
        if (!activation.TryBuild(list.Count, list.Weight))
        {
            return CelActivation.LimitExceeded();
        }

        var seen = new HashSet<CelValue>(KeyComparer.Instance);
        var aggregates = new List<CelValue>();
        var kept = new List<CelValue>();
        for (var i = 0; i < list.Count; i++)
        {
            var value = list[i];
            if (value.Kind is not (CelKind.List or CelKind.Map))
            {
                if (seen.Add(value))
                {
                    kept.Add(value);
                }

                continue;
            }

            if (!activation.TryCharge(value.Weight * (aggregates.Count + 1)))
            {
                return CelActivation.LimitExceeded();
            }

            if (!aggregates.Exists(other => other.CelEquals(value)))
            {
                aggregates.Add(value);
                kept.Add(value);
            }
        }

        return CelValue.Of(CelList.Of([.. kept]));
    }

    private static CelValue Sort(CelActivation activation, CelList list)
    {
        var comparisons = list.Count * (long)(1 + Math.Log2(list.Count + 1));
        if (!activation.TryBuild(list.Count, list.Weight) || !activation.TryCharge(comparisons + list.Weight))
        {
            return CelActivation.LimitExceeded();
        }

        var values = new CelValue[list.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = list[i];
            if (values[i].IsError || Equality.Compare(values[0], values[i]) is null)
            {
                return values[i].IsError ? values[i] : Errors.NoOverload("sort", values[0], values[i]);
            }
        }

        Array.Sort(values, (a, b) => Equality.Compare(a, b) ?? 0);
        return CelValue.Of(CelList.Of(values));
    }
}
