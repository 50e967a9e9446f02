using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Xunit;

namespace LoadTesting.TestKit;

/// <summary>Debian's Prometheus on a free loopback port: a server that is not ours, with a folder, a configuration and a database of its own. Never the package's service.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly string _folder;
    private readonly Process _process;

    private PrometheusServer(string folder, Process process, Uri url) => (_folder, _process, Url) = (folder, process, url);

    /// <summary>Base URL.</summary>
    public Uri Url { get; }

    /// <summary>
    /// Starts one that scrapes a target every second under the job <c>demo</c>, and waits until it has scraped it twice. Skips the calling test where Prometheus is not installed (unless
    /// <c>CI</c> is set: then it is a failure).
    /// </summary>
    public static async Task<PrometheusServer> ScrapingAsync(Uri target)
    {
        var binary = new[] { "/usr/bin/prometheus", "/usr/local/bin/prometheus" }.FirstOrDefault(File.Exists);
        if (Environment.GetEnvironmentVariable("CI") is null)
        {
            Skip.If(binary is null, "prometheus is not installed: tests/install-dependencies.sh does it");
        }

        for (var attempt = 1; ; attempt++)
        {
            var server = Launch(binary!, target, FreePort.Next());
            var why = await server.ScrapesAsync();
            if (why is null)
            {
                return server;
            }

            await server.DisposeAsync();
            Assert.True(attempt < 3, $"prometheus did not scrape {target}: {why}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static PrometheusServer Launch(string binary, Uri target, int port)
    {
        var folder = Directory.CreateTempSubdirectory("loadtest-prometheus-").FullName;
        File.WriteAllText(
            Path.Combine(folder, "prometheus.yml"),
            $$"""
            global: {scrape_interval: 1s, scrape_timeout: 1s}
            scrape_configs:
              - job_name: demo
                static_configs: [{targets: ["{{target.Authority}}"]}]
            """);
        var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        string[] arguments =
        [
            $"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/data", $"--web.listen-address={url.Authority}", "--log.level=error", "--storage.tsdb.retention.time=1h",
        ];
        var process = Process.Start(new ProcessStartInfo(binary, arguments) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true })!;
        return new PrometheusServer(folder, process, url);
    }

    /// <summary>Null once the target was scraped twice; else what was seen last.</summary>
    private async Task<string?> ScrapesAsync()
    {
        var seen = "nothing";
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(200))
        {
            if (_process.HasExited)
            {
                return $"it ended with {_process.ExitCode}: {await _process.StandardError.ReadToEndAsync()}";
            }

            try
            {
                seen = await Client.GetStringAsync(new Uri(Url, "/api/v1/query?query=count_over_time(up[1m])%20and%20up==1"));
                using var answer = JsonDocument.Parse(seen);
                var counts = answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(s => s.GetProperty("value")[1].GetString()!);
                if (counts.Any(c => int.Parse(c, CultureInfo.InvariantCulture) >= 2))
                {
                    return null;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException or KeyNotFoundException)
            {
                seen = e.Message;
            }
        }

        return seen;
    }
}
