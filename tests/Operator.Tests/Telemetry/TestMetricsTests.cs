using System.Reflection;
using LoadTesting.Kubernetes.Telemetry;
using LoadTesting.Model.Judging;
using LoadTesting.Operator.Telemetry;

namespace LoadTesting.Operator.Tests.Telemetry;

public sealed class TestMetricsTests
{
    private static readonly DateTimeOffset At = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly MetricRegistry _registry = new();
    private readonly TestMetrics _tests;

    public TestMetricsTests() => _tests = new TestMetrics(_registry);

    [Fact]
    public async Task A_tests_counters_are_0_from_its_first_run_on_so_that_an_alert_sees_the_first_failure()
    {
        _tests.Going(new("shop", "gate-1"), "gate");
        await SeeAsync("loadtest_test_runs_finished_total{namespace=\"shop\",test=\"gate\",verdict=\"Failed\"} 0", "loadtest_test_runs_active{namespace=\"shop\",test=\"gate\"} 1");
        Assert.Equal(Enum.GetValues<Verdict>().Length, (await LinesAsync("loadtest_test_runs_finished_total{")).Count);
        Assert.Empty(await LinesAsync("loadtest_test_last_verdict{"));

        _tests.Judged(new("shop", "gate-1"), "gate", Verdict.Failed, At, isNew: true);
        await SeeAsync(
            "loadtest_test_runs_finished_total{namespace=\"shop\",test=\"gate\",verdict=\"Failed\"} 1",
            "loadtest_test_last_verdict{namespace=\"shop\",test=\"gate\",verdict=\"Failed\"} 1",
            "loadtest_test_last_verdict{namespace=\"shop\",test=\"gate\",verdict=\"Passed\"} 0",
            $"loadtest_test_last_finished_timestamp_seconds{{namespace=\"shop\",test=\"gate\"}} {At.ToUnixTimeSeconds()}",
            "loadtest_test_runs_active{namespace=\"shop\",test=\"gate\"} 0");
    }

    [Fact]
    public async Task A_process_that_finds_finished_runs_shows_the_newest_and_counts_none()
    {
        _tests.Judged(new("shop", "gate-2"), "gate", Verdict.Passed, At.AddHours(1), isNew: false);
        _tests.Judged(new("shop", "gate-1"), "gate", Verdict.Failed, At, isNew: false);
        await SeeAsync("loadtest_test_last_verdict{namespace=\"shop\",test=\"gate\",verdict=\"Passed\"} 1", "loadtest_test_runs_finished_total{namespace=\"shop\",test=\"gate\",verdict=\"Failed\"} 0");
    }

    [Fact]
    public async Task Series_go_with_the_last_run_of_their_test()
    {
        _tests.Going(new("shop", "gate-1"), "gate");
        _tests.Going(new("shop", "gate-2"), "gate");
        _tests.Going(new("else", "gate-1"), "gate");
        _tests.Gone(new("shop", "gate-1"));
        _tests.Gone(new("shop", "gate-1"));
        _tests.Gone(new("shop", "unknown"));
        Assert.Equal(2, (await LinesAsync("loadtest_test_runs_active{")).Count);
        _tests.Gone(new("shop", "gate-2"));
        Assert.Equal("loadtest_test_runs_active{namespace=\"else\",test=\"gate\"} 1", Assert.Single(await LinesAsync("loadtest_test_runs_active{")));
    }

    [Fact]
    public async Task However_many_tests_there_are_the_series_are_bounded_and_a_test_that_runs_keeps_its_own()
    {
        _tests.Going(new("shop", "runs-1"), "runs");
        for (var i = 0; i < 1000; i++)
        {
            _tests.Judged(new("shop", $"t{i}-1"), $"t{i}", Verdict.Passed, At, isNew: true);
        }

        Assert.Equal(TestMetrics.MostTests, (await LinesAsync("loadtest_test_runs_active{")).Count);
        Assert.True((await LinesAsync("loadtest_test_runs_finished_total{")).Count <= MetricRegistry.SeriesLimit);
        Assert.True((await LinesAsync("loadtest_test_last_verdict{")).Count <= MetricRegistry.SeriesLimit);
        Assert.DoesNotContain("loadtest_metrics_refused_series_total{", await _registry.ReadTextAsync(), StringComparison.Ordinal);
        await SeeAsync("loadtest_test_runs_active{namespace=\"shop\",test=\"runs\"} 1", "loadtest_test_runs_active{namespace=\"shop\",test=\"t999\"} 0", "loadtest_test_metrics_left_out_total 851");
    }

    [Fact]
    public async Task Every_counter_has_its_first_sample_before_anything_happens()
    {
        _ = new RunMetrics(_registry);
        await SeeAsync(
            "loadtest_runs_started_total 0", "loadtest_runners_lost_total 0", "loadtest_runner_scrapes_total{result=\"error\"} 0", "loadtest_runner_scrapes_total{result=\"success\"} 0",
            "loadtest_admission_reviews_total{kind=\"LoadTest\",result=\"denied\"} 0", "loadtest_runs_finished_total{reason=\"ThresholdsFailed\",verdict=\"Failed\"} 0",
            "loadtest_test_metrics_left_out_total 0");
        var known = VerdictReasons.All.Select(p => p.Reason).ToHashSet();
        Assert.Empty(typeof(Reasons).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetValue(null)!).Except(known));
        Assert.Equal(Enum.GetValues<Verdict>(), VerdictReasons.All.Select(p => p.Verdict).Distinct().Order());
        Assert.Equal(VerdictReasons.All.Count(), VerdictReasons.All.Distinct().Count());
    }

    private async Task<List<string>> LinesAsync(string start) => [.. (await _registry.ReadTextAsync()).Split('\n').Where(l => l.StartsWith(start, StringComparison.Ordinal))];

    private async Task SeeAsync(params string[] lines)
    {
        var text = await _registry.ReadTextAsync();
        Assert.All(lines, line => Assert.Contains(line + "\n", text, StringComparison.Ordinal));
    }
}
