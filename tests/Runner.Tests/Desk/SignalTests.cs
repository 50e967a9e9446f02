using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

public sealed class SignalTests : IDisposable
{
    private const string Manifest =
        """
        apiVersion: loadtest.dev/v1alpha1
        kind: LoadTest
        metadata: {name: long}
        spec:
          flows: {f: [{request: {name: a, url: WHAT}}]}
          scenarios: {s: {executor: constant-vus, vus: 2, duration: 10m}}
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("loadtest-signal-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task One_signal_stops_gracefully_and_the_run_is_still_judged_and_reported(string signal)
    {
        var report = Path.Combine(_folder.FullName, "report.json");
        await using var process = Start("/delay/20", "--out", $"json={report}");
        await SeeLoadAsync(process);
        await process.SignalAsync(signal);
        Assert.Equal(105, await process.ExitAsync());
        Assert.Contains("AbortedByUser", await File.ReadAllTextAsync(report), StringComparison.Ordinal);
        Assert.Contains("http_req_duration", process.Output, StringComparison.Ordinal);
        Assert.Contains("stopped by the user", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_signal_leaves_at_once()
    {
        // A request that takes a minute holds the graceful stop; the second signal does not wait for it.
        await using var process = Start("/delay/60000");
        await SeeLoadAsync(process);
        await process.SignalAsync("INT");
        await Task.Delay(200);
        await process.SignalAsync("INT");
        Assert.Equal(130, await process.ExitAsync(TimeSpan.FromSeconds(25)));
    }

    private static Task SeeLoadAsync(LoadtestProcess process) =>
        // The line with numbers comes some seconds into the load; "running" alone is printed before the first request goes out.
        Eventually.SeeAsync("a line with numbers", () => Task.FromResult(process.Output), o => o.Contains(" VUs, ", StringComparison.Ordinal));

    private LoadtestProcess Start(string url, params string[] arguments)
    {
        var file = Path.Combine(_folder.FullName, "test.yaml");
        File.WriteAllText(file, Manifest.Replace("WHAT", url, StringComparison.Ordinal));
        return LoadtestProcess.Start(["run", file, "--target", "embedded", .. arguments]);
    }
}
