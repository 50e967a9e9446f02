using LoadTesting.Expressions.Evaluation;

namespace LoadTesting.Expressions.Checking;

/// <summary>A checked and compiled node.</summary>
internal readonly record struct Bound(Evaluator Evaluator, CelType Type)
{
    public bool IsConstant => Evaluator is Constant;

    public static Bound Of(in CelValue value, CelType type) => new(new Constant(value), type);
}
