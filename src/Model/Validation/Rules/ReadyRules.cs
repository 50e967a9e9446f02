using LoadTesting.Expressions;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>What a run waits for.</summary>
internal static class ReadyRules
{
    private static readonly string[] Kinds = ["Deployment", "StatefulSet", "DaemonSet"];
    private static readonly Duration ShortestInterval = Duration.FromMilliseconds(10);

    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        if (spec.Ready is not { } ready)
        {
            return;
        }

        problems = problems.Field("ready");
        if (ready.Timeout <= Duration.Zero)
        {
            problems.Field("timeout").Add(ProblemRules.Range, "the deadline must be above 0", ready.Timeout.ToString());
        }

        if (ready.Http.Count + ready.Rollouts.Count == 0)
        {
            problems.Add(ProblemRules.Required, "nothing to wait for: give http or rollouts");
        }

        var scope = ExpressionScopes.For(spec);
        for (var i = 0; i < ready.Http.Count; i++)
        {
            var (request, item) = (ready.Http[i], problems.Field("http").Item(i));
            if (request.Interval < ShortestInterval)
            {
                item.Field("interval").Add(ProblemRules.Range, $"the interval must be at least {ShortestInterval}", request.Interval.ToString());
            }

            foreach (var issue in CelTemplate.Compile(request.Url, scope).Issues)
            {
                problems.All.Add(new Problem(item.Field("url").Path, "expression", TestScopes.Explained(request.Url, issue)) { Value = request.Url, Suggestion = issue.Suggestion, Offset = issue.Offset });
            }

            if (spec.Target is null && !request.Url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && !request.Url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && !request.Url.StartsWith("${", StringComparison.Ordinal))
            {
                item.Field("url").Add("url", "the test has no target, so the URL must be absolute", request.Url);
            }
        }

        for (var i = 0; i < ready.Rollouts.Count; i++)
        {
            var (workload, item) = (ready.Rollouts[i], problems.Field("rollouts").Item(i));
            if (!Kinds.Contains(workload.Kind, StringComparer.Ordinal))
            {
                item.Field("kind").Add(ProblemRules.Choice, $"kind is {string.Join(", ", Kinds[..^1])} or {Kinds[^1]}", workload.Kind, Nearest.To(workload.Kind, Kinds));
            }

            if (!workload.Name.Split('.').All(NameRules.IsLabel))
            {
                item.Field("name").Add(ProblemRules.Name, "this is not the name of a Kubernetes object", workload.Name);
            }
        }
    }
}
