using System.Globalization;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Runner count, and what a cluster needs to know.</summary>
internal static class RunnerRules
{
    /// <summary>More runners than that no plan is tested for.</summary>
    public const int MostRunners = RunnersSpec.MostReplicas;

    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        var replicas = spec.Runners.Replicas;
        var list = problems.Field("runners").Field("replicas");
        var text = replicas.ToString(CultureInfo.InvariantCulture);
        if (replicas is < 1 or > MostRunners)
        {
            list.Add(ProblemRules.Range, $"there can be 1 to {MostRunners} runners", text);
        }
        else if (spec.Scenarios.Count > 0 && spec.Scenarios.Values.Max(MostVUs) is var vus and > 0 && replicas > vus)
        {
            list.Warn("idle-runners", $"there are more runners than VUs: no scenario has more than {vus} at a time, so at least {replicas - vus} runners would idle", text);
        }

        foreach (var (name, value) in new[] { ("passed", spec.History.Passed), ("failed", spec.History.Failed) })
        {
            if (value < 0)
            {
                problems.Field("history").Field(name).Add(ProblemRules.Range, "the value cannot be negative", value.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    private static long MostVUs(ScenarioSpec scenario) => scenario switch
    {
        SharedIterationsScenario s => s.Vus,
        PerVuIterationsScenario s => s.Vus,
        ConstantVusScenario s => s.Vus,
        RampingVusScenario s => s.Stages.Select(t => t.Target).Append(s.StartVUs).Max(),
        ConstantArrivalRateScenario s => s.MaxVUs,
        RampingArrivalRateScenario s => s.MaxVUs,
        _ => 0,
    };
}
