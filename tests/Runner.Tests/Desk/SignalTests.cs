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
        await using var process = Start("/delay/20", "--default-signal=HUP", "", "--out", $"json={report}");
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

    [Fact]
    public async Task The_quit_signal_leaves_at_once_the_first_time()
    {
        await using var process = Start("/delay/60000");
        await SeeAsync(process, "running");
        await process.SignalAsync("QUIT");
        Assert.Equal(131, await process.ExitAsync());
    }

    [Fact]
    public async Task A_hang_up_that_is_ignored_stays_ignored()
    {
        await using var process = Start("/delay/20", "--ignore-signal=HUP", "");
        await SeeLoadAsync(process);
        await process.SignalAsync("HUP");
        await Task.Delay(1000);
        Assert.DoesNotContain("stopping", process.Output, StringComparison.Ordinal);
        await process.SignalAsync("TERM");
        Assert.Equal(105, await process.ExitAsync());
    }

    [Theory]
    [InlineData("  setup: [{log: IN SETUP}, {sleep: 50s}]", "IN SETUP")]
    [InlineData("  ready: {timeout: 5m, http: [{url: /never, expect: {status: [299]}}]}", "waiting for the target")]
    public async Task A_signal_before_the_load_ends_the_run_without_load_and_it_is_reported(string part, string seen)
    {
        var report = Path.Combine(_folder.FullName, "report.json");
        await using var process = Start("/delay/20", "--default-signal=HUP", part, "--out", $"json={report}");
        await SeeAsync(process, seen);
        await process.SignalAsync("TERM");
        Assert.Equal(105, await process.ExitAsync());
        Assert.Contains("AbortedByUser", await File.ReadAllTextAsync(report), StringComparison.Ordinal);
        Assert.DoesNotContain("running", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_in_teardown_lets_it_come_to_its_end_and_the_verdict_stands()
    {
        var part = "  teardown: [{log: TEARDOWN BEGINS}, {sleep: 3s}, {log: TEARDOWN ENDS}]\n  thresholds: {http_req_failed: [rate<1%]}";
        await using var process = Start("/delay/1", "--default-signal=HUP", part, "--iterations", "2");
        await SeeAsync(process, "TEARDOWN BEGINS");
        await process.SignalAsync("INT");
        Assert.Equal(0, await process.ExitAsync());
        Assert.Contains("TEARDOWN ENDS", process.Error, StringComparison.Ordinal);
        Assert.Contains("another signal leaves at once", process.Output, StringComparison.Ordinal);
    }

    private static Task SeeAsync(LoadtestProcess process, string text) =>
        Eventually.SeeAsync(text, () => Task.FromResult(process.Output + process.Error), o => o.Contains(text, StringComparison.Ordinal));

    private static Task SeeLoadAsync(LoadtestProcess process) =>
        // The line with numbers comes some seconds into the load; "running" alone is printed before the first request goes out.
        Eventually.SeeAsync("a line with numbers", () => Task.FromResult(process.Output), o => o.Contains(" VUs, ", StringComparison.Ordinal));

    private LoadtestProcess Start(string url, params string[] arguments) => Start(url, "--default-signal=HUP", "", arguments);

    private LoadtestProcess Start(string url, string signals, string part, params string[] arguments)
    {
        var file = Path.Combine(_folder.FullName, "test.yaml");
        File.WriteAllText(file, DeskCase.Trusting(Manifest.Replace("WHAT", url, StringComparison.Ordinal) + "\n" + part));
        return LoadtestProcess.Start(["run", file, "--target", "embedded", .. arguments], signals: signals);
    }
}
