using LoadTesting.Kubernetes.Objects;
using LoadTesting.Kubernetes.Telemetry;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Telemetry;

namespace LoadTesting.Operator.Tests.Telemetry;

public sealed class RunTransitionsTests
{
    private static readonly DateTimeOffset Created = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly MetricRegistry _registry = new();
    private readonly RunMetrics _metrics;

    public RunTransitionsTests() => _metrics = new RunMetrics(_registry);

    [Fact]
    public async Task A_run_is_counted_once_however_often_its_status_is_written()
    {
        var preparing = Run(RunPhase.Preparing, Created.AddSeconds(1));
        var running = Run(RunPhase.Running, Created.AddSeconds(5));
        var evaluating = Run(RunPhase.Evaluating, Created.AddSeconds(25));
        var finished = evaluating with { Status = evaluating.Status with { Phase = RunPhase.Finished, Verdict = "Passed", Reason = "ThresholdsMet" } };

        Move(preparing, running, 5);
        Move(running, running, 6);
        Assert.Contains("loadtest_runners_active 4\n", await _registry.ReadTextAsync(), StringComparison.Ordinal);
        Move(running, running with { Status = running.Status with { Runners = new RunnersStatus { Desired = 4, Lost = 2 } } }, 7);
        Move(running, evaluating, 25, skew: TimeSpan.FromMilliseconds(3));
        Move(evaluating, finished, 27);
        Move(finished, finished, 28);

        var text = await _registry.ReadTextAsync();
        foreach (var line in new[]
        {
            "loadtest_runs_started_total 1", "loadtest_runners_lost_total 2", "loadtest_start_skew_seconds_count 1", "loadtest_runs_active 0", "loadtest_runners_active 0",
            "loadtest_runs_finished_total{reason=\"ThresholdsMet\",verdict=\"Passed\"} 1", "loadtest_run_duration_seconds_sum{verdict=\"Passed\"} 27", "loadtest_verdict_delay_seconds_sum 2",
        })
        {
            Assert.Contains(line + "\n", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_run_that_never_sent_load_has_a_verdict_but_no_delay()
    {
        var queued = Run(RunPhase.Queued, Created);
        Move(queued, queued with { Status = queued.Status with { Phase = RunPhase.Finished, Verdict = "Error", Reason = "InvalidManifest" } }, 1);

        var text = await _registry.ReadTextAsync();
        Assert.Contains("loadtest_runs_finished_total{reason=\"InvalidManifest\",verdict=\"Error\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("loadtest_verdict_delay_seconds_count 0\n", text, StringComparison.Ordinal);
        Assert.Contains("loadtest_runs_started_total 0\n", text, StringComparison.Ordinal);
    }

    private void Move(LoadTestRun before, LoadTestRun after, double seconds, TimeSpan? skew = null) =>
        _metrics.Moved(before, after, skew, Created.AddSeconds(seconds));

    private static LoadTestRun Run(RunPhase phase, DateTimeOffset since) => new()
    {
        Metadata = new ObjectMeta { Name = "r", Namespace = "shop", CreationTimestamp = Created },
        Spec = new LoadTestRunSpec { LoadTestRef = new LoadTestReference { Name = "t" } },
        Status = new LoadTestStatus
        {
            Phase = phase,
            Runners = new RunnersStatus { Desired = 4 },
            Bookkeeping = new Bookkeeping { PhaseTime = since.ToString("O", System.Globalization.CultureInfo.InvariantCulture) },
        },
    };
}
