using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>The base URL.</summary>
internal static class TargetRules
{
    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        if (spec.Target is not { } target || Templates.HasExpression(target))
        {
            return;
        }

        if (Urls.WrongAbsolute(target) is { } wrong)
        {
            problems.Field("target").Add(Urls.Rule, wrong, target, Urls.WithScheme(target));
        }
    }
}
