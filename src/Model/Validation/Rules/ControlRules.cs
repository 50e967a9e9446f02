using System.Globalization;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Steps that steer other steps, each on its own.</summary>
internal static class ControlRules
{
    private const string Separator = "::";

    public static void Check(StepSpec step, ProblemList problems)
    {
        switch (step)
        {
            case GroupStep group:
                CheckGroup(group, problems.Field("group"));
                break;
            case RepeatStep repeat:
                CheckRepeat(repeat, problems.Field("repeat"));
                break;
            case OneOfStep choice:
                CheckChoice(choice, problems.Field("oneOf"));
                break;
            case ParallelStep parallel:
                CheckParallel(parallel, problems.Field("parallel"));
                break;
            case StopStep { Reason: "" } stop:
                problems.Field(stop.EndsRun ? "abort" : "fail").Add(ProblemRules.Required, "say why: the reason stands in the log and in the verdict", "");
                break;
            case LogStep { Message: "" }:
                problems.Field("log").Add(ProblemRules.Required, "there is nothing to say", "");
                break;
        }
    }

    private static void CheckGroup(GroupStep group, ProblemList problems)
    {
        if (group.Name.Length == 0 || group.Name.Contains(Separator, StringComparison.Ordinal))
        {
            problems.Field("name").Add(ProblemRules.Name, $"a group's name is not empty and has no '{Separator}', which separates nested groups", group.Name);
        }

        if (Templates.HasExpression(group.Name))
        {
            problems.Field("name").Add("tag", "a group's name is literal: an expression would make a series for every value", group.Name);
        }

        CheckSteps(group.Steps, "group", problems);
    }

    private static void CheckRepeat(RepeatStep repeat, ProblemList problems)
    {
        if (repeat.AtMost is < 1 or > RepeatStep.MostRounds)
        {
            problems.Field("atMost").Add(ProblemRules.Range, $"atMost lies between 1 and {RepeatStep.MostRounds}", repeat.AtMost.Value.ToString(CultureInfo.InvariantCulture));
        }

        if (long.TryParse(repeat.Times, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var times) && times is < 0 or > RepeatStep.MostRounds)
        {
            problems.Field("times").Add(ProblemRules.Range, $"times lies between 0 and {RepeatStep.MostRounds}", repeat.Times);
        }

        if (repeat is { While: not null, AtMost: null })
        {
            problems.Field("atMost").Add(ProblemRules.Required, "a while needs atMost: the loop ends after so many rounds, however the condition turns out");
        }

        if (repeat.As is { } name)
        {
            StepRules.CheckName(name, problems.Field("as"));
        }

        CheckSteps(repeat.Steps, "repeat", problems);
    }

    private static void CheckChoice(OneOfStep choice, ProblemList problems)
    {
        if (choice.Branches.Count == 0)
        {
            problems.Add(ProblemRules.Required, "a oneOf needs at least one branch, as in {weight: 70, flow: browse}");
        }

        for (var i = 0; i < choice.Branches.Count; i++)
        {
            if (choice.Branches[i].Weight is var weight && (!(weight > 0) || !double.IsFinite(weight)))
            {
                problems.Item(i).Field("weight").Add(ProblemRules.Range, "a weight must be above 0", weight.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    private static void CheckParallel(ParallelStep parallel, ProblemList problems)
    {
        if (parallel.Steps.Count == 0)
        {
            problems.Add(ProblemRules.Required, "a parallel needs at least one request");
        }

        for (var i = 0; i < parallel.Steps.Count; i++)
        {
            if (parallel.Steps[i] is not RequestStep)
            {
                problems.Item(i).Add("parallel", "only requests can be sent side by side; what follows from an answer belongs into steps after the parallel");
            }
        }
    }

    private static void CheckSteps(IReadOnlyList<StepSpec> steps, string kind, ProblemList problems)
    {
        if (steps.Count == 0)
        {
            problems.Field("steps").Add(ProblemRules.Required, $"the {kind} has no steps");
        }
    }
}
