using System.Text.Json;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary><c>--out json=…</c> of whole runs: what stands where, and that a report changes neither the load nor the verdict.</summary>
public sealed class ReportFileTests : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("loadtest-report-");
    private int _requests;
    private RawHttpServer? _server;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("-")]
    [InlineData("/dev/stdout")]
    public async Task On_standard_output_stands_the_report_and_nothing_else(string path)
    {
        var (code, output, error) = await RunAsync("count==3", "--out", $"json={path}");
        Assert.Equal(0, code);
        Assert.Equal("Passed", JsonDocument.Parse(output).RootElement.GetProperty("verdict").GetString());
        Assert.Contains("✓ Passed", error, StringComparison.Ordinal);
        Assert.Contains("http_req_duration", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("count==3", 0)]
    [InlineData("count==4", 99)]
    public async Task A_report_that_is_lost_is_said_and_the_verdict_stands(string threshold, int code)
    {
        var (ended, _, error) = await RunAsync(threshold, "--out", "json=/dev/full");
        Assert.Equal(code, ended);
        Assert.Contains("the report of this run is lost: /dev/full was not written: no space left on the device", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_cannot_be_written_or_read_is_said_before_the_first_request()
    {
        var (code, _, error) = await RunAsync(
            "count==3", "--out", "json=/no-such-folder/a.json", "--out", $"json={_folder.FullName}", "--out", $"json={Path.Combine(_folder.FullName, "good.json")}", "--baseline", "no-such-report.json");
        Assert.Equal(104, code);
        Assert.Contains("there is no folder /no-such-folder", error, StringComparison.Ordinal);
        Assert.Contains("it is a folder", error, StringComparison.Ordinal);
        Assert.Contains("the baseline no-such-report.json cannot be read: there is no such file", error, StringComparison.Ordinal);
        Assert.Equal(0, Volatile.Read(ref _requests));
        Assert.Equal(["test.yaml"], _folder.EnumerateFileSystemInfos().Select(f => f.Name));
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string threshold, params string[] arguments)
    {
        _server = RawHttpServer.Start(async connection =>
        {
            while (await connection.ReadRequestAsync() is not null)
            {
                Interlocked.Increment(ref _requests);
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
        });
        var file = Path.Combine(_folder.FullName, "test.yaml");
        await File.WriteAllTextAsync(file, DeskCase.Trusting(
            $$$"""
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: reported}
            spec:
              target: {{{_server.Url}}}
              flows: {f: [{request: {url: /}}]}
              scenarios: {s: {executor: per-vu-iterations, vus: 1, iterations: 3}}
              thresholds:
                http_reqs: ["{{{threshold}}}"]
            """));
        return await LoadtestProcess.RunAsync(["run", file, .. arguments]);
    }
}
