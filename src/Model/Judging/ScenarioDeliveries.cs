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
        return [.. spec.Scenarios.Select(scenario =>
        {
            var name = scenario.Key;
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
                HasRequests = HasRequests(spec, scenario.Value),
                Answered = Count(BuiltInMetrics.RequestsAnswered),
                Unanswered = Count(BuiltInMetrics.RequestsUnanswered),
                Unsent = Count(BuiltInMetrics.RequestsUnsent),
                CutOff = Count(BuiltInMetrics.RequestsCutOff),
                TestErrors = Count(BuiltInMetrics.TestErrors),
                UnansweredBecause = Causes(total, BuiltInMetrics.RequestsUnanswered, tags),
                UnsentBecause = Causes(total, BuiltInMetrics.RequestsUnsent, tags),
                Errors = Errors(total, tags),
            };
        })];
    }

    /// <summary>Whether a flow of the scenario has a request, in itself or in a flow that it calls.</summary>
    public static bool HasRequests(LoadTestSpec spec, ScenarioSpec scenario)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<string>(scenario.Mix.Count > 0 ? scenario.Mix.Select(m => m.Flow) : scenario.Exec is { } exec ? [exec] : spec.Flows.Keys.Take(1));
        while (waiting.TryDequeue(out var flow))
        {
            if (!seen.Add(flow) || !spec.Flows.TryGetValue(flow, out var steps))
            {
                continue;
            }

            foreach (var (step, _, _) in StepTree.Of(steps, flow, 0))
            {
                if (step is RequestStep)
                {
                    return true;
                }

                if (step is CallStep call)
                {
                    waiting.Enqueue(call.Flow);
                }
            }
        }

        return false;
    }

    private static List<FailureCause> Causes(Snapshot total, MetricDefinition metric, TagSet scenario) =>
    [
        .. total.Series
            .Where(s => s.Key.Metric == metric && s.Key.Tags.Matches(scenario))
            .Select(s => (Text: Tag(s.Key.Tags, "error"), Code: Tag(s.Key.Tags, "error_code"), Count: (long)Math.Round(((CounterValue)s.Value).Sum)))
            .GroupBy(c => (c.Text, c.Code))
            .Select(g => new FailureCause(g.Key.Text, g.Sum(c => c.Count), g.Key.Code))
            .OrderByDescending(c => c.Count).ThenBy(c => c.Text, StringComparer.Ordinal),
    ];

    /// <summary>
    /// One for each place: what is said there may have a value in it, and be another each time. The most frequent error stands for the others.
    /// </summary>
    private static List<FailureCause> Errors(Snapshot total, TagSet scenario) =>
    [
        .. total.Series
            .Where(s => s.Key.Metric == BuiltInMetrics.TestErrors && s.Key.Tags.Matches(scenario))
            .Select(s => (At: Tag(s.Key.Tags, "at"), Error: Tag(s.Key.Tags, "error"), Count: (long)Math.Round(((CounterValue)s.Value).Sum)))
            .GroupBy(e => e.At, StringComparer.Ordinal)
            .Select(g => new FailureCause(Text(g.Key, [.. g.GroupBy(e => e.Error, StringComparer.Ordinal).Select(e => (e.Key, e.Sum(x => x.Count)))]), g.Sum(e => e.Count)))
            .OrderByDescending(c => c.Count).ThenBy(c => c.Text, StringComparer.Ordinal),
    ];

    private static string Text(string at, List<(string Error, long Count)> errors)
    {
        var named = errors.Where(e => e.Error.Length > 0).OrderByDescending(e => e.Count).ThenBy(e => e.Error, StringComparer.Ordinal).Select(e => e.Error).FirstOrDefault("errors of many kinds");
        return (at.Length == 0 ? named : $"{at}: {named}") + (errors.Count > 1 ? " and the like" : string.Empty);
    }

    private static string Tag(TagSet tags, string key) => tags.TryGet(key, out var value) ? value : string.Empty;
}
