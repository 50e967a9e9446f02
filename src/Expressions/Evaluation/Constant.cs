namespace LoadTesting.Expressions.Evaluation;

/// <summary>A value known when the expression was compiled.</summary>
internal sealed class Constant(CelValue value) : Evaluator
{
    public CelValue Value => value;

    public override CelValue Evaluate(CelActivation activation) => value;
}
