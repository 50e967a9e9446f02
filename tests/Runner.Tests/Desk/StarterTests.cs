using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>What <c>loadtest init</c> writes runs as it is, against the demo target.</summary>
public sealed class StarterTests
{
    [Theory]
    [InlineData("smoke", "0.1")]
    [InlineData("load", "0.015")]
    [InlineData("stress", "0.02")]
    [InlineData("soak", "0.0004")]
    [InlineData("spike", "0.03")]
    [InlineData("flash-sale", "0.3")]
    [InlineData("gate", "0.2")]
    public async Task A_starter_runs_to_a_verdict_that_can_be_trusted(string kind, string scale)
    {
        var folder = Directory.CreateTempSubdirectory("loadtest-init-");
        try
        {
            var file = Path.Combine(folder.FullName, "loadtest.yaml");
            var (code, output, error) = await LoadtestProcess.RunAsync("init", kind, "-o", file);
            Assert.True(code == 0, output + error);
            Assert.Equal((112, true), ((await LoadtestProcess.RunAsync("init", kind, "-o", file)).ExitCode, File.Exists(file)));
            var checkedAs = await LoadtestProcess.RunAsync("validate", file);
            Assert.Equal((0, ""), (checkedAs.ExitCode, checkedAs.Error));

            // It runs as it was written, but for how busy the machine may be.
            await File.WriteAllTextAsync(file, DeskCase.Trusting(await File.ReadAllTextAsync(file)));
            var report = Path.Combine(folder.FullName, "report.json");
            var run = await LoadtestProcess.RunAsync("run", file, "--target", "embedded", "--time-scale", scale, "--out", $"json={report}");
            var outcome = new DeskOutcome(run.ExitCode, run.Output, run.Error, await File.ReadAllTextAsync(report));
            // Whether the times hold is the machine's affair; that the test is sound is not.
            Assert.True(outcome.Verdict is "Passed" or "Failed", run.Output + run.Error);
            Assert.All(outcome.Report.GetProperty("thresholds").EnumerateArray(), t => Assert.Equal(System.Text.Json.JsonValueKind.Number, t.GetProperty("observed").ValueKind));
            Assert.True(outcome.Requests > 5, run.Output);
            if (kind == "flash-sale") Assert.Equal(100, outcome.Metric("orders_accepted", "count"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
