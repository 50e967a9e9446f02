using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>What the server saw is what the report says, to the last request.</summary>
[Collection(DeskCase.Name)]
public sealed class CountTests
{
    private const string Hello = """location / { return 200 "hello"; } location /gone { return 404; }""";

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task The_server_counts_as_many_requests_as_the_report_for_any_number_of_runners(int runners)
    {
        await using var nginx = await NginxServer.StartAsync(Hello);
        var run = await DeskCase.RunAsync(
            $$$"""
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: counts}
            spec:
              target: {{{nginx.Url}}}
              flows:
                two: [{request: {name: hello, url: /a}}, {request: {name: gone, url: /gone, expect: {status: [404]} }}]
              scenarios:
                shared: {executor: shared-iterations, vus: 7, iterations: 101, exec: two}
                each: {executor: per-vu-iterations, vus: 5, iterations: 13, exec: two}
              thresholds: {http_req_failed: ["rate==0"], iterations: ["count==166"]}
            """,
            "--runners",
            $"{runners}");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        var seen = nginx.Accesses();
        Assert.Equal(332, run.Requests);
        Assert.Equal(332, seen.Count);
        Assert.Equal(166, seen.Count(a => a.Path == "/gone"));
        Assert.Equal(166, run.Metric("iterations", "count"));
    }

    [SkippableFact]
    public async Task Five_hundred_a_second_for_ten_seconds_are_five_thousand()
    {
        await using var nginx = await NginxServer.StartAsync(Hello);
        var run = await DeskCase.RunAsync(
            $$$"""
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: rate}
            spec:
              target: {{{nginx.Url}}}
              flows: {get: [{request: {name: get, url: /}}]}
              scenarios: {load: {executor: constant-arrival-rate, rate: 500, duration: 10s, preAllocatedVUs: 1500, maxVUs: 5000}}
              thresholds: {http_reqs: ["count==5000"]}
            """);
        var scenario = run.Scenario("load");
        Assert.Equal(5000, scenario.GetProperty("planned").GetInt64());
        Assert.Equal(5000, scenario.GetProperty("started").GetInt64());
        Assert.Equal(5000, nginx.Accesses().Count);
        Assert.Equal(5000, run.Requests);
        Assert.Equal("Passed", run.Verdict);
    }

    [SkippableFact]
    public async Task Checks_and_failures_are_counted_exactly()
    {
        var run = await DeskCase.RunAsync(
            """
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: failures}
            spec:
              flows:
                f:
                  - request: {name: sometimes, url: /fail/0.25, checks: {is ok: "status == 200", has json: "json.ok"}}
              scenarios: {s: {executor: shared-iterations, vus: 4, iterations: 200}}
              thresholds: {http_req_failed: ["rate==0.25", "fails==150"], checks: ["rate==0.75"]}
            """,
            "--target",
            "embedded");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Contains("75.00%", run.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Too_few_virtual_users_drop_and_every_planned_iteration_is_accounted_for()
    {
        await using var nginx = await NginxServer.StartAsync(Hello);
        var run = await DeskCase.RunAsync(
            $$$"""
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: drops}
            spec:
              target: {{{nginx.Url}}}
              flows: {slow: [{request: {name: get, url: /}}, {sleep: 1s}]}
              scenarios: {load: {executor: constant-arrival-rate, rate: 100, duration: 5s, preAllocatedVUs: 3, maxVUs: 3}}
            """);
        var scenario = run.Scenario("load");
        var started = scenario.GetProperty("started").GetInt64();
        var dropped = scenario.GetProperty("dropped").GetInt64();
        Assert.Equal(500, started + dropped);
        Assert.Equal(nginx.Accesses().Count, started);
        Assert.InRange(started, 3, 18);
        Assert.Equal("Invalid", run.Verdict);
        Assert.Equal("LoadNotDelivered", run.Report.GetProperty("reason").GetString());
        Assert.Equal(111, run.ExitCode);
    }
}
