using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>The numbers of a plan that people ask for before they start it.</summary>
public sealed record PlanSummary
{
    /// <summary>When the last iteration can end at the latest, from the start of the load.</summary>
    public required Duration MaxDuration { get; init; }

    /// <summary>Most VUs made before the start, over time; scenarios that follow each other share them.</summary>
    public required int MaxPlannedVUs { get; init; }

    /// <summary>The same with the VUs that arrival-rate scenarios may add.</summary>
    public required int MaxPossibleVUs { get; init; }

    /// <summary>Iterations in all; null when a scenario loops for a time, because then the target decides.</summary>
    public required long? PlannedIterations { get; init; }

    /// <summary>Each scenario, by start time, then name.</summary>
    public required IReadOnlyList<ScenarioSummary> Scenarios { get; init; }

    /// <summary>The whole test.</summary>
    public static PlanSummary Of(LoadTestSpec spec) => Of(Planner.PlanWorker(spec, 0, 1));

    /// <summary>One runner's share.</summary>
    public static PlanSummary Of(WorkerPlan plan)
    {
        var shape = LoadShape.Of(plan);
        var scenarios = plan.Scenarios.Select(ScenarioSummary.Of).ToArray();
        return new PlanSummary
        {
            MaxDuration = plan.MaxDuration,
            MaxPlannedVUs = shape.Select(s => s.PlannedVUs).DefaultIfEmpty().Max(),
            MaxPossibleVUs = shape.Select(s => s.PossibleVUs).DefaultIfEmpty().Max(),
            PlannedIterations = scenarios.Any(s => s.PlannedIterations is null) ? null : scenarios.Sum(s => s.PlannedIterations),
            Scenarios = scenarios,
        };
    }
}

/// <summary>One scenario of a <see cref="PlanSummary"/>.</summary>
/// <param name="Name">Its key in the manifest.</param>
/// <param name="Executor">k6's name of the executor.</param>
/// <param name="Description">One line as k6 words it, e.g. <c>Up to 100 looping VUs for 25s over 3 stages (gracefulRampDown: 0s, gracefulStop: 30s)</c>.</param>
/// <param name="PlannedIterations">Null for executors that loop for a time.</param>
public sealed record ScenarioSummary(string Name, string Executor, string Description, long? PlannedIterations)
{
    /// <summary>The summary of one share.</summary>
    public static ScenarioSummary Of(ScenarioPlan plan) => new(plan.Name, plan.Spec.Executor, ScenarioDescription.Of(plan), plan switch
    {
        SharedIterationsPlan shared => shared.Iterations,
        PerVuIterationsPlan perVu => perVu.MaxVUs * perVu.IterationsPerVu,
        ArrivalRatePlan arrivals => arrivals.Arrivals.Count,
        _ => null,
    });
}
