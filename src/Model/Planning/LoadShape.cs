using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>From <see cref="Offset"/> (from the start of the load) on, the VUs that all scenarios of a plan need together.</summary>
/// <param name="Offset">From the start of the load.</param>
/// <param name="PlannedVUs">Made before the load starts.</param>
/// <param name="PossibleVUs">With those that arrival-rate scenarios may add up to their maxVUs.</param>
public readonly record struct LoadStep(Duration Offset, int PlannedVUs, int PossibleVUs);

/// <summary>The VUs that a plan needs over time, graceful periods included (k6-semantics 1.11).</summary>
public static class LoadShape
{
    /// <summary>
    /// The steps in order of time. Two may have the same offset: a scenario that jumps up and down at one instant needs its peak there.
    /// </summary>
    public static IReadOnlyList<LoadStep> Of(WorkerPlan plan)
    {
        var changes = new List<(Duration Offset, int Scenario, Need Need)>();
        for (var i = 0; i < plan.Scenarios.Count; i++)
        {
            foreach (var (offset, need) in NeedsOf(plan.Scenarios[i]))
                changes.Add((plan.Scenarios[i].Spec.StartTime + offset, i, need));
        }

        var current = new Need[plan.Scenarios.Count];
        var steps = new List<LoadStep>();
        foreach (var instant in changes.GroupBy(c => c.Offset).OrderBy(g => g.Key))
        {
            var peaks = (Need[])current.Clone();
            foreach (var ofScenario in instant.GroupBy(c => c.Scenario))
            {
                peaks[ofScenario.Key] = new(ofScenario.Max(c => c.Need.Planned), ofScenario.Max(c => c.Need.Possible));
                current[ofScenario.Key] = ofScenario.Last().Need;
            }

            AddWhereDifferent(steps, instant.Key, peaks);
            AddWhereDifferent(steps, instant.Key, current);
        }

        return steps;
    }

    private static void AddWhereDifferent(List<LoadStep> steps, Duration offset, Need[] needs)
    {
        var step = new LoadStep(offset, Sum(needs.Select(n => n.Planned)), Sum(needs.Select(n => n.Possible)));
        if (steps.Count == 0 || steps[^1] with { Offset = offset } != step)
        {
            steps.Add(step);
        }
    }

    private static int Sum(IEnumerable<int> values) => (int)Math.Min(int.MaxValue, values.Sum(v => (long)v));

    private static IEnumerable<(Duration Offset, Need Need)> NeedsOf(ScenarioPlan plan) => plan switch
    {
        RampingVusPlan ramping => ramping.ReservedSteps.Select(s => (s.Offset, new Need(s.Vus, s.Vus))),
        ArrivalRatePlan arrivals => [(Duration.Zero, new(arrivals.PreAllocatedVUs, arrivals.MaxVUs)), (arrivals.EndOffset, default)],
        _ => [(Duration.Zero, new(plan.MaxVUs, plan.MaxVUs)), (plan.EndOffset, default)],
    };

    private readonly record struct Need(int Planned, int Possible);
}
