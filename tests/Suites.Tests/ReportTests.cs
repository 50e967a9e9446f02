using System.Text.Json;
using LoadTesting.Runner.Target;

namespace LoadTesting.Suites.Tests;

/// <summary>What a suite's people read afterwards: the summary, the report, second by second, and what failed of what.</summary>
public sealed class ReportTests(ReportTests.Runs runs) : IClassFixture<ReportTests.Runs>
{
    /// <summary>One good and one bad run, made once.</summary>
    public sealed class Runs : IAsyncLifetime
    {
        private static readonly Scaling Conversations = new() { Time = 1 / 60.0, Load = 1 / 400.0, Latency = 3, Pauses = 0.03, Thresholds = [("conversations", "count>9500", "count>15")] };

        public SuiteRun Good { get; private set; } = null!;

        public SuiteRun Bad { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            var runs = await Task.WhenAll(
                Suite.PassAsync("chat/concurrent-conversations.yaml", Conversations, TargetBehaviour.Documented, "--runners", "2", "--full"),
                Suite.RunAsync("chat/concurrent-conversations.yaml", Conversations, new TargetBehaviour { Misbehaviour = Misbehaviour.Errors }, "--full"));
            (Good, Bad) = (runs[0], runs[1]);
        }

        public Task DisposeAsync() => Task.CompletedTask;
    }

    [Fact]
    [Trait("covers", "000-16 000-88 000-92 003-30")]
    public void The_summary_ends_with_the_verdict_and_the_exit_code_says_it_too()
    {
        runs.Good.Passed();
        Assert.Contains("✓ Passed", runs.Good.Output, StringComparison.Ordinal);
        runs.Bad.Failed("http_req_failed rate<0.01");
        Assert.Contains("✗ Failed", runs.Bad.Output, StringComparison.Ordinal);
        Assert.Contains("limit 1%", runs.Bad.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("covers", "000-18 000-21 000-23 001-35 003-37 003-44")]
    public void Amounts_rates_and_users_are_in_the_report()
    {
        var run = runs.Good;
        var seconds = run.Report.GetProperty("elapsedNanoseconds").GetInt64() / 1e9;
        foreach (var counter in new[] { "http_reqs", "iterations", "data_sent", "data_received" })
        {
            Assert.InRange(run.Metric(counter, "rate") * seconds / run.Metric(counter, "count"), 0.99, 1.01);
        }

        Assert.Equal(run.Truth.Requests, (long)run.Metric("http_reqs", "count"));
        Assert.Equal(25, run.Metric("vus", "max"));
        Assert.Equal(25, run.Metric("vus_max", "value"));
        Assert.True(run.Metric("vus", "min") < 25, "the ramp begins with fewer");
    }

    [Fact]
    [Trait("covers", "000-19 000-20 001-32 001-33 001-34 003-38 003-39 003-41 003-43")]
    public void Durations_have_their_phases_and_the_phases_make_the_duration()
    {
        var run = runs.Good;
        var phases = run.Metric("http_req_sending", "avg") + run.Metric("http_req_waiting", "avg") + run.Metric("http_req_receiving", "avg");
        Assert.InRange(phases / run.Metric("http_req_duration", "avg"), 0.99, 1.01);
        foreach (var value in new[] { "avg", "min", "med", "max", "p90", "p95", "p99" })
        {
            Assert.True(run.Metric("http_req_duration", value) >= run.Metric("http_req_waiting", "min"), $"the report has {value}");
        }

        Assert.True(run.Metric("http_req_blocked", "avg") >= run.Metric("http_req_connecting", "avg"), "connecting is a part of being blocked");
        Assert.Equal(0, run.Metric("http_req_tls_handshaking", "max"));
        Assert.True(run.Metric("iteration_duration", "avg") > run.Metric("http_req_duration", "avg"), "an iteration has a pause as well");
    }

    [Fact]
    [Trait("covers", "000-96 001-13 004-40 004-51")]
    public void Every_second_has_its_rate_its_latency_and_its_users()
    {
        var series = runs.Good.Report.GetProperty("series").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(0, series.Count), series.Select(p => p.GetProperty("second").GetInt32()));
        Assert.Equal(runs.Good.Metric("http_reqs", "count"), series.Sum(p => p.GetProperty("requests").GetInt64()));
        Assert.Equal(25, series.Max(p => p.GetProperty("vus").GetInt64()));
        Assert.All(series.Where(p => p.GetProperty("requests").GetInt64() > 0), p => Assert.True(p.GetProperty("p95").GetDouble() >= p.GetProperty("p50").GetDouble()));
        // The plan, to compare with: up in three seconds, five at the top.
        Assert.True(series[1].GetProperty("vus").GetInt64() < series[5].GetProperty("vus").GetInt64(), "the first seconds are a ramp");
    }

    [Fact]
    [Trait("covers", "000-93 002-33 002-47 004-41 004-43 004-53 004-62 004-73 004-130 004-132 004-133 004-134 004-141")]
    public void A_failed_run_leaves_a_report_too_that_says_what_failed_of_what()
    {
        var report = runs.Bad.Report;
        Assert.Equal("ThresholdsFailed", report.GetProperty("reason").GetString());
        var failures = report.GetProperty("failures").EnumerateArray().ToList();
        Assert.All(failures, f => Assert.Contains("503", f.GetProperty("cause").GetString()!, StringComparison.Ordinal));
        Assert.Equal(runs.Bad.Truth.Statuses[503], failures.Sum(f => f.GetProperty("count").GetInt32()));
        Assert.True(failures.Select(f => f.GetProperty("request").GetString()).Distinct().Count() > 1, "by request");
        var objectives = report.GetProperty("thresholds").EnumerateArray().ToList();
        Assert.Contains(objectives, o => o.GetProperty("ok").GetBoolean() && o.GetProperty("observed").ValueKind == JsonValueKind.Number);
        Assert.Contains(objectives, o => !o.GetProperty("ok").GetBoolean());
    }
}
