using LoadTesting.Runner.Cli;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>Runs that look at parts of themselves: the soak, the comparison with an earlier run, and marks.</summary>
[Collection(DeskCase.Name)]
public sealed class WatchedTests
{
    // tests/baseline asks for ten.
    private static int Repeats => int.TryParse(Environment.GetEnvironmentVariable("LOADTEST_BASELINE_REPEATS"), out var repeats) ? repeats : 2;

    [Fact]
    public async Task A_leaking_target_fails_the_soak_by_its_drift_alone_and_a_sound_one_passes()
    {
        var soak = (await ReadAsync("soak.yaml")).Replace("duration: 1h", "duration: 12s", StringComparison.Ordinal);
        var sound = await DeskCase.RunAsync(soak);
        Assert.True(sound.ExitCode == 0, sound.Output + sound.Error);
        // 50/s for 12 s: the last iterations ask for 60 ms more.
        var leaking = await DeskCase.RunAsync(soak, "-v", "leak=0.1");
        Assert.True(leaking.ExitCode == 99, leaking.Output + leaking.Error);
        Assert.Equal("ThresholdsFailed", leaking.Report.GetProperty("reason").GetString());
        Assert.Matches(@"^the threshold|1 of 4 thresholds broken: drift\{metric:http_req_duration\} value \d+(\.\d+)?% \(from \d", leaking.Report.GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task The_comparison_fails_on_a_slower_target_and_passes_on_an_equal_one_each_time()
    {
        var manifest = await ReadAsync("baseline.yaml");
        var folder = Directory.CreateTempSubdirectory("loadtest-baseline-");
        try
        {
            var before = Path.Combine(folder.FullName, "before.json");
            // Eight times the example's own delay: what a busy machine adds to a request is no longer a tenth of it.
            var first = await DeskCase.RunAsync(manifest, "-v", "delay=400");
            Assert.True(first.ExitCode == 0, first.Output + first.Error);
            await File.WriteAllTextAsync(before, first.ReportText);
            for (var i = 0; i < Repeats; i++)
            {
                var equal = await DeskCase.RunAsync(manifest, "--baseline", before, "-v", "delay=400");
                Assert.True(equal.ExitCode == 0, equal.Output + equal.Error);
                Assert.Contains(" in run baseline", equal.Output, StringComparison.Ordinal);
            }

            var slower = await DeskCase.RunAsync(manifest, "--baseline", before, "-v", "delay=480");
            Assert.True(slower.ExitCode == 99, slower.Output + slower.Error);
            Assert.Matches(@"http_req_duration med \d+(\.\d+)? ms against \d+(\.\d+)? ms in run baseline, \+[12]\d%", slower.Report.GetProperty("message").GetString()!);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_mark_set_from_another_terminal_is_a_window_of_the_run()
    {
        var folder = Directory.CreateTempSubdirectory("loadtest-mark-");
        try
        {
            var (file, report) = (Path.Combine(folder.FullName, "test.yaml"), Path.Combine(folder.FullName, "report.json"));
            await File.WriteAllTextAsync(file, DeskCase.Trusting(
                """
                apiVersion: loadtest.dev/v1alpha1
                kind: LoadTest
                metadata: {name: marked}
                spec:
                  flows: {f: [{request: {name: get, url: /delay/5}}, {sleep: 50ms}]}
                  scenarios: {s: {executor: constant-vus, vus: 2, duration: 8s}}
                  thresholds:
                    http_req_duration: ["p(95)<10s after deploy", "p(95)<10s"]
                    "recovery_time{mark:deploy,hold:2s}": ["value<3s"]
                """));
            await using var run = LoadtestProcess.Start(["run", file, "--target", "embedded", "--out", $"json={report}"]);
            await Eventually.SeeAsync("the run takes a mark", () => CommandLine.InvokeAsync(["mark", "deploy", "--run", $"{run.Id}"]), code => code == 0);
            Assert.Equal(0, await run.ExitAsync());
            Assert.Contains("\"deploy\"", await File.ReadAllTextAsync(report), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<string> ReadAsync(string example) => File.ReadAllTextAsync(Path.Combine(RepositoryPaths.Root, "examples", example));
}
