using LoadTesting.Expressions.Values;

namespace LoadTesting.Expressions.Evaluation;

/// <summary>Turns a list or map over: binds its variables for each element and hands the turn to the macro.</summary>
internal abstract class Comprehension(Evaluator range, int firstLocal, bool hasTwoVariables) : Evaluator
{
    public sealed override CelValue Evaluate(CelActivation activation)
    {
        var values = range.Evaluate(activation);
        var result = new Turns();
        var stopped = values.Kind switch
        {
            CelKind.List => OverList(activation, values.AsList, ref result),
            CelKind.Map => OverMap(activation, values.AsMap, ref result),
            CelKind.Error => values,
            _ => Errors.NoOverload("a comprehension", values),
        };
        return stopped.Kind == CelKind.Null ? Finish(activation, ref result) : stopped;
    }

    /// <summary>One element. Null to go on; any other value is the comprehension's result.</summary>
    protected abstract CelValue Turn(CelActivation activation, ref Turns result);

    /// <summary>The result when no turn decided.</summary>
    protected abstract CelValue Finish(CelActivation activation, ref Turns result);

    /// <summary>The variable whose values a filter keeps: the only one, or the second.</summary>
    protected CelValue Current(CelActivation activation) => activation.Locals[hasTwoVariables ? firstLocal + 1 : firstLocal];

    protected CelValue CurrentKey(CelActivation activation) => activation.Locals[firstLocal];

    private CelValue OverList(CelActivation activation, CelList list, ref Turns result)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var stopped = hasTwoVariables
                ? TurnWith(activation, CelValue.Of((long)i), list[i], ref result)
                : TurnWith(activation, list[i], default, ref result);
            if (stopped.Kind != CelKind.Null)
            {
                return stopped;
            }
        }

        return CelValue.Null;
    }

    private CelValue OverMap(CelActivation activation, CelMap map, ref Turns result)
    {
        foreach (var key in map.Keys)
        {
            var value = default(CelValue);
            _ = hasTwoVariables && map.TryGet(key, out value);
            var stopped = TurnWith(activation, key, value, ref result);
            if (stopped.Kind != CelKind.Null)
            {
                return stopped;
            }
        }

        return CelValue.Null;
    }

    private CelValue TurnWith(CelActivation activation, in CelValue first, in CelValue second, ref Turns result)
    {
        if (!activation.TryCharge(1))
        {
            return CelActivation.LimitExceeded();
        }

        activation.Locals[firstLocal] = first;
        if (hasTwoVariables)
        {
            activation.Locals[firstLocal + 1] = second;
        }

        return Turn(activation, ref result);
    }

    /// <summary>What the turns so far have gathered.</summary>
    protected struct Turns
    {
        public CelValue Failure;
        public int Matches;
        public List<CelValue>? Values;
        public MapBuilder? Entries;
    }
}

/// <summary><c>all</c> (deciding false) and <c>exists</c> (deciding true): one deciding element makes errors of others irrelevant.</summary>
internal sealed class Quantifier(bool deciding, Evaluator range, int firstLocal, bool hasTwoVariables, Evaluator predicate)
    : Comprehension(range, firstLocal, hasTwoVariables)
{
    protected override CelValue Turn(CelActivation activation, ref Turns result)
    {
        var value = predicate.Evaluate(activation);
        if (value.Kind == CelKind.Bool)
        {
            return (value.Bits != 0) == deciding ? value : CelValue.Null;
        }

        if (!result.Failure.IsError)
        {
            result.Failure = value.IsError ? value : Errors.NoOverload(deciding ? "exists" : "all", value);
        }

        return CelValue.Null;
    }

    protected override CelValue Finish(CelActivation activation, ref Turns result) => result.Failure.IsError ? result.Failure : CelValue.Of(!deciding);
}

/// <summary><c>exists_one</c>: every element is looked at, and any error is the result.</summary>
internal sealed class ExactlyOne(Evaluator range, int firstLocal, bool hasTwoVariables, Evaluator predicate) : Comprehension(range, firstLocal, hasTwoVariables)
{
    protected override CelValue Turn(CelActivation activation, ref Turns result)
    {
        var value = predicate.Evaluate(activation);
        if (value.Kind != CelKind.Bool)
        {
            return value.IsError ? value : Errors.NoOverload("exists_one", value);
        }

        result.Matches += (int)value.Bits;
        return CelValue.Null;
    }

    protected override CelValue Finish(CelActivation activation, ref Turns result) => CelValue.Of(result.Matches == 1);
}

/// <summary><c>map</c>, <c>filter</c>, <c>transformList</c>: a list of what the transformation makes of the elements the predicate keeps.</summary>
/// <param name="predicate">Null keeps all.</param>
/// <param name="transformation">Null takes the element itself.</param>
internal sealed class ListOf(Evaluator range, int firstLocal, bool hasTwoVariables, Evaluator? predicate, Evaluator? transformation)
    : Comprehension(range, firstLocal, hasTwoVariables)
{
    protected override CelValue Turn(CelActivation activation, ref Turns result)
    {
        var kept = predicate?.Evaluate(activation) ?? CelValue.True;
        if (!kept.IsTrue)
        {
            return kept.IsFalse ? CelValue.Null : kept.IsError ? kept : Errors.NoOverload("filter", kept);
        }

        var value = transformation?.Evaluate(activation) ?? Current(activation);
        if (value.IsError)
        {
            return value;
        }

        (result.Values ??= []).Add(value);
        return CelValue.Null;
    }

    protected override CelValue Finish(CelActivation activation, ref Turns result)
    {
        if (result.Values is null)
        {
            return CelValue.Of(CelList.Empty);
        }

        var list = new ArrayList([.. result.Values]);
        return activation.TryBuild(list.Count, list.Weight) ? CelValue.Of(list) : CelActivation.LimitExceeded();
    }
}

/// <summary><c>transformMap</c> keeps each key and transforms its value; <c>transformMapEntry</c> makes of each element a map to merge.</summary>
internal sealed class MapOf(bool makesEntries, Evaluator range, int firstLocal, Evaluator? predicate, Evaluator transformation)
    : Comprehension(range, firstLocal, hasTwoVariables: true)
{
    protected override CelValue Turn(CelActivation activation, ref Turns result)
    {
        var kept = predicate?.Evaluate(activation) ?? CelValue.True;
        if (!kept.IsTrue)
        {
            return kept.IsFalse ? CelValue.Null : kept.IsError ? kept : Errors.NoOverload("transformMap", kept);
        }

        var entries = result.Entries ??= new(0);
        var value = transformation.Evaluate(activation);
        if (!makesEntries)
        {
            return entries.Add(CurrentKey(activation), value);
        }

        return value.Kind == CelKind.Map ? Merge(activation, entries, value.AsMap) : value.IsError ? value : Errors.NoOverload("transformMapEntry", value);
    }

    protected override CelValue Finish(CelActivation activation, ref Turns result) => result.Entries?.Finish(activation) ?? CelValue.Of(CelMap.Empty);

    private static CelValue Merge(CelActivation activation, MapBuilder entries, CelMap map)
    {
        if (!activation.TryCharge(map.Count))
        {
            return CelActivation.LimitExceeded();
        }

        foreach (var key in map.Keys)
        {
            _ = map.TryGet(key, out var value);
            if (entries.Add(key, value) is { IsError: true } failure)
            {
                return failure;
            }
        }

        return CelValue.Null;
    }
}
