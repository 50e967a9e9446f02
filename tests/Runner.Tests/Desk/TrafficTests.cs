using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>Whole runs whose target, data or plan is wrong, against real sockets: what was not sent or not answered is never Passed, however many runners share the load.</summary>
public sealed class TrafficTests
{
    private const string Embedded = "embedded";

    /// <summary>Name → spec, target (null = a port that nobody listens on), exit code, verdict and reason, what the message must say.</summary>
    public static TheoryData<string, string, string?, int, string, string> Table => new()
    {
        {
            "every connection refused, no thresholds",
            "flows: {f: [{request: {name: a, url: /json}}]}\n  scenarios: {s: {executor: shared-iterations, vus: 3, iterations: 30}}",
            null, 99, "Failed NothingAnswered", "no request of scenario s was answered completely: 30 sent, dial: connection refused 30×"
        },
        {
            "every connection refused, an extract that finds nothing in no answer",
            "flows: {f: [{request: {name: a, url: /json, extract: {id: json.id}}}]}\n  scenarios: {s: {executor: shared-iterations, vus: 3, iterations: 30}}\n  thresholds: {iterations: ['count==30']}",
            null, 99, "Failed NothingAnswered", "dial: connection refused 30×"
        },
        {
            "every check failed, no thresholds",
            "flows: {f: [{request: {name: a, url: /json, checks: {gone: 'status == 404'}}}]}\n  scenarios: {s: {executor: shared-iterations, vus: 3, iterations: 30}}",
            Embedded, 0, "Unjudged NothingJudged", "30 requests, 0% failed"
        },
        {
            "a column that only run time can know",
            "data: [{name: users, rows: [{name: ada}]}]\n  flows: {f: [{set: {key: \"'n' + 'me'\"}}, {request: {name: a, url: '/${data.users[vars.key]}'}}]}\n  scenarios: {s: {executor: shared-iterations, vus: 3, iterations: 30}}\n  thresholds: {iterations: ['count==30']}",
            Embedded, 111, "Invalid TestErrors", "30 of 30 iterations of scenario s ended by an error of the test itself, spec.flows.f[1].request.url: "
        },
        {
            "an extract that finds nothing in the expected answer",
            "flows: {f: [{request: {name: a, url: /json, extract: {id: json.nobody}}}]}\n  scenarios: {s: {executor: shared-iterations, vus: 3, iterations: 30}}\n  thresholds: {http_req_failed: ['rate<1%']}",
            Embedded, 111, "Invalid TestErrors", "spec.flows.f[0].request.extract.id: "
        },
        {
            "a step of its own that fails iterations is no error of the test",
            "flows: {f: [{request: {name: a, url: /json}}, {fail: sold out}]}\n  scenarios: {s: {executor: shared-iterations, vus: 3, iterations: 30}}\n  thresholds: {http_req_failed: ['rate<1%'], iteration_errors: ['count==30']}",
            Embedded, 0, "Passed ThresholdsMet", "30 requests sent, all answered"
        },
        {
            "an extract of an answer that failed is no error of the test",
            "flows: {f: [{request: {name: a, url: /status/503, extract: {id: json.id}}}]}\n  scenarios: {s: {executor: shared-iterations, vus: 3, iterations: 30}}\n  thresholds: {http_req_failed: ['rate==1'], test_errors: ['count==0']}",
            Embedded, 0, "Passed ThresholdsMet", "30 requests sent, all answered"
        },
        {
            "a condition that never holds",
            "flows: {f: [{when: 'iteration > 1000', request: {name: a, url: /json}}]}\n  scenarios: {s: {executor: shared-iterations, vus: 3, iterations: 30}}\n  thresholds: {iterations: ['count==30']}",
            Embedded, 111, "Invalid NothingSent", "scenario s has requests and sent none: no condition of its steps"
        },
        {
            "a condition of a parallel request that fails",
            "flows: {f: [{set: {m: '{\"a\": 1}'}}, {parallel: [{when: \"vars.m['b' + 'c'] == 1\", request: {name: a, url: /json}}]}]}\n  scenarios: {s: {executor: shared-iterations, vus: 3, iterations: 30}}\n  thresholds: {iterations: ['count==30']}",
            Embedded, 111, "Invalid TestErrors", "spec.flows.f[1].parallel[0].when: "
        },
        {
            "blocked by the test's own options",
            "network: {blockHostnames: ['*.invalid']}\n  flows: {f: [{request: {name: a, url: 'http://shop.invalid/'}}]}\n  scenarios: {s: {executor: shared-iterations, vus: 3, iterations: 30}}\n  thresholds: {iterations: ['count==30']}",
            Embedded, 111, "Invalid NothingSent", "30 failed before they left the generator, host is blocked 30×"
        },
        {
            "least and exact amounts of a load that was not delivered",
            "flows: {f: [{request: {name: a, url: /delay/100}}]}\n  scenarios: {s: {executor: constant-arrival-rate, rate: 50, duration: 3s, preAllocatedVUs: 1, maxVUs: 1}}\n  thresholds: {http_reqs: ['count==150', 'rate>45']}\n  validity: {maxTaintedSeconds: 100%, maxStartSkew: 1m}",
            Embedded, 111, "Invalid LoadNotDelivered", "but the load that is missing could change that"
        },
        {
            "drops while the generator was at its limits",
            "flows: {f: [{request: {name: a, url: /delay/100}}]}\n  scenarios: {s: {executor: constant-arrival-rate, rate: 50, duration: 3s, preAllocatedVUs: 1, maxVUs: 1}}\n  thresholds: {dropped_iterations: ['count<10']}\n  validity: {maxGeneratorCpu: 0.01%, maxStartSkew: 1m, deliveredRatio: 0}",
            Embedded, 111, "Invalid GeneratorSaturated", "dropped_iterations count "
        },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public async Task The_verdict_says_what_was_sent_and_answered(string name, string spec, string? target, int exitCode, string outcome, string says)
    {
        var manifest = $"apiVersion: loadtest.dev/v1alpha1\nkind: LoadTest\nmetadata: {{name: traffic}}\nspec:\n  {spec}\n";
        using var dead = new DeadPort();
        foreach (var runners in new[] { "1", "3" })
        {
            // Whoever plans one VU for all runners leaves none for the second: those tests are for one.
            if (runners != "1" && spec.Contains("maxVUs: 1}", StringComparison.Ordinal)) continue;
            var run = await DeskCase.RunAsync(manifest, "--target", target ?? dead.Url.ToString(), "--runners", runners);
            var all = $"{name}, {runners} runners: exit code {run.ExitCode}\n{run.Output}{run.Error}";
            Assert.True(run.ReportText is not null, all);
            Assert.True((exitCode, outcome) == (run.ExitCode, $"{run.Verdict} {run.Report.GetProperty("reason").GetString()}"), all);
            Assert.Contains(says, run.Report.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("garbage that is no HTTP\r\n\r\n", "malformed HTTP response 20×")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "unexpected end of the response 20×")]
    public async Task A_target_whose_every_answer_is_broken_fails_a_test_without_thresholds(string answer, string says)
    {
        await using var server = RawHttpServer.Start(async connection =>
        {
            if (await connection.ReadRequestAsync() is null) return;
            await connection.WriteAsync(answer);
        });
        var run = await DeskCase.RunAsync(
            """
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: broken}
            spec:
              flows: {f: [{request: {name: a, method: POST, url: /}}]}
              scenarios: {s: {executor: shared-iterations, vus: 2, iterations: 20}}
            """,
            "--target",
            server.Url.ToString());
        Assert.True(run.ExitCode == 99, run.Output + run.Error);
        Assert.Equal("NothingAnswered", run.Report.GetProperty("reason").GetString());
        Assert.Contains(says, run.Report.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scenario_behind_thousands_of_checks_is_still_seen()
    {
        var checks = string.Join(", ", Enumerable.Range(0, 400).Select(i => $"\"check {i}\": status == 200"));
        var scenarios = string.Concat(Enumerable.Range(0, 30).Select(i => $"    s{i}: {{executor: per-vu-iterations, vus: 1, iterations: 2, exec: f}}\n")).TrimEnd();
        var run = await DeskCase.RunAsync(
            $$$"""
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: many}
            spec:
              thresholds: {http_req_failed: ["rate<0.01"], "http_req_duration{scenario:late}": ["p(95)<60s"]}
              flows:
                f: [{request: {name: page, url: /json, checks: { {{{checks}}} } } }]
                g: [{request: {name: late, url: /json}}]
              scenarios:
            {{{scenarios}}}
                late: {executor: per-vu-iterations, vus: 1, iterations: 5, exec: g, startTime: 4s}
            """,
            "--target",
            Embedded);
        var late = run.Scenario("late");
        Assert.True((5, 5) == (late.GetProperty("completed").GetInt64(), late.GetProperty("answered").GetInt64()), run.Output);
        Assert.Contains(run.Report.GetProperty("reason").GetString(), new[] { "ThresholdsMet", "TooManySeries" });
    }
}
