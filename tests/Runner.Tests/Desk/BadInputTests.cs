using System.Net;
using System.Net.Sockets;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>Whatever a user or a target does: a clear sentence, a documented exit code, no stack trace.</summary>
public sealed class BadInputTests
{
    private const string Head = "apiVersion: loadtest.dev/v1alpha1\nkind: LoadTest\nmetadata: {name: bad}\n";

    [Theory]
    [InlineData("unknown field", Head + "spec: {target: 'http://x', flows: {f: [{request: {url: /}}]}, scenarios: {s: {executor: constant-vus, duratoin: 5s}}}", "duratoin", "duration")]
    [InlineData("wrong type", Head + "spec: {target: 'http://x', flows: {f: [{request: {url: /}}]}, scenarios: {s: {executor: constant-vus, vus: many, duration: 5s}}}", "vus", "many")]
    [InlineData("bad duration", Head + "spec: {target: 'http://x', flows: {f: [{request: {url: /}}]}, scenarios: {s: {executor: constant-vus, duration: 5 parsecs}}}", "duration", "5 parsecs")]
    [InlineData("unknown executor", Head + "spec: {target: 'http://x', flows: {f: [{request: {url: /}}]}, scenarios: {s: {executor: constant-vu, duration: 5s}}}", "constant-vu", "constant-vus")]
    [InlineData("missing flow", Head + "spec: {target: 'http://x', flows: {f: [{request: {url: /}}]}, scenarios: {s: {executor: constant-vus, duration: 5s, exec: g}}}", "exec", "'g'")]
    [InlineData("bad expression", Head + "spec: {target: 'http://x', flows: {f: [{request: {url: /, checks: {c: 'status = 200'}}}]}, scenarios: {s: {executor: per-vu-iterations}}}", "checks", "^")]
    [InlineData("unknown variable", Head + "spec: {target: 'http://x', flows: {f: [{request: {url: /, checks: {c: 'statsu == 200'}}}]}, scenarios: {s: {executor: per-vu-iterations}}}", "statsu", "status")]
    [InlineData("bad threshold", Head + "spec: {target: 'http://x', flows: {f: [{request: {url: /}}]}, scenarios: {s: {executor: per-vu-iterations}}, thresholds: {http_req_duration: ['p(95)<<5']}}", "thresholds", "p(95)<<5")]
    [InlineData("not YAML", "a: [1, 2", "not YAML", ":1:")]
    [InlineData("not a manifest", "hello", "", "")]
    [InlineData("empty", "", "empty", "")]
    public async Task A_bad_manifest_gets_a_sentence_that_names_it_and_exit_code_104(string what, string manifest, string first, string second)
    {
        var run = await DeskCase.RunAsync(manifest);
        Assert.True(run.ExitCode == 104, $"{what}: exit code {run.ExitCode}\n{run.Output}\n{run.Error}");
        Assert.Contains(first, run.Error, StringComparison.Ordinal);
        Assert.Contains(second, run.Error, StringComparison.Ordinal);
        AssertNoTrace(run);
        Assert.Null(run.ReportText);
    }

