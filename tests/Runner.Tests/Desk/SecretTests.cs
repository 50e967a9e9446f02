using System.Text;
using LoadTesting.Expressions;
using LoadTesting.Metrics;
using LoadTesting.Metrics.Exposition;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Cli.Desk;
using LoadTesting.Runner.Engine;
using LoadTesting.Runner.Http;
using LoadTesting.TestKit;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>Law 9: a secret never appears in anything that a run says.</summary>
public sealed class SecretTests
{
    private const string Secret = "hunter2 &\"/x";

    // Everything that could give it away: a header, a query, a body, a URL with credentials, errors that quote values, an answer that sends it back, a redirect that leads to it.
    private const string Spec = """
          env: [{name: KEY, valueFrom: {secretKeyRef: {name: s, key: k}}}]
          ready: {timeout: 500ms, http: [{url: "/gone?${env.KEY}", interval: 50ms, expect: {status: [200, 302]}}]}
          setup:
            - request: {name: setup, url: "/setup?key=${urlEncode(env.KEY)}", checks: {number: "int(env.KEY) > 0"}, extract: {token: "env.KEY"}}
          flows:
            leak:
              - request:
                  url: "/redirect/${urlEncode(env.KEY)}"
                  headers: {X-Key: "${base64.encode(bytes(env.KEY))}"}
                  json: {key: "${env.KEY}"}
                  checks: {quoted: "int(body) > 0", other: "timestamp(env.KEY) != timestamp(0)"}
                  record: [{counter: keys, value: "int(env.KEY)"}, {distinct: different_keys, value: env.KEY}]
                  extract: {bad: "duration(env.KEY)"}
              - request: {url: "ht!tp://${env.KEY}"}
          scenarios: {one: {executor: per-vu-iterations, iterations: 3, exec: leak}}
          thresholds: {checks: ["rate>0.5"]}
        """;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_that_a_run_prints_or_reports_shows_a_secret(bool byOption)
    {
        await using var server = Start();
        var folder = Directory.CreateTempSubdirectory("loadtest-secret-");
        try
        {
            var (file, report) = (Path.Combine(folder.FullName, "test.yaml"), Path.Combine(folder.FullName, "report.json"));
            var manifest = $"apiVersion: loadtest.dev/v1alpha1\nkind: LoadTest\nmetadata: {{name: secrets}}\nspec:\n  target: {server.Url}\n{Spec.Replace("/gone", byOption ? "/gone" : "/ok", StringComparison.Ordinal)}";
            foreach (var variant in new[] { manifest, manifest.Replace("int(env.KEY) > 0", "env.KEY != ''", StringComparison.Ordinal).Replace("/gone", "/ok", StringComparison.Ordinal) })
            {
                await File.WriteAllTextAsync(file, variant);
                foreach (var verb in new[] { "run", "validate", "plan" })
                {
                    await using var process = LoadtestProcess.Start(
                        [verb, file, .. byOption ? ["-e", $"KEY={Secret}"] : Array.Empty<string>(), .. verb == "run" ? ["--out", $"json={report}", "--full"] : Array.Empty<string>()],
                        new Dictionary<string, string> { ["KEY"] = byOption ? "unused" : Secret });
                    await process.ExitAsync();
                    AssertMasked(process.Output);
                    AssertMasked(process.Error);
                }

                AssertMasked(await File.ReadAllTextAsync(report));
            }

            // It really was used.
            Assert.Contains(server.Requests, r => r.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret)), StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Neither_logs_nor_answers_of_stages_nor_any_exposition_shows_a_secret()
    {
        await using var server = Start();
        var spec = Read($"apiVersion: loadtest.dev/v1alpha1\nkind: LoadTest\nmetadata: {{name: secrets}}\nspec:\n  target: {server.Url}\n{Spec}");
        var test = CompiledTest.Compile(spec, new Dictionary<string, string> { ["KEY"] = Secret }).Test!;
        var recorders = new RecorderShards(test, 1);
        var lines = new List<string>();
        var options = new EngineOptions { WarmsUp = false, Log = new ListLogger(lines) };
        await using var senders = new SocketsHttpSenderFactory(test.Http, TimeProvider.System);
        lines.Add(await new ReadyWait(test, senders, options).RunAsync(default) ?? "");
        var once = await new OnceRunner(test, recorders, senders, options).RunAsync(OncePhase.Setup, new Dictionary<string, CelValue>(), new LocalJobs(new Dictionary<string, string>(), ".", TimeProvider.System), default);
        lines.AddRange(once.Failures);
        await using var engine = new LoadEngine(Planner.PlanWorker(spec, 0, 1), test, recorders, senders, options);
        await engine.PrepareAsync(default);
        await engine.RunAsync(TimeProvider.System.GetTimestamp(), default, default);
        Assert.True(lines.Count > 4, string.Join('\n', lines));
        AssertMasked(string.Join('\n', lines));
        Assert.Contains(lines, l => l.Contains(SecretMask.Shown, StringComparison.Ordinal));
        foreach (var format in Enum.GetValues<ExpositionFormat>())
        {
            AssertMasked(Encoding.UTF8.GetString(ExpositionWriter.Write(new WorkerSnapshot(0, 1, 0, true, recorders.TakeSnapshot()), format)));
        }
    }

    private static RawHttpServer Start() => RawHttpServer.Start(async connection =>
    {
        while (await connection.ReadRequestAsync() is { } head)
        {
            var key = Uri.EscapeDataString(Secret);
            await connection.WriteAsync(
                head.Contains(" /redirect", StringComparison.Ordinal) ? $"HTTP/1.1 302 Found\r\nLocation: /landed/{key}?t={key}\r\nContent-Length: 0\r\n\r\n"
                : head.Contains(" /gone", StringComparison.Ordinal) ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                : $"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.UTF8.GetByteCount(Secret)}\r\n\r\n{Secret}");
        }
    });

    private static LoadTestSpec Read(string manifest)
    {
        var valid = LoadTesting.Runner.Cli.Manifests.ManifestReader.ReadText("test.yaml", manifest).Documents.Single().Validate();
        return valid.Value?.Spec ?? throw new Xunit.Sdk.XunitException(string.Join('\n', valid.Problems));
    }

    private static void AssertMasked(string text)
    {
        // Its beginning is in every encoding of it.
        Assert.DoesNotContain("hunter2", text, StringComparison.OrdinalIgnoreCase);
    }

    private sealed class ListLogger(List<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines) lines.Add(formatter(state, exception) + exception);
        }
    }
}
