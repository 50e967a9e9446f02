using LoadTesting.Metrics;

namespace LoadTesting.Model.Reporting;

/// <summary>Sorts a report's metrics into the summary's sections and writes their values.</summary>
internal static class MetricSections
{
    private static readonly string[] Titles = ["CUSTOM", "HTTP", "EXECUTION", "NETWORK"];

    // Shown on their own (checks), or of interest only to those who look for a cause.
    private static readonly HashSet<string> Hidden = new(
        [
            BuiltInMetrics.Checks.Name, BuiltInMetrics.GroupDuration.Name, BuiltInMetrics.HttpReqBlocked.Name, BuiltInMetrics.HttpReqConnecting.Name,
            BuiltInMetrics.HttpReqTlsHandshaking.Name, BuiltInMetrics.HttpReqSending.Name, BuiltInMetrics.HttpReqWaiting.Name, BuiltInMetrics.HttpReqReceiving.Name,
            BuiltInMetrics.VuTime.Name, BuiltInMetrics.StartLag.Name, BuiltInMetrics.FailingAt.Name, BuiltInMetrics.TaintedSeconds.Name, BuiltInMetrics.GeneratorCpu.Name,
            BuiltInMetrics.GeneratorThrottled.Name, BuiltInMetrics.GeneratorStall.Name, BuiltInMetrics.GeneratorGcPause.Name, BuiltInMetrics.GeneratorFiles.Name,
            BuiltInMetrics.RequestsAnswered.Name, BuiltInMetrics.RequestsUnanswered.Name, BuiltInMetrics.RequestsUnsent.Name, BuiltInMetrics.RequestsCutOff.Name, BuiltInMetrics.TaintedReading.Name,
        ],
        StringComparer.Ordinal);

    /// <summary>The sections that have rows, in k6's order; within a section by metric name, sub-metrics below their metric.</summary>
    public static IReadOnlyList<(string Title, IReadOnlyList<LeaderRow> Rows)> Of(RunReport report, bool full)
    {
        var asked = report.Thresholds.Select(t => t.Metric).ToHashSet(StringComparer.Ordinal);
        var families = report.Metrics
            .GroupBy(m => BaseName(m.Name), StringComparer.Ordinal)
            .Where(f => full ? f.Key != BuiltInMetrics.Checks.Name : !Hidden.Contains(f.Key))
            .OrderBy(f => f.Key, StringComparer.Ordinal)
            .ToLookup(f => Title(f.Key), f => f.Where(m => full || IsShown(m, f, asked)).Select(Row));
        return [.. Titles.Where(families.Contains).Select(t => (t, (IReadOnlyList<LeaderRow>)[.. families[t].SelectMany(rows => rows)]))];
    }

    private static bool IsShown(MetricReport metric, IEnumerable<MetricReport> family, HashSet<string> asked)
    {
        var open = metric.Name.IndexOf('{', StringComparison.Ordinal);
        if (open < 0 || asked.Contains(metric.Name))
        {
            return true;
        }

        if (metric.Name[..open] != BuiltInMetrics.HttpReqDuration.Name)
        {
            return false;
        }

        // By request name only where there are several: else it repeats the line above.
        return metric.Name == "http_req_duration{expected_response:true}"
            || metric.Name.StartsWith("http_req_duration{name:", StringComparison.Ordinal)
                && family.Count(m => m.Name.StartsWith("http_req_duration{name:", StringComparison.Ordinal)) > 1;
    }

    private static string BaseName(string key) => key.IndexOf('{', StringComparison.Ordinal) is var open and >= 0 ? key[..open] : key;

    private static string Title(string metric) =>
        BuiltInMetrics.Find(metric) is null || metric.StartsWith("target_", StringComparison.Ordinal) ? Titles[0]
        : metric.StartsWith("http_", StringComparison.Ordinal) ? Titles[1]
        : metric == BuiltInMetrics.DataSent.Name || metric == BuiltInMetrics.DataReceived.Name ? Titles[3]
        : Titles[2];

    private static LeaderRow Row(MetricReport metric)
    {
        var open = metric.Name.IndexOf('{', StringComparison.Ordinal);
        var (label, depth) = open < 0 ? (metric.Name, 0) : ($"{{ {metric.Name[(open + 1)..^1]} }}", 1);
        return metric.Type == "trend"
            ? new LeaderRow(label, depth, Statistics(metric), LeaderColumns.Statistics)
            : new LeaderRow(label, depth, Amounts(metric), LeaderColumns.Amounts);
    }

    private static List<string> Amounts(MetricReport metric)
    {
        double Of(string key) => metric.Values.TryGetValue(key, out var value) ? value : 0;
        return metric.Type switch
        {
            "distinct" => [HumanFormat.Number(Of("count")), metric.Values.TryGetValue("error", out var error) ? $"±{HumanFormat.Percent(error)}" : string.Empty],
            "counter" => [Value(Of("count"), metric.Unit), metric.Unit == "B" ? HumanFormat.Bytes(Of("rate")) + "/s" : HumanFormat.Number(Of("rate")) + "/s"],
            "rate" => [HumanFormat.RatePercent(Of("rate")), $"{HumanFormat.Number(Of("passes"))} out of {HumanFormat.Number(Of("passes") + Of("fails"))}"],
            _ => [Value(Of("value"), metric.Unit), $"min={Value(Of("min"), metric.Unit)} max={Value(Of("max"), metric.Unit)}"],
        };
    }

    /// <summary>
    /// k6's order: avg, min, med, max, then the percentiles ascending; last what got no answer, where something did not: average and minimum are without
    /// that.
    /// </summary>
    private static List<string> Statistics(MetricReport metric)
    {
        var fixedOnes = new[] { "avg", "min", "med", "max" }.Where(metric.Values.ContainsKey).Select(k => $"{k}={Value(metric.Values[k], metric.Unit)}");
        var percentiles = metric.Values.Where(v => v.Key.StartsWith('p')).Select(v => $"p({v.Key[1..]})={Value(v.Value, metric.Unit)}");
        var unanswered = metric.Values.TryGetValue("unanswered", out var count) ? [$"unanswered={HumanFormat.Number(count)}"] : Array.Empty<string>();
        return [.. fixedOnes, .. percentiles, .. unanswered];
    }

    private static string Value(double value, string unit) => unit switch
    {
        "ms" => HumanFormat.Time(value),
        "B" => HumanFormat.Bytes(value),
        _ => HumanFormat.Number(value),
    };
}
