using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Collecting;

/// <summary>
/// What became of each scenario's plan, counted from the merged metrics alone: the numbers travel the same way from a Pod as within a process, and a
/// runner that died has its part of them in its last snapshot.
/// </summary>
public static class DeliveryCount
{
    /// <summary>Planned iterations of each scenario over all runners; null where only VUs and time are planned.</summary>
    public static IReadOnlyDictionary<string, long?> Planned(LoadTestSpec spec)
    {
        var planned = spec.Scenarios.Keys.ToDictionary(name => name, _ => (long?)null, StringComparer.Ordinal);
        foreach (var scenario in Planner.PlanWorker(spec, 0, 1).Scenarios)
        {
            planned[scenario.Name] = scenario switch
            {
                SharedIterationsPlan shared => shared.Iterations,
                PerVuIterationsPlan perVu => perVu.IterationsPerVu * perVu.MaxVUs,
                ArrivalRatePlan arrivals => arrivals.Arrivals.Count,
                _ => null,
            };
        }

        return planned;
    }

    /// <summary>The deliveries, in the manifest's order. Iterations still in flight are not counted as started yet.</summary>
    public static IReadOnlyList<ScenarioDelivery> Of(LoadTestSpec spec, IReadOnlyDictionary<string, long?> planned, Snapshot total) =>
    [
        .. spec.Scenarios.Keys.Select(name =>
        {
            var tags = TagSet.Of(("scenario", name));
            var completed = Count(total, BuiltInMetrics.Iterations, tags);
            var interrupted = Count(total, BuiltInMetrics.InterruptedIterations, tags);
            var dropped = Count(total, BuiltInMetrics.DroppedIterations, tags);
            return new ScenarioDelivery(name, planned[name], completed + interrupted, completed, dropped, interrupted);
        }),
    ];

    private static long Count(Snapshot total, MetricDefinition metric, TagSet tags) =>
        total.Select(metric, tags) is CounterValue counter ? (long)Math.Round(counter.Sum) : 0;
}
