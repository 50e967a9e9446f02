using LoadTesting.Model.Planning;

namespace LoadTesting.Runner.Engine;

/// <summary>How many VUs a plan needs at one time: the maximum over time of the scenarios' sum, not the sum of their maxima.</summary>
internal static class PlannedVUs
{
    public static int Of(WorkerPlan plan)
    {
        var changes = new List<(long At, int Change)>();
        foreach (var scenario in plan.Scenarios)
        {
            var start = scenario.Spec.StartTime.Nanoseconds;
            var vus = 0;
            foreach (var step in Steps(scenario))
            {
                changes.Add((start + step.Offset.Nanoseconds, step.Vus - vus));
                vus = step.Vus;
            }
        }

        // What is given back at an instant can be taken at the same instant.
        int now = 0, most = 0;
        foreach (var (_, change) in changes.OrderBy(c => c.At).ThenBy(c => c.Change)) most = Math.Max(most, now += change);
        return most;
    }

    private static IEnumerable<VuStep> Steps(ScenarioPlan plan) => plan switch
    {
        RampingVusPlan ramping => ramping.ReservedSteps,
        ArrivalRatePlan arrivals => [new VuStep(default, arrivals.PreAllocatedVUs), new VuStep(plan.EndOffset, 0)],
        _ => [new VuStep(default, plan.MaxVUs), new VuStep(plan.EndOffset, 0)],
    };
}
