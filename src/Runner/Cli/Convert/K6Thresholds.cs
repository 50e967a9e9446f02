using System.Text.RegularExpressions;
using LoadTesting.Metrics;
using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Cli.Convert;

/// <summary>k6's thresholds: taken over as they are. Those of metrics that only other protocols have are listed; the script's own metrics become records of the type that their thresholds tell.</summary>
internal static partial class K6Thresholds
{
    private static readonly string[] OtherProtocols = ["browser_", "ws_", "grpc_", "websocket", "webvital", "iteration_duration_"];

    /// <summary>The thresholds that a LoadTest can have.</summary>
    /// <param name="thresholds">k6's; null = none.</param>
    /// <param name="notes">Gets what was left out.</param>
    /// <param name="records">Records (with values to be filled in) of the metrics that the script must have recorded itself.</param>
    public static SpecMap Convert(SpecMap? thresholds, ICollection<string> notes, out IReadOnlyList<SpecMap> records)
    {
        var (kept, own) = (new List<SpecEntry>(), new Dictionary<string, SpecMap>(StringComparer.Ordinal));
        foreach (var entry in thresholds?.Entries ?? [])
        {
            var metric = entry.Key.Split('{')[0].Trim();
            if (entry.Value is SpecScalar { Kind: ScalarKind.Null }) continue;
            if (!MetricDefinition.IsValidName(metric) || OtherProtocols.Any(p => metric.StartsWith(p, StringComparison.Ordinal)))
            {
                notes.Add($"thresholds.{entry.Key}: there is no such metric, it was left out");
                continue;
            }

            kept.Add(entry with { Value = Objects(entry.Value) });
            if (BuiltInMetrics.Find(metric) is null) own.TryAdd(metric, Record(metric, Aggregations(entry.Value)));
        }

        records = [.. own.Values];
        return new SpecMap(kept, default);
    }

    /// <summary>What <c>k6 inspect</c> prints for absent fields is left out.</summary>
    private static SpecNode Objects(SpecNode value) => value is SpecList list
        ? list with { Items = [.. list.Items.Select(i => i is SpecMap map ? map with { Entries = [.. map.Entries.Where(e => e.Value is not SpecScalar { Kind: ScalarKind.Null })] } : i)] }
        : value;

    private static SpecMap Record(string metric, string aggregations)
    {
        var type = aggregations.Contains("count", StringComparison.Ordinal) ? "counter" : aggregations.Contains("rate", StringComparison.Ordinal) ? "rate" : aggregations.Contains("value", StringComparison.Ordinal) ? "gauge" : "trend";
        var entries = new List<SpecEntry> { Entry(type, metric) };
        entries.Add(type is "counter" or "rate" ? Entry("when", "status == 200") : Entry("value", "timings.duration"));
        return new SpecMap(entries, default);
    }

    private static string Aggregations(SpecNode value) => value switch
    {
        SpecList list => string.Join(' ', list.Items.Select(Aggregations)),
        SpecMap map => map["threshold"] is { } expression ? Aggregations(expression) : "",
        SpecScalar scalar => Words().Match(scalar.Text).Value,
        _ => "",
    };

    private static SpecEntry Entry(string key, string text) => new(key, default, new SpecScalar(text, ScalarKind.String, default));

    [GeneratedRegex(@"[a-z]+")]
    private static partial Regex Words();
}
