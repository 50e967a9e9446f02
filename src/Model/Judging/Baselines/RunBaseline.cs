using LoadTesting.Metrics;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Judging.Baselines;

/// <summary>An earlier run to compare with.</summary>
public sealed class RunBaseline
{
    private readonly Dictionary<string, SeriesValue> _samples;

    private RunBaseline(string name, Duration load, string? mismatch, Dictionary<string, SeriesValue> samples)
    {
        (Name, Load, Mismatch, _samples) = (name, load, mismatch, samples);
    }

    /// <summary>What the run is called.</summary>
    public string Name { get; }

    /// <summary>How long its load lasted.</summary>
    public Duration Load { get; }

    /// <summary>Why it cannot be compared with; null when it can. A baseline of another load, or one that did not pass, proves nothing.</summary>
    public string? Mismatch { get; }

    /// <summary>The baseline that a stored report is for a test.</summary>
    public static RunBaseline From(RunReport report, LoadTestSpec spec)
    {
        var name = report.Run ?? report.Test;
        var mismatch = report.LoadShape != LoadShapeKey.Of(spec) ? $"the baseline {name} had another load"
            : report.Verdict is Verdict.Invalid or Verdict.Error or Verdict.Aborted or null ? $"the baseline {name} is itself not to be believed: {report.Verdict?.ToString() ?? "it did not end"}"
            : null;
        return new(name, report.Elapsed, mismatch, mismatch is null ? report.Samples.ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal) : []);
    }

    /// <summary>The samples of a selector; null when the report holds none.</summary>
    internal SeriesValue? Find(MetricSelector selector) => _samples.GetValueOrDefault(selector.Key);
}
