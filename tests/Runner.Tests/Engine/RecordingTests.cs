using System.Text.Json;
using LoadTesting.Metrics;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Tests.Http;
using LoadTesting.TestKit;
using static LoadTesting.Runner.Tests.Engine.SpecNs;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>What is recorded of real exchanges, by k6's rules.</summary>
public sealed class RecordingTests
{
    private static readonly string[] PerExchange =
    [
        "http_reqs", "http_req_failed", "http_req_duration", "http_req_blocked", "http_req_connecting", "http_req_tls_handshaking", "http_req_sending", "http_req_waiting",
        "http_req_receiving",
    ];

    [Fact]
    public async Task The_server_sees_exactly_what_is_counted()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = new LiveRun(server.Url, new SharedIterationsScenario { Vus = 8, Iterations = 400 }, Get("/hello"), Get("/json"));
        await run.RunAsync();
        Assert.Equal(800, server.Seen.Count);
        Assert.Equal((800, 400, 400), (run.Count("http_reqs"), run.Count("http_reqs", ("name", "/json")), run.Count("iterations")));
        Assert.Equal((0, 800), (run.Rate("http_req_failed")!.Trues, run.Rate("http_req_failed")!.Total));
        foreach (var metric in PerExchange.Skip(2)) Assert.Equal(800, run.Trend(metric)!.Count);
        Assert.Equal(400, run.Trend("iteration_duration")!.Count);
        Assert.Equal(400, run.End.Scenarios[0].Completed);
        Assert.Null(run.Trend("http_req_intended_duration"));
    }

    [Fact]
    public async Task Data_is_counted_as_the_connection_carries_it()
    {
        const string Response = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
        await using var server = RawHttpServer.Answering(Response);
        var run = new LiveRun(server.Url, new SharedIterationsScenario { Vus = 2, Iterations = 50 }, Get("/"));
        await run.RunAsync();
        Assert.Equal(server.Requests.Sum(r => (double)r.Length), run.Count("data_sent", ("scenario", "s")));
        Assert.Equal(50 * Response.Length, run.Count("data_received", ("scenario", "s")));
    }

    [Fact]
    public async Task Tags_come_from_run_scenario_and_request_and_the_nearer_wins()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = new LiveRun(server.Url, new PerVuIterationsScenario { Tags = Tags(("team", "b"), ("tier", "web")) }, Get("/hello") with { Name = "home", Tags = Tags(("tier", "edge")) });
        run.Spec = run.Spec with { Tags = Tags(("team", "a"), ("run", "1")) };
        await run.RunAsync();
        Assert.Equal(1, run.Count("http_reqs", ("run", "1"), ("team", "b"), ("tier", "edge"), ("scenario", "s"), ("name", "home"), ("url", "home"), ("method", "GET"), ("status", "200"), ("proto", "HTTP/1.1"), ("expected_response", "true")));
        Assert.Equal(1, run.Count("iterations", ("run", "1"), ("team", "b"), ("tier", "web"), ("scenario", "s")));
    }

    [Fact]
    public async Task Each_redirect_hop_is_a_sample_set_of_its_own_and_ids_stay_out_of_names()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = new LiveRun(server.Url, Get("/to/302?where=/redirect/1%3Ftoken%3D17"));
        await run.RunAsync();
        Assert.Equal(3, run.Count("http_reqs"));
        Assert.Equal(1, run.Count("http_reqs", ("name", $"{server.Url}redirect/1"), ("status", "302")));
        Assert.Equal(1, run.Count("http_reqs", ("url", $"{server.Url}get"), ("status", "200")));
        var named = new LiveRun(server.Url, Get("/redirect/2") with { Name = "chain" });
        await named.RunAsync();
        Assert.Equal((2, 1), (named.Count("http_reqs", ("name", "chain"), ("status", "302")), named.Count("http_reqs", ("name", "chain"), ("status", "200"))));
    }

    [SkippableFact]
    public async Task Samples_of_redirects_are_those_of_k6()
    {
        var cases = Conformance.Cases("expected-statuses.json").Where(c => c.GetProperty("kind").GetString() == "samples").ToList();
        Assert.NotEmpty(cases);
        await using var server = await KestrelServer.StartAsync();
        foreach (var @case in cases)
        {
            RequestStep[] steps = @case.TryGetProperty("batch", out var batch)
                ? [.. batch.EnumerateArray().Select(r => Step(r.GetProperty("url").GetString()!, r))]
                : [Step(@case.GetProperty("request").GetString()!.Split(' ')[1], @case)];
            var run = new LiveRun(null, steps);
            if (Statuses(@case, "expectedStatuses") is { } all) run.Spec = run.Spec with { Http = new HttpSpec { Expect = all } };
            await run.RunAsync();
            var samples = @case.GetProperty("samples").EnumerateArray().ToList();
            Assert.Equal(samples.Count, run.Count("http_reqs"));
            foreach (var sample in samples)
            {
                var tags = sample.GetProperty("tags").EnumerateObject()
                    .Select(t => (t.Name, t.Name is "url" or "name" ? new Uri(server.Url, t.Value.GetString()!).ToString() : t.Value.GetString()!)).ToArray();
                // Where k6 can be told to judge nothing it leaves out http_req_failed; we have no such switch, so that sample is more than the case wants.
                foreach (var metric in sample.GetProperty("metrics").EnumerateArray()) Assert.NotNull(run.Snapshot.Select(metric.GetString()!, TagSet.Of(tags)));
            }
        }

        RequestStep Step(string path, JsonElement about) => Get(new Uri(server.Url, path).ToString()) with { Expect = Statuses(about, "requestExpectedStatuses") };

        static ExpectedStatuses? Statuses(JsonElement about, string property) =>
            about.TryGetProperty(property, out var list) && list.ValueKind == JsonValueKind.Array
                ? new ExpectedStatuses([.. list.EnumerateArray().Select(s => new StatusRange(s.GetInt32(), s.GetInt32()))])
                : null;
    }

    [Fact]
    public async Task An_unexpected_status_fails_and_has_an_error_code_unless_it_is_expected()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = new LiveRun(server.Url, Get("/status/404"), Get("/status/503") with { Expect = new ExpectedStatuses([new StatusRange(503, 503)]) }, Get("/status/500") with { Name = "x" });
        await run.RunAsync();
        Assert.Equal((2, 3), (run.Rate("http_req_failed")!.Trues, run.Rate("http_req_failed")!.Total));
        Assert.Equal(1, run.Count("http_reqs", ("status", "404"), ("error_code", "1404"), ("expected_response", "false")));
        Assert.Equal(1, run.Count("http_reqs", ("status", "503"), ("error_code", "1503"), ("expected_response", "true")));
    }

    [Fact]
    public async Task An_unreachable_target_is_a_result_with_its_cause()
    {
        var run = new LiveRun(new Uri($"http://127.0.0.1:{FreePort.Next()}"), new SharedIterationsScenario { Vus = 3, Iterations = 30 }, Get("/a"), Get("/b") with { Expect = new ExpectedStatuses([new StatusRange(0, 0)]) });
        await run.RunAsync();
        Assert.Equal(30, run.Count("http_reqs", ("status", "0"), ("error_code", "1212"), ("error", "dial: connection refused"), ("name", "/a"), ("expected_response", "false")));
        Assert.Equal(30, run.Count("http_reqs", ("name", "/b"), ("expected_response", "true")));
        // No answer, no duration: longer than any limit, in every shape; how long it took to know is a metric of its own.
        Assert.Equal((60, 60, double.PositiveInfinity), (run.Trend("http_req_duration")!.Count, run.Trend("http_req_duration")!.OverflowCount, run.Trend("http_req_duration")!.Min));
        Assert.Equal((60, 0), (run.Trend("http_req_failed_duration")!.Count, run.Trend("http_req_failed_duration")!.OverflowCount));
        foreach (var phase in PerExchange.Skip(3)) Assert.Null(run.Trend(phase));
        Assert.Equal((30, 0), (run.Count("iterations"), run.Count("iteration_errors")));
        // Once per request and cause, not once per failure; and not where failing is expected.
        Assert.Contains("1212", Assert.Single(run.Log));
    }

    [Fact]
    public async Task A_request_in_flight_at_the_interruption_emits_nothing_but_its_octets()
    {
        await using var server = RawHttpServer.Start(async c =>
        {
            await c.ReadRequestAsync();
            await c.UntilClosedAsync();
        });
        using var kill = new CancellationTokenSource();
        var run = new LiveRun(server.Url, new ConstantVusScenario { Vus = 2, Duration = Ms(60_000) }, Get("/")) { Kill = kill.Token };
        var running = run.RunAsync();
        await Eventually.SeeAsync("both requests are under way", () => Task.FromResult(server.Requests.Count), n => n == 2);
        await kill.CancelAsync();
        await running;
        Assert.Equal((0, 0, 2), (run.Count("http_reqs"), run.Count("iterations"), run.Count("interrupted_iterations")));
        Assert.Equal(server.Requests.Sum(r => (double)r.Length), run.Count("data_sent"));
        Assert.Null(run.Trend("iteration_duration"));
    }

    [Fact]
    public async Task A_timeout_has_the_phases_that_it_completed_and_its_waiting_is_in_none()
    {
        await using var server = RawHttpServer.Start(c => c.UntilClosedAsync());
        var run = new LiveRun(server.Url, Get("/slow") with { Name = "slow", Timeout = Ms(3_000) });
        await run.RunAsync();
        Assert.Equal(1, run.Count("http_reqs", ("status", "0"), ("error_code", "1050"), ("error", "request timeout")));
        Assert.True(run.Trend("http_req_failed_duration")!.Min >= 2.9, $"failed after {run.Trend("http_req_failed_duration")!.Min} s");
        Assert.Equal(1, run.Trend("http_req_duration")!.OverflowCount);
        foreach (var phase in (string[])["http_req_blocked", "http_req_connecting", "http_req_tls_handshaking", "http_req_sending"]) Assert.Equal((1, 0), (run.Trend(phase)!.Count, run.Trend(phase)!.OverflowCount));
        Assert.Null(run.Trend("http_req_waiting"));
        Assert.Null(run.Trend("http_req_receiving"));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "1031")] // cut off
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", "1031")]
    [InlineData("HELLO\r\n\r\n", "1030")] // malformed
    public async Task Octets_that_are_no_complete_answer_are_none(string octets, string code)
    {
        await using var server = RawHttpServer.Start(async c =>
        {
            await c.ReadRequestAsync();
            await c.WriteAsync(octets);
        });
        var run = new LiveRun(
            server.Url,
            new ConstantArrivalRateScenario { Rate = 10, Duration = Ms(1000), PreAllocatedVUs = 10, MaxVUs = 10 },
            Get("/") with
            {
                Checks = LiveRun.Map(("is quick", "timings.duration < 60000.0")),
                Record = [new RecordSpec { Type = CustomMetricType.Trend, Metric = "own", Value = "timings.duration", IsTime = true }, new RecordSpec { Type = CustomMetricType.Trend, Metric = "sent_in", Value = "timings.sending" }],
            });
        await run.RunAsync();
        var count = (long)run.Count("http_reqs", ("error_code", code));
        Assert.InRange(count, 1, 10);
        foreach (var metric in (string[])["http_req_duration", "http_req_intended_duration", "own"]) Assert.Equal((count, count), (run.Trend(metric)!.Count, run.Trend(metric)!.OverflowCount));
        foreach (var metric in (string[])["http_req_failed_duration", "http_req_sending", "http_req_waiting", "sent_in"]) Assert.Equal((count, 0), (run.Trend(metric)!.Count, run.Trend(metric)!.OverflowCount));
        Assert.Null(run.Trend("http_req_receiving"));
        Assert.Equal((0, count), (run.Rate("checks")!.Trues, run.Rate("checks")!.Total));
        Assert.Equal(0, run.Count("rejected_samples"));
    }

    [Fact]
    public async Task Open_models_record_lag_and_the_time_from_the_intended_instant()
    {
        await using var server = await KestrelServer.StartAsync();
        var scenario = new ConstantArrivalRateScenario { Rate = 50, Duration = Ms(1000), PreAllocatedVUs = 20, MaxVUs = 20 };
        var run = new LiveRun(server.Url, scenario, Get("/slow?ms=30") with { Name = "a" }, new SleepStep { Min = Ms(50), Max = Ms(50) }, Get("/hello") with { Name = "b" });
        await run.RunAsync();
        var end = run.End.Scenarios[0];
        Assert.Equal(50, end.Started + end.Dropped);
        Assert.Equal(end.Started, run.Trend("send_lag")!.Count);
        foreach (var name in new[] { "a", "b" })
        {
            var (intended, duration) = (run.Trend("http_req_intended_duration", ("name", name))!, run.Trend("http_req_duration", ("name", name))!);
            Assert.Equal((end.Started, end.Started), (intended.Count, duration.Count));
            Assert.True(intended.Sum >= duration.Sum, $"{name}: from the intended instant {intended.Sum} s, from the sending {duration.Sum} s");
        }

        // The pause of the flow is nobody's delay: it is in no request's time.
        Assert.True(run.Trend("http_req_intended_duration", ("name", "b"))!.Min < 0.05, "the pause counts as delay");
        Assert.True(run.Trend("iteration_duration")!.Min >= 0.07, "iterations without their pause");
    }

    [Fact]
    public async Task Warming_up_is_in_no_metric_and_reaches_no_target()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = new LiveRun(server.Url, Get("/hello")) { WarmsUp = true };
        await run.RunAsync();
        Assert.Equal((1, 1), (server.Seen.Count, run.Count("http_reqs")));
    }

    internal static RequestStep Get(string url) => new() { Url = url };

    private static OrderedMap<string> Tags(params (string Key, string Value)[] tags) => LiveRun.Map(tags);
}
