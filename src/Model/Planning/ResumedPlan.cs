using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>
/// What a replacement of a lost runner does: the same share from an instant on. Arrivals due before it are not made up for; VUs are those that the plan has from then on.
/// A scenario of counted iterations that has begun is left out, because nobody knows which of them its predecessor ran: nothing is run twice, and what is missing
/// is stated as lost coverage.
/// </summary>
public static class ResumedPlan
{
    /// <summary>The rest of a plan.</summary>
    /// <param name="plan">A runner's share.</param>
    /// <param name="offset">From when on, since T0; not above zero = the whole plan.</param>
    public static WorkerPlan From(WorkerPlan plan, Duration offset)
    {
        if (offset <= Duration.Zero)
        {
            return plan;
        }

        var scenarios = plan.Scenarios.Select(s => From(s, offset - s.Spec.StartTime)).OfType<ScenarioPlan>().ToArray();
        return plan with { Scenarios = scenarios, ResumeAt = offset, MaxDuration = scenarios.Select(s => s.Spec.StartTime + s.EndOffset).DefaultIfEmpty().Max() };
    }

    /// <summary>Null when nothing is left to do.</summary>
    private static ScenarioPlan? From(ScenarioPlan plan, Duration own) =>
        own <= Duration.Zero ? plan
        : own >= plan.RegularDuration || plan is SharedIterationsPlan or PerVuIterationsPlan ? null
        : plan with { ResumeAt = own };
}
