using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>The base URL.</summary>
internal static class TargetRules
{
    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        if (spec.Target is not { } target)
        {
            return;
        }

        var list = problems.Field("target");
        if (Templates.HasExpression(target))
        {
            list.Add(Urls.Rule, "an expression has no effect here: a target that is given for one run is a plain URL", target);
        }
        else if (Urls.WrongAbsolute(target) is { } wrong)
        {
            list.Add(Urls.Rule, wrong, target, Urls.WithScheme(target));
        }
        else if (target.AsSpan().IndexOfAny('?', '#') is var end and >= 0)
        {
            list.Add(Urls.Rule, $"the target is what URLs of requests are put behind, and has no {(target[end] == '?' ? "query: give the requests one (query: {…})" : "fragment")}", target, target[..end]);
        }
    }
}
