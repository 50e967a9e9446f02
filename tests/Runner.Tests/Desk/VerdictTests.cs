using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

public sealed class VerdictTests
{
    [Fact]
    public async Task The_quickstart_passes_on_its_own_target()
    {
        var run = await DeskCase.RunAsync(await File.ReadAllTextAsync(Path.Combine(RepositoryPaths.Root, "examples", "quickstart.yaml")));
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Contains("✓ Passed", run.Output, StringComparison.Ordinal);
        Assert.Contains("http_req_duration", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_threshold_ends_with_99_and_names_itself_the_observed_and_the_wanted_value()
    {
        var run = await DeskCase.RunAsync(
            """
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: broken}
            spec:
              flows: {f: [{request: {name: slow, url: /delay/50}}]}
              scenarios: {s: {executor: per-vu-iterations, vus: 2, iterations: 5}}
              thresholds: {"http_req_duration{name:slow}": ["p(95)<10"], http_req_failed: ["rate<0.01"]}
            """,
            "--target",
            "embedded");
        Assert.Equal(99, run.ExitCode);
        Assert.Equal("Failed", run.Verdict);
        var message = run.Report.GetProperty("message").GetString()!;
        Assert.Contains("http_req_duration{name:slow}", message, StringComparison.Ordinal);
        Assert.Contains("p(95)", message, StringComparison.Ordinal);
        Assert.Matches(@"\d ms, limit 10 ms", message);
        Assert.Contains(message, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("covers", "000-83")]
    public async Task A_threshold_without_samples_is_invalid_never_passed()
    {
        var run = await DeskCase.RunAsync(
            """
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: empty}
            spec:
              flows: {f: [{request: {name: a, url: /json}}]}
              scenarios: {s: {executor: per-vu-iterations}}
              thresholds: {"http_req_duration{name:nobody}": ["p(95)<500"]}
            """,
            "--target",
            "embedded");
        Assert.Equal(111, run.ExitCode);
        Assert.Equal("NoSamples", run.Report.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_threshold_that_aborts_stops_the_load_early_and_teardown_still_runs()
    {
        var run = await DeskCase.RunAsync(
            """
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: abort}
            spec:
              flows: {f: [{request: {name: bad, url: /status/500}}, {sleep: 20ms}]}
              teardown: [{request: {name: last, url: /json, record: [{counter: torn_down}]}}]
              scenarios: {s: {executor: constant-vus, vus: 2, duration: 10m}}
              thresholds: {http_req_failed: ["rate<0.5 abort after 1s"], torn_down: ["count==1"]}
            """,
            "--target",
            "embedded");
        Assert.Equal(99, run.ExitCode);
        Assert.Equal("ThresholdAborted", run.Report.GetProperty("reason").GetString());
        Assert.Equal(1, run.Metric("torn_down", "count"));
    }

    [Fact]
    public async Task A_failing_verification_fails_the_run_and_a_failing_setup_stops_it_before_the_load()
    {
        const string Template =
            """
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: stages}
            spec:
              SETUP
              VERIFY
              flows: {f: [{request: {name: a, url: /json}}]}
              scenarios: {s: {executor: per-vu-iterations}}
            """;
        var verify = await DeskCase.RunAsync(
            Template.Replace("SETUP", "tags: {x: y}", StringComparison.Ordinal).Replace("VERIFY", "verify: [{request: {url: /json, checks: {is 43: json.id == 43}}}]", StringComparison.Ordinal),
            "--target",
            "embedded");
        Assert.Equal(99, verify.ExitCode);
        Assert.Equal("VerifyFailed", verify.Report.GetProperty("reason").GetString());
        Assert.Contains("is 43", verify.Report.GetProperty("message").GetString()!, StringComparison.Ordinal);

        var setup = await DeskCase.RunAsync(
            Template.Replace("SETUP", "setup: [{request: {url: /status/503}}]", StringComparison.Ordinal).Replace("VERIFY", "tags: {x: y}", StringComparison.Ordinal),
            "--target",
            "embedded");
        Assert.Equal(112, setup.ExitCode);
        Assert.Equal("SetupFailed", setup.Report.GetProperty("reason").GetString());
        Assert.Contains("503", setup.Report.GetProperty("message").GetString()!, StringComparison.Ordinal);
        Assert.Equal(1, setup.Requests);
    }

    [Fact]
    public async Task Values_extracted_by_setup_reach_every_runner()
    {
        var run = await DeskCase.RunAsync(
            """
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: setup-values}
            spec:
              setup: [{request: {url: /json, extract: {answer: json.id}}}]
              flows:
                f:
                  - request: {name: echo, method: POST, url: /echo, json: {got: "${setup.answer}"}, checks: {typed: 'json.body == "{\"got\":42}"'}}
              scenarios: {s: {executor: per-vu-iterations, vus: 6}}
              thresholds: {checks: ["rate==1", "passes==6"]}
            """,
            "--target",
            "embedded",
            "--runners",
            "3");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public async Task Two_documents_run_in_order_and_the_weightiest_verdict_gives_the_exit_code()
    {
        var run = await DeskCase.RunAsync(
            """
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: first}
            spec:
              flows: {f: [{request: {name: a, url: /json}}]}
              scenarios: {s: {executor: per-vu-iterations}}
              thresholds: {http_reqs: ["count==2"]}
            ---
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: second}
            spec:
              flows: {f: [{request: {name: a, url: /json}}]}
              scenarios: {s: {executor: per-vu-iterations}}
            """,
            "--target",
            "embedded");
        Assert.Equal(99, run.ExitCode);
        Assert.Equal(["first", "second"], run.Report.EnumerateArray().Select(r => r.GetProperty("test").GetString()));
        Assert.Equal(["Failed", "Unjudged"], run.Report.EnumerateArray().Select(r => r.GetProperty("verdict").GetString()));
    }

    [Fact]
    public async Task Quiet_prints_the_verdict_and_nothing_else()
    {
        var run = await DeskCase.RunAsync(
            """
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: quiet}
            spec:
              flows: {f: [{request: {name: a, url: /json}}]}
              scenarios: {s: {executor: per-vu-iterations}}
            """,
            "--target",
            "embedded",
            "--quiet");
        Assert.Equal(0, run.ExitCode);
        Assert.Single(run.Output.Trim().Split('\n'));
        Assert.Contains("Unjudged: nothing was judged, because the test has neither thresholds nor verify: 1 request, 0% failed", run.Output, StringComparison.Ordinal);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task A_test_that_stops_itself_ends_with_k6_s_code_and_its_own_reason_and_teardown_still_runs()
    {
        var run = await DeskCase.RunAsync(
            """
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: own-abort}
            spec:
              flows:
                f:
                  - request: {name: a, url: /json}
                  - abort: "the shop is closed in ${iteration}"
                    when: "iteration >= 5"
                  - sleep: 20ms
              teardown: [{request: {name: last, url: /json, record: [{counter: torn_down}]}}]
              runners: {replicas: 2}
              scenarios: {s: {executor: constant-vus, vus: 2, duration: 1h}}
            """.Replace(" in ${iteration}", " in ${iteration}", StringComparison.Ordinal),
            "--target",
            "embedded");
        Assert.Equal(108, run.ExitCode);
        Assert.Equal(("Aborted", "AbortedByTest"), (run.Verdict, run.Report.GetProperty("reason").GetString()));
        Assert.Contains("the shop is closed in ", run.Report.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, run.Metric("torn_down", "count"));
    }
}
