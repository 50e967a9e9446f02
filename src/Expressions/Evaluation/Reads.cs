namespace LoadTesting.Expressions.Evaluation;

/// <summary>A variable of the environment.</summary>
internal sealed class VariableRead(int slot) : Evaluator
{
    public int Slot => slot;

    public override CelValue Evaluate(CelActivation activation) => activation.Read(slot);
}

/// <summary>A comprehension's variable.</summary>
internal sealed class LocalRead(int local) : Evaluator
{
    public override CelValue Evaluate(CelActivation activation) => activation.Locals[local];
}

/// <summary><c>cel.bind</c>: evaluated once, read as often as the body says.</summary>
internal sealed class Bind(int local, Evaluator value, Evaluator body) : Evaluator
{
    public override CelValue Evaluate(CelActivation activation)
    {
        activation.Locals[local] = value.Evaluate(activation);
        return body.Evaluate(activation);
    }
}

/// <summary><c>operand.field</c> of a map.</summary>
internal sealed class FieldRead(Evaluator operand, string field) : Evaluator
{
    // Made once: default(json.x, …) meets it as a matter of course.
    private readonly CelValue _missing = Errors.NoSuchKey(CelValue.Of(field));

    public override CelValue Evaluate(CelActivation activation)
    {
        var target = operand.Evaluate(activation);
        if (target.Kind != CelKind.Map)
        {
            return target.IsError ? target : CelValue.Error(CelErrorCode.NoSuchOverload, $"{Errors.KindName(target)} has no field '{field}'");
        }

        return target.AsMap.TryGet(field, out var value) ? value : _missing;
    }
}

/// <summary><c>has(operand.field)</c>.</summary>
internal sealed class FieldTest(Evaluator operand, string field) : Evaluator
{
    public override CelValue Evaluate(CelActivation activation)
    {
        var target = operand.Evaluate(activation);
        if (target.Kind != CelKind.Map)
        {
            return target.IsError ? target : CelValue.Error(CelErrorCode.NoSuchOverload, $"{Errors.KindName(target)} has no field '{field}'");
        }

        return CelValue.Of(target.AsMap.TryGet(field, out _));
    }
}

/// <summary><c>operand[index]</c> of a list or map.</summary>
internal sealed class ElementRead(Evaluator operand, Evaluator index) : Evaluator
{
    public override CelValue Evaluate(CelActivation activation)
    {
        var target = operand.Evaluate(activation);
        if (target.IsError)
        {
            return target;
        }

        var key = index.Evaluate(activation);
        return key.IsError ? key : target.Kind switch
        {
            CelKind.Map => target.AsMap.TryGet(key, out var value) ? value : Errors.NoSuchKey(key),
            CelKind.List => ElementOf(target.AsList, key),
            _ => Errors.NoOverload("[]", target, key),
        };
    }

    private static CelValue ElementOf(CelList list, in CelValue key)
    {
        switch (key.Kind)
        {
            case CelKind.Int or CelKind.UInt:
                return (ulong)key.Bits < (ulong)list.Count ? list[(int)key.Bits] : Errors.Index(key.Bits, list.Count);
            case CelKind.Double when key.AsDouble == Math.Truncate(key.AsDouble):
                return key.AsDouble >= 0 && key.AsDouble < list.Count ? list[(int)key.AsDouble] : Errors.Index((long)key.AsDouble, list.Count);
            default:
                return Errors.Invalid($"a list's index is an int, not {Errors.KindName(key)}");
        }
    }
}
