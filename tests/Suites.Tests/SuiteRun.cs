using System.Text.Json;
using System.Text.RegularExpressions;
using LoadTesting.Runner.Target;

namespace LoadTesting.Suites.Tests;

/// <summary>What a run of an example left behind, beside what its simulated system counted itself.</summary>
public sealed partial record SuiteRun
{
    public required int ExitCode { get; init; }

    public required string Output { get; init; }

    public required string Error { get; init; }

    public required JsonElement Report { get; init; }

    public required TargetStatistics Truth { get; init; }

    public string Verdict => Report.GetProperty("verdict").GetString()!;

    public string Message => Report.GetProperty("message").GetString()!;

    /// <summary>Thresholds that did not hold, as <c>metric expression</c>.</summary>
    public IReadOnlyList<string> Broken =>
    [
        .. Report.GetProperty("thresholds").EnumerateArray()
            .Where(t => !t.GetProperty("ok").GetBoolean())
            .Select(t => $"{t.GetProperty("metric").GetString()} {t.GetProperty("expression").GetString()}"),
    ];

    /// <summary>Whether nothing is wrong but times, and load that could not be started.</summary>
    public bool MachineMayBeToBlame =>
        Report.GetProperty("reason").GetString() is "ThresholdsFailed" or "LoadNotDelivered" or "GeneratorSaturated"
        && Broken.All(b => b.StartsWith("dropped_iterations", StringComparison.Ordinal) || TimeLimit().IsMatch(b));

    /// <summary>What the simulated system counted under this name; 0 when nothing.</summary>
    public long Counted(string counter) => Truth.Counters.GetValueOrDefault(counter);

    /// <summary>A value of a metric in its unit.</summary>
    public double Metric(string name, string value)
    {
        var metric = Report.GetProperty("metrics").EnumerateArray().FirstOrDefault(m => m.GetProperty("name").GetString() == name);
        return metric.ValueKind == JsonValueKind.Object
            ? metric.GetProperty(value).GetDouble()
            : throw new Xunit.Sdk.XunitException($"the report has no metric {name}:\n{Output}");
    }

    public SuiteRun Passed()
    {
        Assert.True(ExitCode == 0 && Verdict == "Passed", $"expected Passed, saw {Verdict}: {Message}\n{Output}\n{Error}");
        return this;
    }

    /// <summary>Failed, and these thresholds are among the broken ones (by the beginning of <c>metric expression</c>).</summary>
    public SuiteRun Failed(params string[] broken)
    {
        Assert.True(ExitCode == 99 && Verdict == "Failed", $"expected Failed, saw {Verdict}: {Message}\n{Output}\n{Error}");
        foreach (var expected in broken)
        {
            Assert.True(Broken.Any(b => b.StartsWith(expected, StringComparison.Ordinal)), $"expected a broken '{expected}', saw {string.Join("; ", Broken)}: {Message}");
        }

        return this;
    }

    [GeneratedRegex(@" (avg|min|med|max|p\([\d.]+\))[<>=]")]
    private static partial Regex TimeLimit();
}
