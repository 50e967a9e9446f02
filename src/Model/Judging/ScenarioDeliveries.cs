using LoadTesting.Metrics;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Judging;

/// <summary>Sets what every scenario did, by its <c>scenario</c> tag, against what was planned for it.</summary>
public static class ScenarioDeliveries
{
    /// <summary>The scenarios in the order of the manifest. An iteration that was begun is completed or interrupted at the end; while the load runs, those in flight are missing.</summary>
    /// <param name="spec">The effective spec; must be valid.</param>
    /// <param name="total">Everything sampled by all runners.</param>
    public static IReadOnlyList<ScenarioDelivery> Of(LoadTestSpec spec, Snapshot total)
    {
        var plan = Planner.PlanWorker(spec, 0, 1);
        var planned = PlanSummary.Of(plan).Scenarios.ToDictionary(s => s.Name, s => s.PlannedIterations, StringComparer.Ordinal);
        var shares = plan.Scenarios.ToDictionary(s => s.Name, StringComparer.Ordinal);
        return [.. spec.Scenarios.Keys.Select(name =>
        {
            var tags = TagSet.Of(("scenario", name));
            long Count(MetricDefinition metric) => total.Select(metric, tags) is CounterValue counter ? (long)Math.Round(counter.Sum) : 0;
            var (completed, interrupted) = (Count(BuiltInMetrics.Iterations), Count(BuiltInMetrics.InterruptedIterations));

            // A scenario that no runner has a share of (nothing to do) plans nothing.
            return new ScenarioDelivery(
                name, planned.TryGetValue(name, out var iterations) ? iterations : 0, completed + interrupted, completed, Count(BuiltInMetrics.DroppedIterations), interrupted)
            {
                // A scenario ends with its unique rows: how long that takes nobody plans. Where the policy is to fail, the run does so for that.
                PlannedVuTime = shares.TryGetValue(name, out var share) && total.Select(BuiltInMetrics.DataExhausted, tags) is null ? PlannedVuTime.Of(share) : null,
                VuTime = total.Select(BuiltInMetrics.VuTime, tags) is CounterValue time ? Duration.FromSeconds(time.Sum) : Duration.Zero,
                VuTimeSlack = new Duration((shares.GetValueOrDefault(name)?.MaxVUs ?? 0) * 500_000_000L),
            };
        })];
    }
}
