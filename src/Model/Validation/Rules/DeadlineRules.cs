using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Deadlines within their ranges.</summary>
internal static class DeadlineRules
{
    private static readonly Duration Longest = Duration.FromSeconds(7 * 24 * 3600);

    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        var deadlines = spec.Deadlines;
        var list = problems.Field("deadlines");
        foreach (var (name, time) in new[]
        {
            ("queue", deadlines.Queue), ("obstacle", deadlines.Obstacle), ("ready", deadlines.Ready), ("setup", deadlines.Setup), ("evaluate", deadlines.Evaluate),
        })
        {
            if (time is { } given && (given <= Duration.Zero || given > Longest))
            {
                list.Field(name).Add(ProblemRules.Range, $"{name} must be longer than 0 and not longer than 7 days", given.ToString());
            }
        }

        if (deadlines is { Obstacle: { } obstacle, Ready: { } ready } && ready < obstacle)
        {
            list.Field("ready").Add(ProblemRules.Range, $"ready must not be shorter than obstacle ({obstacle}): runners cannot be ready before what keeps them from starting has passed", ready.ToString());
        }
    }
}
