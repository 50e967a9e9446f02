using System.Text.RegularExpressions;
using LoadTesting.Expressions.Functions;

namespace LoadTesting.Expressions.Evaluation;

/// <summary><c>text.matches('constant')</c>: the pattern was compiled with the expression.</summary>
internal sealed class PatternMatch(Evaluator text, Regex pattern) : Evaluator
{
    public override CelValue Evaluate(CelActivation activation)
    {
        var value = text.Evaluate(activation);
        return value.Kind switch
        {
            CelKind.String => RegularExpressions.Matches(activation, value.Text, pattern),
            CelKind.Error => value,
            _ => Errors.NoOverload("matches", value),
        };
    }
}
