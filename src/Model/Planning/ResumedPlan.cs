using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>
/// What a replacement of a lost runner does: the same share from an instant on. Arrivals due before it are not made up for; VUs are those that the plan has from then on.
/// A scenario that has begun and whose iterations, or whose unique rows, only the lost runner could count is left out, because nobody knows which of them it had used:
/// nothing is run twice, and what is missing is stated as lost coverage.
/// </summary>
public static class ResumedPlan
{
    /// <summary>The rest of a plan.</summary>
    /// <param name="plan">A runner's share.</param>
    /// <param name="spec">The effective spec that it is a share of.</param>
    /// <param name="offset">From when on, since T0; not above zero = the whole plan.</param>
    public static WorkerPlan From(WorkerPlan plan, LoadTestSpec spec, Duration offset)
    {
        if (offset <= Duration.Zero)
        {
            return plan;
        }

        var uncountable = Uncountable(spec);
        var scenarios = plan.Scenarios.Select(s => From(s, uncountable, offset - s.Spec.StartTime)).OfType<ScenarioPlan>().ToArray();
        return plan with { Scenarios = scenarios, ResumeAt = offset, MaxDuration = scenarios.Select(s => s.Spec.StartTime + s.EndOffset).DefaultIfEmpty().Max() };
    }

    /// <summary>
    /// Names of the scenarios that nobody can take up again once they have begun: those of counted iterations, and VUs that loop over unique rows, a row per iteration. A feeder
    /// whose rows may be used again is no obstacle, nor are rows that belong to VUs: a VU of the replacement is the VU that was lost, and keeps its row.
    /// </summary>
    internal static IReadOnlySet<string> Uncountable(LoadTestSpec spec)
    {
        var spent = spec.Data.Where(d => d.OnExhausted != ExhaustionPolicy.Wrap).SelectMany(d => FeederShare.Of(spec, d).Keys).ToHashSet(StringComparer.Ordinal);
        return spec.Scenarios.Where(s => s.Value switch
        {
            SharedIterationsScenario or PerVuIterationsScenario => true,
            ConstantVusScenario or RampingVusScenario => spent.Contains(s.Key),
            // An arrival has its number, hence its row, from the instant at which it is due.
            _ => false,
        }).Select(s => s.Key).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Null when nothing is left to do.</summary>
    private static ScenarioPlan? From(ScenarioPlan plan, IReadOnlySet<string> uncountable, Duration own) =>
        own <= Duration.Zero ? plan
        : own >= plan.RegularDuration || uncountable.Contains(plan.Name) ? null
        : plan with { ResumeAt = own };
}
