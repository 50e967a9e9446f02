using System.Text.Json;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>
/// Runs whole manifests as users do. Tests of the collection hold times to a line, or to each other: they run one at a time and when all others have ended, so that what they measure is not
/// each other's noise. Tests that only wait for verdicts and counts stay outside of it and run beside each other.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DeskCase : ICollectionFixture<DeskCase>
{
    public const string Name = "whole runs at the desk";

    /// <summary>Runs a manifest given as text; unless it sets limits of its own, a machine that is busy with other things does not make it Invalid.</summary>
    public static Task<DeskOutcome> RunAsync(string manifest, params string[] arguments) => RunAsync(manifest, _ => Task.CompletedTask, arguments);

    /// <summary>The same while something else is done; what is done gets the run's process id.</summary>
    public static Task<DeskOutcome> RunAsync(string manifest, Func<int, Task> meanwhile, params string[] arguments) => RunAsync(manifest, meanwhile, null, arguments);

    /// <summary>The same over one of the two senders, whichever the machine would choose: <c>loop</c> or <c>sockets</c>.</summary>
    public static Task<DeskOutcome> RunOverAsync(string sender, string manifest, params string[] arguments) =>
        RunAsync(manifest, _ => Task.CompletedTask, new Dictionary<string, string> { ["LOADTEST_SENDER"] = sender }, arguments);

    private static async Task<DeskOutcome> RunAsync(string manifest, Func<int, Task> meanwhile, Dictionary<string, string>? environment, string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("loadtest-desk-");
        try
        {
            var file = Path.Combine(folder.FullName, "test.yaml");
            var report = Path.Combine(folder.FullName, "report.json");
            await File.WriteAllTextAsync(file, Trusting(manifest));
            await using var process = LoadtestProcess.Start(["run", file, "--out", $"json={report}", .. arguments], environment);
            var ended = process.ExitAsync();
            var doing = meanwhile(process.Id);
            var code = await ended;
            await doing;
            var json = File.Exists(report) ? await File.ReadAllTextAsync(report) : null;
            return new DeskOutcome(code, process.Output, process.Error, json);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The manifest with limits that a starved generator keeps too.</summary>
    public static string Trusting(string manifest) =>
        manifest.Contains("validity:", StringComparison.Ordinal) ? manifest
            : manifest.Replace("\nspec:\n", "\nspec:\n  validity: {maxTaintedSeconds: 100%, maxStartSkew: 1m, deliveredRatio: 80%}\n", StringComparison.Ordinal);
}

/// <summary>What a run left behind.</summary>
public sealed record DeskOutcome(int ExitCode, string Output, string Error, string? ReportText)
{
    public JsonElement Report => JsonDocument.Parse(ReportText ?? throw new Xunit.Sdk.XunitException($"no report; exit code {ExitCode}\n{Output}\n{Error}")).RootElement;

    public string Verdict => Report.GetProperty("verdict").GetString()!;

    public long Requests => Report.GetProperty("load").GetProperty("requests").GetInt64();

    /// <summary>A value of a metric in its unit.</summary>
    public double Metric(string name, string value)
    {
        var metric = Report.GetProperty("metrics").EnumerateArray().FirstOrDefault(m => m.GetProperty("name").GetString() == name);
        return metric.ValueKind == JsonValueKind.Object
            ? metric.GetProperty(value).GetDouble()
            : throw new Xunit.Sdk.XunitException($"the report has no metric {name}:\n{Output}");
    }

    /// <summary>A scenario's entry.</summary>
    public JsonElement Scenario(string name) =>
        Report.GetProperty("scenarios").EnumerateArray().First(s => s.GetProperty("name").GetString() == name);
}
