using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>Waiting for the target before setup, and teardown whatever ends the run.</summary>
public sealed class ReadyTests
{
    [Fact]
    public async Task The_run_begins_when_the_target_answers_as_it_should()
    {
        var asked = 0;
        await using var server = RawHttpServer.Start(async connection =>
        {
            while (await connection.ReadRequestAsync() is { } head)
            {
                var ready = !head.StartsWith("GET /health ", StringComparison.Ordinal) || Interlocked.Increment(ref asked) > 3;
                await connection.WriteAsync($"HTTP/1.1 {(ready ? "200 OK" : "503 Service Unavailable")}\r\nContent-Length: 0\r\n\r\n");
            }
        });
        var run = await DeskCase.RunAsync(Manifest(server, "{timeout: 60s, http: [{url: /health, interval: 20ms}]}"));
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Equal(["/health", "/health", "/health", "/health", "/setup", "/load", "/teardown"], Paths(server));
        // Waiting is no load: setup, one iteration and teardown are all that counts.
        Assert.Equal(3, run.Requests);
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "status 503")]
    [InlineData(null, "connection refused")]
    public async Task A_target_that_does_not_get_ready_is_an_error_of_its_own_and_nothing_else_runs(string? answer, string seen)
    {
        await using var server = RawHttpServer.Answering(answer ?? "");
        var manifest = Manifest(server, "{timeout: 2s, http: [{url: /health, interval: 50ms, expect: {status: 200}}]}");
        if (answer is null) manifest = manifest.Replace(server.Url.ToString(), $"http://127.0.0.1:{FreePort.Next()}/", StringComparison.Ordinal);
        var run = await DeskCase.RunAsync(manifest);
        Assert.Equal((112, "Error", "TargetNotReady"), (run.ExitCode, run.Verdict, run.Report.GetProperty("reason").GetString()));
        Assert.Contains("the target was not ready within 2s: /health: ", run.Output, StringComparison.Ordinal);
        Assert.Contains(seen, run.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Paths(server), p => p != "/health");
    }

    [Fact]
    public async Task A_person_may_stop_waiting()
    {
        await using var server = RawHttpServer.Answering("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        var folder = Directory.CreateTempSubdirectory("loadtest-ready-");
        try
        {
            var file = Path.Combine(folder.FullName, "test.yaml");
            await File.WriteAllTextAsync(file, Manifest(server, "{timeout: 10m, http: [{url: /health, interval: 50ms}]}"));
            await using var process = LoadtestProcess.Start(["run", file]);
            await Eventually.SeeAsync("a request", () => Task.FromResult(server.Requests.Count), n => n > 0);
            await process.SignalAsync("INT");
            Assert.Equal(105, await process.ExitAsync());
            Assert.DoesNotContain(Paths(server), p => p != "/health");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("http_reqs: [\"count<1 abort\"]", 99)]
    [InlineData("http_reqs: [\"count>0\"]", 105)]
    public async Task Setup_and_teardown_run_once_also_after_an_abort(string thresholds, int exitCode)
    {
        await using var server = RawHttpServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        var folder = Directory.CreateTempSubdirectory("loadtest-ready-");
        try
        {
            var file = Path.Combine(folder.FullName, "test.yaml");
            var manifest = Manifest(server, "{http: [{url: /health}]}").Replace("per-vu-iterations}", "constant-vus, vus: 2, duration: 10m, gracefulStop: 1s}", StringComparison.Ordinal);
            await File.WriteAllTextAsync(file, $"{manifest}\n  thresholds: {{{thresholds}}}\n");
            await using var process = LoadtestProcess.Start(["run", file, "--runners", "2"]);
            await Eventually.SeeAsync("load", () => Task.FromResult(Paths(server).Count(p => p == "/load")), n => n > 0);
            if (exitCode == 105) await process.SignalAsync("INT");
            Assert.Equal(exitCode, await process.ExitAsync());
            foreach (var once in new[] { "/health", "/setup", "/teardown" }) Assert.Equal(1, Paths(server).Count(p => p == once));
            Assert.Equal("/teardown", Paths(server)[^1]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string[] Paths(RawHttpServer server) => [.. server.Requests.Select(r => r.Split(' ')[1])];

    private static string Manifest(RawHttpServer server, string ready) => $$$"""
        apiVersion: loadtest.dev/v1alpha1
        kind: LoadTest
        metadata: {name: ready}
        spec:
          target: {{{server.Url}}}
          ready: {{{ready}}}
          setup: [{request: {url: /setup}}]
          teardown: [{request: {url: /teardown}}]
          flows: {get: [{request: {name: get, url: /load}}, {sleep: 20ms}]}
          scenarios: {one: {executor: per-vu-iterations}}
        """;
}