    [Fact]
    public async Task All_problems_of_a_manifest_come_at_once()
    {
        var run = await DeskCase.RunAsync(
            Head + """
            spec:
              target: ftp://x
              flows: {f: [{request: {url: /, mehtod: GET}}]}
              scenarios:
                a: {executor: constant-vus, vus: 0, duration: 5s}
                b: {executor: ramping-vus}
              thresholds: {no_such_metric: ["count>1"], checks: ["p(95)<5"]}
            """);
        Assert.Equal(104, run.ExitCode);
        foreach (var word in new[] { "ftp://x", "mehtod", "vus", "stages", "no_such_metric", "p(95)<5" })
        {
            Assert.Contains(word, run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_a_sentence()
    {
        var (code, _, error) = await LoadtestProcess.RunAsync("run", "no/such/file.yaml");
        Assert.Equal(104, code);
        Assert.Contains("no/such/file.yaml", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("covers", "004-140")]
    public async Task A_target_that_refuses_connections_fails_every_request_with_its_cause()
    {
        var run = await DeskCase.RunAsync(Manifest($"http://127.0.0.1:{FreePort.Next()}"));
        Assert.Equal(99, run.ExitCode);
        Assert.Contains("100", run.Report.GetProperty("message").GetString()!, StringComparison.Ordinal);
        Assert.Contains("refused", run.Output, StringComparison.OrdinalIgnoreCase);
        var failure = Assert.Single(run.Report.GetProperty("failures").EnumerateArray());
        Assert.Equal(("get", 4), (failure.GetProperty("request").GetString(), failure.GetProperty("count").GetInt32()));
        Assert.Contains("1212", failure.GetProperty("cause").GetString()!, StringComparison.Ordinal);
        AssertNoTrace(run);
    }

    [Fact]
    public async Task A_host_that_does_not_exist_fails_every_request_with_its_cause()
    {
        var run = await DeskCase.RunAsync(Manifest("http://no-such-host.invalid"));
        Assert.Equal(99, run.ExitCode);
        Assert.Equal(1, run.Metric("http_req_failed", "rate"));
        Assert.Contains("error 1101", run.Output + run.Error, StringComparison.Ordinal);
        AssertNoTrace(run);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_fails_every_request_with_its_cause()
    {
        await using var server = await TlsServer.StartAsync();
        var run = await DeskCase.RunAsync(Manifest(server.Url.ToString()));
        Assert.Equal(99, run.ExitCode);
        Assert.Equal(1, run.Metric("http_req_failed", "rate"));
        Assert.Contains("certificate", run.Output + run.Error, StringComparison.OrdinalIgnoreCase);
        AssertNoTrace(run);
    }

    [Fact]
    public async Task A_response_that_never_ends_ends_at_the_timeout()
    {
        var run = await DeskCase.RunAsync(Manifest("embedded", "/endless", "http: {timeout: 1s}"), "--target", "embedded");
        Assert.Equal(99, run.ExitCode);
        Assert.Equal(1, run.Metric("http_req_failed", "rate"));
        Assert.Contains("timeout", run.Output + run.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_body_of_two_gigabytes_is_counted_and_not_kept()
    {
        var run = await DeskCase.RunAsync(
            Head + """
            spec:
              flows: {f: [{request: {name: big, url: /bytes/2147483648, timeout: 10m, checks: {c: size(body) > 0}}}]}
              http: {maxBodyBytes: 1000000}
              scenarios: {s: {executor: per-vu-iterations}}
              thresholds: {http_req_failed: ["rate==0"], checks: ["rate==1"]}
            """,
            "--target",
            "embedded");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.InRange(run.Metric("data_received", "count"), 2147483648.0, 2200000000.0);
    }

    [Fact]
    public async Task A_body_that_is_no_json_fails_the_check_that_wanted_json()
    {
        var run = await DeskCase.RunAsync(
            Head + """
            spec:
              flows: {f: [{request: {name: text, url: /bytes/100, checks: {c: json.id == 42}}}]}
              scenarios: {s: {executor: per-vu-iterations}}
              thresholds: {checks: ["rate==0"]}
            """,
            "--target",
            "embedded");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        AssertNoTrace(run);
    }

    [Fact]
    public async Task A_secret_stands_in_no_output()
    {
        const string Secret = "hunter2-very-secret";
        var run = await DeskCase.RunAsync(
            Head + """
            spec:
              env: [{name: API_KEY, valueFrom: {secretKeyRef: {name: shop, key: api-key}}}]
              flows:
                f:
                  - request:
                      name: echo
                      method: POST
                      url: /echo
                      headers: {authorization: "Bearer ${env.API_KEY}"}
                      body: "key ${env.API_KEY}"
                      checks: {arrived: "json.body.endsWith('very-secret')"}
                  - request: {name: refused, url: "http://127.0.0.1:1/${env.API_KEY}"}
              scenarios: {s: {executor: per-vu-iterations}}
              thresholds: {checks: ["rate==1"]}
            """,
            "--target",
            "embedded",
            "-e",
            $"API_KEY={Secret}");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.DoesNotContain(Secret, run.Output + run.Error + run.ReportText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_secret_is_a_problem_that_names_it()
    {
        var run = await DeskCase.RunAsync(
            Head + """
            spec:
              target: http://x
              env: [{name: NO_SUCH_KEY_HERE, valueFrom: {secretKeyRef: {name: shop, key: api-key}}}]
              flows: {f: [{request: {url: /}}]}
              scenarios: {s: {executor: per-vu-iterations}}
            """);
        Assert.Equal(104, run.ExitCode);
        Assert.Contains("-e NO_SUCH_KEY_HERE=", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_resets_every_connection_is_a_result()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var over = new CancellationTokenSource();
        var resetting = ResetAsync(listener, over.Token);
        var run = await DeskCase.RunAsync(Manifest($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}"));
        await over.CancelAsync();
        await resetting;
        Assert.Equal(99, run.ExitCode);
        Assert.Equal(1, run.Metric("http_req_failed", "rate"));
        AssertNoTrace(run);
    }

    private static async Task ResetAsync(Socket listener, CancellationToken over)
    {
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptAsync(over);
                // Linger 0 makes the close a reset.
                connection.LingerState = new LingerOption(true, 0);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private static string Manifest(string target, string url = "/", string more = "tags: {a: b}") =>
        Head + $$$"""
        spec:
          target: {{{(target == "embedded" ? "http://x" : target)}}}
          {{{more}}}
          flows: {f: [{request: {name: get, url: {{{url}}}}}]}
          scenarios: {s: {executor: per-vu-iterations, vus: 2, iterations: 2}}
          thresholds: {http_req_failed: ["rate<0.01"]}
        """;

    private static void AssertNoTrace(DeskOutcome run)
    {
        Assert.DoesNotContain("   at ", run.Output + run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", run.Output + run.Error, StringComparison.Ordinal);
    }
}
