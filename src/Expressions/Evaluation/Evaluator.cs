namespace LoadTesting.Expressions.Evaluation;

/// <summary>One node of a compiled expression.</summary>
internal abstract class Evaluator
{
    public abstract CelValue Evaluate(CelActivation activation);
}
