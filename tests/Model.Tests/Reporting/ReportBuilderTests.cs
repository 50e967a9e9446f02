using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Tests.Judging;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Tests.Reporting;

public sealed class ReportBuilderTests
{
    private static readonly LoadTestSpec Spec = new()
    {
        Flows = new([KeyValuePair.Create<string, IReadOnlyList<StepSpec>>("f", [new RequestStep { Url = "/", Record = [new() { Metric = "orders", Type = CustomMetricType.Counter }] }])]),
        Scenarios = new(
        [
            KeyValuePair.Create<string, ScenarioSpec>("steady", new ConstantArrivalRateScenario { Rate = 10, Duration = Duration.FromSeconds(10), PreAllocatedVUs = 5, MaxVUs = 5 }),
            KeyValuePair.Create<string, ScenarioSpec>("loop", new ConstantVusScenario { Vus = 2, Duration = Duration.FromSeconds(10) }),
            KeyValuePair.Create<string, ScenarioSpec>("fixed", new PerVuIterationsScenario { Vus = 3, Iterations = 4 }),
        ]),
        Thresholds = new(
        [
            KeyValuePair.Create<string, IReadOnlyList<ThresholdSpec>>("http_req_duration{name:order}", [new("p(99.9)<500"), new("p(95)<1")]),
            KeyValuePair.Create<string, IReadOnlyList<ThresholdSpec>>("orders{name:none}", []),
        ]),
    };

    [Fact]
    public void A_report_has_the_load_in_short()
    {
        var report = ReportBuilder.Build(Result());
        Assert.Equal(new LoadReport { Requests = 160, Rate = "16/s", Failed = "1.25%", Delivered = "97.32%", Dropped = 3, Interrupted = 1, Vus = 9 }, report.Load);
        Assert.Equal("4ms", report.Latency!.Max);
        Assert.Equal((Verdict.Failed, Reasons.ThresholdsFailed), (report.Verdict, report.Reason));
        Assert.Equal(new DateTimeOffset(2024, 1, 1, 0, 0, 10, TimeSpan.Zero), report.EndTime);
    }

    [Fact]
    public void Scenarios_are_set_against_their_plan()
    {
        Assert.Equal(
            [
                new ScenarioReport { Name = "steady", Executor = "constant-arrival-rate", Planned = 100, Started = 97, Completed = 96, Dropped = 3, Interrupted = 1 },
                new ScenarioReport { Name = "loop", Executor = "constant-vus", Started = 50, Completed = 50 },
                new ScenarioReport { Name = "fixed", Executor = "per-vu-iterations", Planned = 12, Started = 12, Completed = 12 },
            ],
            ReportBuilder.Build(Result()).Scenarios);
    }

    [Fact]
    public void Checks_are_listed_by_group_and_name()
    {
        Assert.Equal([new CheckReport("", "ok", 158, 2), new CheckReport("::shop", "sold", 3, 1)], ReportBuilder.Build(Result()).Checks);
    }

    [Fact]
    public void Metrics_are_broken_down_and_every_threshold_finds_its_line()
    {
        var metrics = ReportBuilder.Build(Result()).Metrics;
        Assert.Equal(
            [
                "checks", "dropped_iterations", "dropped_iterations{scenario:steady}",
                "http_req_duration", "http_req_duration{expected_response:true}", "http_req_duration{name:order}", "http_req_duration{name:page}", "http_req_duration{scenario:steady}",
                "http_req_failed", "http_reqs", "http_reqs{scenario:loop}", "http_reqs{scenario:steady}", "interrupted_iterations",
                "iterations", "iterations{scenario:fixed}", "iterations{scenario:loop}", "iterations{scenario:steady}",
                "orders", "orders{name:none}", "vus",
            ],
            metrics.Select(m => m.Name));
        var order = metrics.Single(m => m.Name == "http_req_duration{name:order}");
        Assert.Equal("count avg min med p90 p95 p99 p99.9 max", string.Join(' ', order.Values.Keys));
        Assert.Equal(("trend", "ms", 3.0, 3.0), (order.Type, order.Unit, order.Values["min"], order.Values["count"]));
        Assert.Equal([KeyValuePair.Create("count", 160.0), KeyValuePair.Create("rate", 16.0)], metrics.Single(m => m.Name == "http_reqs").Values);
        Assert.Equal([KeyValuePair.Create("count", 0.0), KeyValuePair.Create("rate", 0.0)], metrics.Single(m => m.Name == "orders{name:none}").Values);
        Assert.Equal(["value", "min", "max"], metrics.Single(m => m.Name == "vus").Values.Keys);
        Assert.Equal(["rate", "passes", "fails"], metrics.Single(m => m.Name == "checks").Values.Keys);
    }

