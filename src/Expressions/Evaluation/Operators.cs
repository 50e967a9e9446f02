using LoadTesting.Expressions.Values;

namespace LoadTesting.Expressions.Evaluation;

/// <summary>
/// A chain of <c>&amp;&amp;</c> or <c>||</c>. One operand that decides makes errors of the others irrelevant, whatever the order.
/// </summary>
/// <param name="deciding">False for and, true for or.</param>
internal sealed class Logical(bool deciding, Evaluator[] operands) : Evaluator
{
    public override CelValue Evaluate(CelActivation activation)
    {
        var failure = CelValue.Null;
        foreach (var operand in operands)
        {
            var value = operand.Evaluate(activation);
            if (value.Kind == CelKind.Bool)
            {
                if ((value.Bits != 0) == deciding)
                {
                    return value;
                }
            }
            else if (!failure.IsError)
            {
                failure = value.IsError ? value : Errors.NoOverload(deciding ? "||" : "&&", value);
            }
        }

        return failure.IsError ? failure : CelValue.Of(!deciding);
    }
}

/// <summary><c>condition ? whenTrue : whenFalse</c>.</summary>
internal sealed class Conditional(Evaluator condition, Evaluator whenTrue, Evaluator whenFalse) : Evaluator
{
    public override CelValue Evaluate(CelActivation activation)
    {
        var value = condition.Evaluate(activation);
        if (value.Kind != CelKind.Bool)
        {
            return value.IsError ? value : Errors.NoOverload("?:", value);
        }

        return value.Bits != 0 ? whenTrue.Evaluate(activation) : whenFalse.Evaluate(activation);
    }
}

/// <summary><c>!x</c>.</summary>
internal sealed class Not(Evaluator operand) : Evaluator
{
    public override CelValue Evaluate(CelActivation activation)
    {
        var value = operand.Evaluate(activation);
        return value.Kind == CelKind.Bool ? CelValue.Of(value.Bits == 0) : value.IsError ? value : Errors.NoOverload("!", value);
    }
}

/// <summary><c>-x</c>.</summary>
internal sealed class Negate(Evaluator operand) : Evaluator
{
    public override CelValue Evaluate(CelActivation activation)
    {
        var value = operand.Evaluate(activation);
        return value.Kind switch
        {
            CelKind.Int => value.Bits == long.MinValue ? Errors.Overflow : CelValue.Of(-value.Bits),
            CelKind.Double => CelValue.Of(-value.AsDouble),
            CelKind.Error => value,
            _ => Errors.NoOverload("-", value),
        };
    }
}

/// <summary><c>==</c> and <c>!=</c>.</summary>
internal sealed class EqualTo(bool expected, Evaluator left, Evaluator right) : Evaluator
{
    public override CelValue Evaluate(CelActivation activation)
    {
        var a = left.Evaluate(activation);
        var b = right.Evaluate(activation);
        if (a.Kind == CelKind.Int && b.Kind == CelKind.Int)
        {
            return CelValue.Of((a.Bits == b.Bits) == expected);
        }

        if (a.IsError || b.IsError)
        {
            return a.IsError ? a : b;
        }

        return activation.TryCharge(Math.Min(a.Weight, b.Weight)) ? CelValue.Of(Equality.CelEqual(a, b) == expected) : CelActivation.LimitExceeded();
    }
}

/// <summary><c>&lt; &lt;= &gt; &gt;=</c>.</summary>
internal sealed class Ordered(string operation, Evaluator left, Evaluator right) : Evaluator
{
    private readonly bool _less = operation[0] == '<';
    private readonly bool _equal = operation.Length == 2;

    public override CelValue Evaluate(CelActivation activation)
    {
        var a = left.Evaluate(activation);
        var b = right.Evaluate(activation);
        if (a.Kind == CelKind.Int && b.Kind == CelKind.Int)
        {
            return Decide(a.Bits.CompareTo(b.Bits));
        }

        if (a.IsError || b.IsError)
        {
            return a.IsError ? a : b;
        }

        if (!activation.TryCharge(Math.Min(a.Weight, b.Weight)))
        {
            return CelActivation.LimitExceeded();
        }

        if (Equality.Compare(a, b) is { } order)
        {
            return Decide(order);
        }

        var areNumbers = a.TryGetNumber(out _) && b.TryGetNumber(out _);
        return areNumbers ? CelValue.False : Errors.NoOverload(operation, a, b);
    }

    private CelValue Decide(int order) => CelValue.Of(order == 0 ? _equal : order < 0 == _less);
}

/// <summary><c>element in collection</c>.</summary>
internal sealed class Membership(Evaluator element, Evaluator collection) : Evaluator
{
    public override CelValue Evaluate(CelActivation activation)
    {
        var value = element.Evaluate(activation);
        var range = collection.Evaluate(activation);
        if (value.IsError || range.IsError)
        {
            return value.IsError ? value : range;
        }

        return range.Kind switch
        {
            CelKind.Map => CelValue.Of(range.AsMap.TryGet(value, out _)),
            CelKind.List => activation.TryCharge(range.Weight) ? CelValue.Of(Contains(range.AsList, value)) : CelActivation.LimitExceeded(),
            _ => Errors.NoOverload("in", value, range),
        };
    }

    private static bool Contains(CelList list, in CelValue value)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (Equality.CelEqual(list[i], value))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary><c>element in [constants]</c>, looked up in a set that was built once. The constants must be scalars.</summary>
internal sealed class ConstantMembership(Evaluator element, CelList constants) : Evaluator
{
    private readonly HashSet<CelValue> _set = [.. Enumerable.Range(0, constants.Count).Select(i => constants[i])];

    public override CelValue Evaluate(CelActivation activation)
    {
        var value = element.Evaluate(activation);
        return value.IsError ? value : CelValue.Of(_set.Contains(value));
    }

    /// <summary>Kinds whose CEL equality is the set's: a number is not, because an int may equal a double.</summary>
    public static bool Suits(CelList constants) =>
        constants.Count > 8 && Enumerable.Range(0, constants.Count).All(i => constants[i].Kind is CelKind.String);
}
