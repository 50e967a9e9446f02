using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Judging.Baselines;

namespace LoadTesting.Model.Reporting;

/// <summary>Makes the report of a run. Pure: the same result gives the same report.</summary>
public static class ReportBuilder
{
    /// <summary>The report, of a finished run or of one that goes on.</summary>
    public static RunReport Build(RunResult result)
    {
        var evidence = result.Evidence;
        return new RunReport
        {
            Test = result.Test,
            Run = result.Run,
            Phase = result.Phase,
            Verdict = result.Decision?.Verdict,
            Reason = result.Decision?.Reason,
            Message = result.Decision?.Message ?? result.Message,
            StartTime = result.StartTime,
            EndTime = result.Clock.IsFinal ? result.StartTime + result.Clock.Load.ToTimeSpan() : null,
            Elapsed = result.Clock.Load,
            Runners = result.Runners with
            {
                Lost = Math.Max(result.Runners.Lost, evidence.LostRunners.Count),
                StartSkew = result.Runners.StartSkew ?? evidence.StartSkew,
                Coverage = result.Runners.Coverage ?? HumanFormat.Coverage(evidence.Runners, evidence.LostRunners.DistinctBy(l => l.Index).Count(), evidence.LostShare),
            },
            Tainted = evidence.Tainted,
            Load = Load(result),
            Latency = Latency(result.Total),
            Metrics = MetricReports.Of(result),
            Thresholds = [.. evidence.Thresholds.Select(t => new ThresholdReport
            {
                Metric = t.Metric,
                Expression = t.Expression,
                Observed = t.Observed,
                Unit = t.Unit,
                Ok = t.Ok && !t.Incomplete && !t.DependsOnUnanswered,
                NoData = t.NoData,
                InDoubt = t.Incomplete || (t.Ok && t.DependsOnUnanswered),
                Unanswered = t.Unanswered,
                Message = t.Incomplete ? $"{t.Message} ({t.Unobserved ?? "samples may be missing"})" : t.Message,
            })],
            Scenarios = [.. evidence.Scenarios.Select(s => new ScenarioReport
            {
                Name = s.Name,
                Executor = result.Spec.Scenarios.TryGetValue(s.Name, out var spec) ? spec.Executor : string.Empty,
                Planned = s.Planned,
                Started = s.Started,
                Completed = s.Completed,
                Dropped = s.Dropped,
                Interrupted = s.Interrupted,
                Abandoned = s.Abandoned,
                TestErrors = s.TestErrors,
                Sent = s.Sent,
                Answered = s.Answered,
            })],
            Failures = FailureReport.Of(result.Total),
            Checks = Checks(result.Total),
            LoadShape = result.Spec.Scenarios.Count == 0 ? null : LoadShapeKey.Of(result.Spec),
            Samples = Samples(result),
            Marks = result.Marks,
            Observed = result.Observations?.Queries ?? [],
            Happenings = result.Observations?.Happenings ?? [],
            Series = result.Series,
        };
    }

    private static LoadReport Load(RunResult result)
    {
        var (total, scenarios) = (result.Total, result.Evidence.Scenarios);
        var seconds = result.Clock.Load.Seconds;
        var requests = (total.Select(BuiltInMetrics.HttpReqs) as CounterValue)?.Sum ?? 0;
        var planned = scenarios.Where(s => s.Planned is not null).ToList();
        var due = planned.Sum(s => s.Planned ?? 0);
        return new LoadReport
        {
            Requests = (long)Math.Round(requests),
            Rate = HumanFormat.PerSecond(seconds > 0 ? requests / seconds : 0),
            Failed = HumanFormat.Percent((total.Select(BuiltInMetrics.HttpReqFailed) as RateValue)?.Rate ?? 0),
            Delivered = planned.Count == 0 ? null : HumanFormat.Percent(due == 0 ? 1 : Math.Clamp((double)planned.Sum(s => s.Started - s.TestErrors) / due, 0, 1)),
            Dropped = scenarios.Sum(s => s.Dropped),
            Interrupted = scenarios.Sum(s => s.Interrupted),
            Vus = total.Select(BuiltInMetrics.Vus) is GaugeValue vus ? (long)Math.Round(vus.Max) : 0,
        };
    }

    private static LatencyReport? Latency(Snapshot total)
    {
        if (total.Select(BuiltInMetrics.HttpReqDuration) is not HistogramSnapshot { Count: > 0 } duration)
        {
            return null;
        }

        string Show(double? seconds) => HumanFormat.Time(Observation.InUnit(seconds ?? 0, BuiltInMetrics.HttpReqDuration));
        return new LatencyReport(
            Show(duration.Average), Show(duration.Percentile(50)), Show(duration.Percentile(90)), Show(duration.Percentile(95)), Show(duration.Percentile(99)), Show(duration.Max), duration.OverflowCount);
    }

    private static List<SampleReport> Samples(RunResult result)
    {
        var catalog = MetricCatalog.For(result.Spec);
        return
        [
            .. result.Thresholds.Tracked
                .DistinctBy(s => s.Key, StringComparer.Ordinal)
                .Select(s => (s.Key, Value: catalog.Find(s.Metric) is { } metric && !DerivedMetrics.Contains(metric) ? result.Total.Select(metric, s) : null))
                .Where(s => s.Value is HistogramSnapshot or RateValue or CounterValue)
                .OrderBy(s => s.Key, StringComparer.Ordinal)
                .Select(s => new SampleReport(s.Key, s.Value!)),
        ];
    }

    private static List<CheckReport> Checks(Snapshot total) =>
        [.. total.Series
            .Where(s => s.Key.Metric == BuiltInMetrics.Checks)
            .GroupBy(s => (Group: Tag(s.Key.Tags, "group"), Name: Tag(s.Key.Tags, "check")))
            .OrderBy(g => g.Key.Group, StringComparer.Ordinal).ThenBy(g => g.Key.Name, StringComparer.Ordinal)
            .Select(g => (g.Key, Trues: g.Sum(s => ((RateValue)s.Value).Trues), Total: g.Sum(s => ((RateValue)s.Value).Total)))
            .Select(c => new CheckReport(c.Key.Group, c.Key.Name, c.Trues, c.Total - c.Trues))];

    private static string Tag(TagSet tags, string key) => tags.TryGet(key, out var value) ? value : string.Empty;
}