    [Fact]
    public void Thresholds_keep_what_was_observed()
    {
        var thresholds = ReportBuilder.Build(Result()).Thresholds;
        Assert.Equal([("p(99.9)<500", true), ("p(95)<1", false)], thresholds.Select(t => (t.Expression, t.Ok)));
        Assert.Equal("ms", thresholds[1].Unit);
        Assert.Contains("limit 1 ms", thresholds[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_of_a_run_without_any_data_is_a_report()
    {
        var report = ReportBuilder.Build(new RunResult { Test = "x", Spec = Spec, Phase = RunPhase.Running, Message = "starting" });
        Assert.Null(report.Latency);
        Assert.Null(report.Verdict);
        Assert.Null(report.EndTime);
        Assert.Equal("starting", report.Message);
        Assert.Empty(report.Metrics);
        Assert.NotNull(RunReportReader.Read(RunReportJson.Write(report), out _));
    }

    [Fact]
    public void The_report_of_real_data_survives_JSON_and_prints()
    {
        var report = ReportBuilder.Build(Result());
        var read = RunReportReader.Read(RunReportJson.Write(report), out var error);
        Assert.Null(error);
        Assert.Equal(SummaryText.Lines(report, full: true).Select(l => l.ToString()), SummaryText.Lines(read!, full: true).Select(l => l.ToString()));
        Assert.Equal(RunReportJson.Write(report), RunReportJson.Write(ReportBuilder.Build(Result())));
    }

    private static RunResult Result()
    {
        var total = new Samples()
            .Count(BuiltInMetrics.HttpReqs, 110, "scenario:steady").Count(BuiltInMetrics.HttpReqs, 50, "scenario:loop")
            .Rate(BuiltInMetrics.HttpReqFailed, 2, 160)
            .Trend(BuiltInMetrics.HttpReqDuration, "expected_response:true,name:order,scenario:steady", 3, 3.5, 4)
            .Trend(BuiltInMetrics.HttpReqDuration, "expected_response:true,name:page", 1, 2)
            .Rate(BuiltInMetrics.Checks, 158, 160, "check:ok").Rate(BuiltInMetrics.Checks, 3, 4, "check:sold,group:::shop")
            .Count(BuiltInMetrics.Iterations, 96, "scenario:steady").Count(BuiltInMetrics.Iterations, 50, "scenario:loop").Count(BuiltInMetrics.Iterations, 12, "scenario:fixed")
            .Count(BuiltInMetrics.DroppedIterations, 3, "scenario:steady").Count(BuiltInMetrics.InterruptedIterations, 1, "scenario:steady")
            .Count(MetricCatalog.For(Spec).Find("orders")!, 7, "name:order")
            .Gauge(BuiltInMetrics.Vus, 1, 9, 2)
            .Snapshot;
        var clock = new RunClock(Duration.FromSeconds(10), IsFinal: true);
        var problems = new List<Problem>();
        var thresholds = ThresholdRules.Compile(Spec, "spec.thresholds", problems);
        Assert.Empty(problems);
        var evidence = new RunEvidence { Thresholds = ThresholdEvaluator.Evaluate(thresholds.Thresholds, total, clock), Scenarios = ScenarioDeliveries.Of(Spec, total) };
        return new RunResult
        {
            Test = "x",
            Spec = Spec,
            Total = total,
            Clock = clock,
            Thresholds = thresholds,
            Evidence = evidence,
            Decision = VerdictRule.Decide(evidence),
            StartTime = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero),
            Runners = new() { Desired = 2, Ready = 2 },
        };
    }
}
