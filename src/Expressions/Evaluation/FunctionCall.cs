using System.Runtime.CompilerServices;

namespace LoadTesting.Expressions.Evaluation;

/// <summary>A call; the overload is chosen by the arguments' kinds at each evaluation, from those the checker left.</summary>
internal sealed class FunctionCall(string name, CelFunction[] overloads, Evaluator[] arguments) : Evaluator
{
    private readonly bool _seesErrors = overloads.Any(o => o.SeesErrors);

    /// <summary>Writes the value without making a string; null where that is not possible.</summary>
    public CelTextWriter? Writer { get; } = arguments.Length == 0 && overloads is [{ Writer: { } writer }] ? writer : null;

    public override CelValue Evaluate(CelActivation activation)
    {
        if (!activation.TryCharge(1))
        {
            return CelActivation.LimitExceeded();
        }

        var few = default(FewValues);
        var values = arguments.Length <= FewValues.Capacity ? ((Span<CelValue>)few)[..arguments.Length] : new CelValue[arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i].Evaluate(activation);
            if (values[i].IsError && !_seesErrors)
            {
                return values[i];
            }
        }

        foreach (var overload in overloads)
        {
            if (Accepts(overload, values))
            {
                return overload.Body(activation, values);
            }
        }

        return NoOverload(values);
    }

    /// <summary>Whether the kinds fit; elements of lists and maps are the function's own to check.</summary>
    public static bool Accepts(CelFunction overload, ReadOnlySpan<CelValue> values)
    {
        var parameters = overload.Parameters;
        if (values.Length != parameters.Count && !(overload.IsVariadic && values.Length > parameters.Count))
        {
            return false;
        }

        for (var i = 0; i < values.Length; i++)
        {
            var kind = parameters[Math.Min(i, parameters.Count - 1)].Kind;
            if (kind is not null && kind != values[i].Kind)
            {
                return false;
            }
        }

        return true;
    }

    private CelValue NoOverload(ReadOnlySpan<CelValue> values)
    {
        var kinds = new List<string>(values.Length);
        foreach (ref readonly var value in values)
        {
            kinds.Add(Errors.KindName(value));
        }

        return CelValue.Error(CelErrorCode.NoSuchOverload, $"{name}() has no meaning for ({string.Join(", ", kinds)})");
    }

    /// <summary>Room for the arguments of every usual call on the stack.</summary>
    [InlineArray(Capacity)]
    private struct FewValues
    {
        public const int Capacity = 4;

        private CelValue _first;
    }
}
