using System.Globalization;
using System.Text.RegularExpressions;
using LoadTesting.Model.Spec;

namespace LoadTesting.Suites.Tests;

/// <summary>
/// Makes an example short and small without changing its shape: every duration of its scenarios by one factor, every number of VUs and every rate by another.
/// Latency limits are scaled with the simulated system's latencies, so that what a busy machine adds stays small against them.
/// </summary>
public sealed record Scaling
{
    /// <summary>Factor on the durations of scenarios and windows. Grace periods stay: iterations in flight end as they would, and all counts are exact.</summary>
    public double Time { get; init; } = 1;

    /// <summary>Factor on VUs and rates; what is above 0 stays so.</summary>
    public double Load { get; init; } = 1;

    /// <summary>Factor on the limits of trends, and on the latencies of the simulated system.</summary>
    public double Latency { get; init; } = 1;

    /// <summary>Factor on pauses within iterations.</summary>
    public double Pauses { get; init; } = 1;

    /// <summary>Thresholds whose numbers depend on how much load there is: metric, as written, and what it becomes. All must be there, in a profile or without.</summary>
    public IReadOnlyList<(string Metric, string Written, string Becomes)> Thresholds { get; init; } = [];

    /// <summary>The scaled document.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">A threshold to be replaced is not there.</exception>
    public SpecNode Apply(SpecNode document)
    {
        var missing = Thresholds.ToList();
        var scaled = Walk(document, "", missing);
        return missing.Count == 0 ? scaled : throw new Xunit.Sdk.XunitException($"the example has no threshold {string.Join(", ", missing)}");
    }

    private SpecNode Walk(SpecNode node, string key, List<(string, string, string)> missing) => node switch
    {
        SpecMap map when key == "scenarios" => Each(map, e => Scenario(e.Value)),
        SpecMap map when key == "thresholds" => Each(map, e => Limits(e.Key, e.Value, missing)),
        SpecNode time when key == "warmUp" => Times(time, Time, atLeast: 0),
        SpecNode pause when key is "sleep" or "pacing" => Pause(pause),
        SpecMap map => Each(map, e => Walk(e.Value, e.Key, missing)),
        SpecList list => list with { Items = [.. list.Items.Select(i => Walk(i, "", missing))] },
        _ => node,
    };

    private SpecNode Scenario(SpecNode node) => node is not SpecMap scenario ? node : Each(scenario, e => e.Key switch
    {
        "duration" or "maxDuration" => Times(e.Value, Time, atLeast: 1),
        "startTime" => Times(e.Value, Time, atLeast: 0),
        "vus" or "startVUs" or "rate" or "startRate" or "preAllocatedVUs" or "maxVUs" or "iterations" => Number(e.Value),
        "stages" => e.Value is SpecList stages ? stages with { Items = [.. stages.Items.Select(Stage)] } : e.Value,
        "pacing" => Pause(e.Value),
        _ => e.Value,
    });

    private SpecNode Stage(SpecNode node) => Each((SpecMap)node, e => e.Key == "target" ? Number(e.Value) : Times(e.Value, Time, atLeast: 0));

    private SpecNode Pause(SpecNode node) => node switch
    {
        SpecMap map => Each(map, e => Pause(e.Value)),
        SpecList list => list with { Items = [.. list.Items.Select(Pause)] },
        SpecScalar { Kind: ScalarKind.String } => Times(node, Pauses, atLeast: 0),
        _ => node,
    };

    private SpecNode Limits(string metric, SpecNode node, List<(string Metric, string Written, string Becomes)> missing) => node switch
    {
        SpecList list => list with { Items = [.. list.Items.Select(i => Limits(metric, i, missing))] },
        SpecMap map => Each(map, e => e.Key == "threshold" ? Limits(metric, e.Value, missing) : e.Value),
        SpecScalar scalar => scalar with { Text = Limit(metric, scalar.Text, missing) },
        _ => node,
    };

    private string Limit(string metric, string text, List<(string Metric, string Written, string Becomes)> missing)
    {
        var replaced = missing.FindIndex(t => t.Metric == metric && t.Written == text);
        if (replaced >= 0)
        {
            var becomes = missing[replaced].Becomes;
            missing.RemoveAt(replaced);
            return becomes;
        }

        text = Regex.Replace(text, @"^\s*(avg|min|med|max|p\([\d.]+\))\s*([<>=!]+)\s*([\d.]+)(?![\d.]*\w)", m =>
            string.Create(CultureInfo.InvariantCulture, $"{m.Groups[1].Value}{m.Groups[2].Value}{double.Parse(m.Groups[3].Value, CultureInfo.InvariantCulture) * Latency}"));
        text = Regex.Replace(text, @"^\s*(avg|min|med|max|p\([\d.]+\))\s*([<>=!]+)\s*([\d.]+[a-zµ]+)", m => m.Groups[1].Value + m.Groups[2].Value + Text(Scaled(m.Groups[3].Value, Latency)));
        return Regex.Replace(text, @"\b(over|after|within) (\d[\d.]*(?:ns|us|ms|s|m|h)\w*)", m => $"{m.Groups[1].Value} {Text(Scaled(m.Groups[2].Value, Time))}");
    }

    private SpecScalar Number(SpecNode node)
    {
        var scalar = (SpecScalar)node;
        var value = long.Parse(scalar.Text, CultureInfo.InvariantCulture);
        return scalar with { Text = ((long)Math.Ceiling(value * Load)).ToString(CultureInfo.InvariantCulture) };
    }

    private static SpecScalar Times(SpecNode node, double factor, double atLeast)
    {
        var scalar = (SpecScalar)node;
        var scaled = Scaled(scalar.Text, factor);
        return scalar with { Kind = ScalarKind.String, Text = Text(scaled.TotalSeconds < atLeast ? TimeSpan.FromSeconds(atLeast) : scaled) };
    }

    private static TimeSpan Scaled(string duration, double factor) =>
        Duration.TryParse(duration, out var parsed) ? parsed.ToTimeSpan() * factor : throw new Xunit.Sdk.XunitException($"'{duration}' is no duration");

    private static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.###}ms");

    private static SpecMap Each(SpecMap map, Func<SpecEntry, SpecNode> value) => map with { Entries = [.. map.Entries.Select(e => e with { Value = value(e) })] };
}
