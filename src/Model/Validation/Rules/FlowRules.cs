using System.Globalization;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Flows, and which of them scenarios run.</summary>
internal static class FlowRules
{
    private const string Rule = "exec";

    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        if (spec.Flows.Count == 0)
        {
            problems.Field("flows").Add(ProblemRules.Required, "a load test needs at least one flow: a named list of steps");
        }

        foreach (var (name, steps) in spec.Flows)
        {
            var flow = problems.Field("flows").Field(name);
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            {
                flow.Add(ProblemRules.Name, "a flow's name consists of letters, digits, '_' and '-'", name);
            }

            if (steps.Count == 0)
            {
                flow.Add(ProblemRules.Required, $"the flow '{name}' has no steps: its VUs would spin without doing anything");
            }
        }

        foreach (var (name, scenario) in spec.Scenarios)
        {
            CheckChoice(scenario, spec, problems.Field("scenarios").Field(name));
        }
    }

    private static void CheckChoice(ScenarioSpec scenario, LoadTestSpec spec, ProblemList problems)
    {
        if (scenario.Exec is not null && scenario.Mix.Count > 0)
        {
            problems.Field("mix").Add(Rule, "a scenario has exec or mix, not both");
        }

        if (scenario.Exec is { } exec)
        {
            CheckFlow(exec, spec, problems.Field("exec"));
        }

        if (scenario.Exec is null && scenario.Mix.Count == 0 && spec.Flows.Count > 1)
        {
            problems.Field("exec").Add(Rule, $"there are several flows ({string.Join(", ", spec.Flows.Keys)}): exec or mix must say which the scenario runs");
        }

        for (var i = 0; i < scenario.Mix.Count; i++)
        {
            var entry = problems.Field("mix").Item(i);
            CheckFlow(scenario.Mix[i].Flow, spec, entry.Field("flow"));
            if (!(scenario.Mix[i].Weight > 0) || !double.IsFinite(scenario.Mix[i].Weight))
            {
                entry.Field("weight").Add(ProblemRules.Range, "a weight must be above 0", scenario.Mix[i].Weight.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>That there is a flow of the name.</summary>
    public static void CheckFlow(string name, LoadTestSpec spec, ProblemList problems)
    {
        if (name.Length == 0)
        {
            problems.Add(Rule, "the flow's name is empty", name);
        }
        else if (!spec.Flows.ContainsKey(name))
        {
            var there = spec.Flows.Count == 0 ? "there are no flows" : $"there are {string.Join(", ", spec.Flows.Keys)}";
            problems.Add(Rule, $"there is no flow '{name}'; {there}", name, Nearest.To(name, spec.Flows.Keys));
        }
    }
}
