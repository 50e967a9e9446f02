using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation.Rules;

namespace LoadTesting.Model.Validation;

/// <summary>
/// Checks a valid test once more when its inputs are known: columns that a feeder's file does not have, variables of the environment without a value.
/// </summary>
public static class InputRules
{
    /// <summary>Everything that would fail in each iteration; nothing where all is well.</summary>
    /// <param name="spec">Valid.</param>
    /// <param name="inputs">What was read.</param>
    public static IReadOnlyList<Problem> Check(LoadTestSpec spec, KnownInputs inputs)
    {
        var problems = new List<Problem>();
        ExpressionRules.Check(spec, new ProblemList("spec", problems), inputs);
        return [.. problems.Distinct()];
    }
}
