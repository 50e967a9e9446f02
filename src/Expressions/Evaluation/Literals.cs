using LoadTesting.Expressions.Values;

namespace LoadTesting.Expressions.Evaluation;

/// <summary><c>[a, b, …]</c> with at least one element that is not constant.</summary>
internal sealed class ListLiteral(Evaluator[] elements) : Evaluator
{
    public override CelValue Evaluate(CelActivation activation)
    {
        var values = new CelValue[elements.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = elements[i].Evaluate(activation);
            if (values[i].IsError)
            {
                return values[i];
            }
        }

        var list = new ArrayList(values);
        return activation.TryBuild(values.Length, list.Weight) ? CelValue.Of(list) : CelActivation.LimitExceeded();
    }
}

/// <summary><c>{k: v, …}</c>.</summary>
internal sealed class MapLiteral((Evaluator Key, Evaluator Value)[] entries) : Evaluator
{
    public override CelValue Evaluate(CelActivation activation)
    {
        var builder = new MapBuilder(entries.Length);
        foreach (var (keyEvaluator, valueEvaluator) in entries)
        {
            if (builder.Add(keyEvaluator.Evaluate(activation), valueEvaluator.Evaluate(activation)) is { IsError: true } failure)
            {
                return failure;
            }
        }

        return builder.Finish(activation);
    }
}
