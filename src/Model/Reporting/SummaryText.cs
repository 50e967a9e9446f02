using LoadTesting.Model.Judging;

namespace LoadTesting.Model.Reporting;

/// <summary>
/// The end-of-test summary, in the order and notation that k6 users know: thresholds, checks, then custom, HTTP, execution and network metrics with dotted leaders;
/// and last the verdict in one sentence. Made from the report alone, so a stored report prints the same.
/// </summary>
public static class SummaryText
{
    private const string Indent = "    ";
    private const int MostTainted = 10;
    private const int MostHappenings = 20;

    /// <summary>The summary's lines.</summary>
    /// <param name="report">A finished run.</param>
    /// <param name="full">All metrics and sub-metrics; else without the phases of requests and without sub-metrics that nobody asked for. Default false.</param>
    /// <param name="width">Columns that the table of metrics keeps within; sentences are left to the terminal. Default: any number, one line for each
    /// metric.</param>
    public static IReadOnlyList<StyledLine> Lines(RunReport report, bool full = false, int width = int.MaxValue)
    {
        var lines = new List<StyledLine>();
        Thresholds(lines, report);
        if (report.Metrics.Count > 0)
        {
            Totals(lines, report, full, width);
        }

        Failures(lines, report);
        Target(lines, report);
        Generator(lines, report);
        lines.Add(StyledLine.Blank);
        lines.Add(Sentence(report));
        return lines;
    }

    /// <summary>The verdict as one line, e.g. <c>✗ Failed: the threshold is broken: …</c>; the phase while there is no verdict.</summary>
    public static StyledLine Sentence(RunReport report)
    {
        var (mark, style) = report.Verdict switch
        {
            Verdict.Passed => ("✓", SpanStyle.Good),
            Verdict.Failed => ("✗", SpanStyle.Bad),
            null => ("…", SpanStyle.Plain),
            _ => ("!", SpanStyle.Doubtful),
        };
        var outcome = report.Verdict?.ToString() ?? report.Phase.ToString();
        return Line((mark + " ", style), (outcome, style), (report.Message.Length > 0 ? $": {report.Message}" : string.Empty, SpanStyle.Plain));
    }

    private static void Thresholds(List<StyledLine> lines, RunReport report)
    {
        if (report.Thresholds.Count == 0)
        {
            return;
        }

        Heading(lines, "  THRESHOLDS");
        foreach (var metric in report.Thresholds.GroupBy(t => t.Metric, StringComparer.Ordinal))
        {
            lines.Add(StyledLine.Blank);
            lines.Add(Line((Indent, SpanStyle.Plain), (metric.Key, SpanStyle.Name)));
            foreach (var threshold in metric)
            {
                var (mark, style) = threshold switch
                {
                    { Ok: true } => ("✓", SpanStyle.Good),
                    { NoData: true } or { InDoubt: true } => ("!", SpanStyle.Doubtful),
                    _ => ("✗", SpanStyle.Bad),
                };
                lines.Add(Line((Indent, SpanStyle.Plain), (mark, style), ($" '{threshold.Expression}' ", SpanStyle.Plain), (threshold.Message, threshold.Ok ? SpanStyle.Detail : style)));
            }
        }
    }

    private static void Totals(List<StyledLine> lines, RunReport report, bool full, int width)
    {
        Heading(lines, "  TOTAL RESULTS");
        var checks = CheckRows(report);
        var sections = MetricSections.Of(report, full);
        var table = new LeaderTable([.. checks, .. sections.SelectMany(s => s.Rows)], width);
        if (checks.Count > 0)
        {
            lines.Add(StyledLine.Blank);
            lines.AddRange(checks.SelectMany(table.Lines));
            lines.Add(StyledLine.Blank);
            Checks(lines, report);
        }

        foreach (var (title, rows) in sections)
        {
            Heading(lines, Indent + title);
            lines.AddRange(rows.SelectMany(table.Lines));
        }
    }

    private static void Failures(List<StyledLine> lines, RunReport report)
    {
        if (report.Failures.Count == 0)
        {
            return;
        }

        Heading(lines, "  FAILED REQUESTS");
        foreach (var failure in report.Failures)
        {
            lines.Add(Line((Indent, SpanStyle.Plain), (failure.Request, SpanStyle.Name), (": ", SpanStyle.Plain), (failure.Cause, SpanStyle.Bad), ($"  {HumanFormat.Count(failure.Count)}×", SpanStyle.Value)));
        }
    }

    private static void Target(List<StyledLine> lines, RunReport report)
    {
        var troubled = report.Observed.Where(q => q.Trouble is not null).ToList();
        if (troubled.Count + report.Happenings.Count == 0)
        {
            return;
        }

        Heading(lines, "  TARGET");
        foreach (var happening in report.Happenings.Take(MostHappenings))
        {
            lines.Add(Line((Indent, SpanStyle.Plain), (HumanFormat.Seconds(happening.At), SpanStyle.Name), (": ", SpanStyle.Plain), (happening.Text, SpanStyle.Bad)));
        }

        foreach (var query in troubled)
        {
            lines.Add(Line((Indent, SpanStyle.Plain), (query.Name, SpanStyle.Name), ($": {HumanFormat.Count(query.Samples)} samples; ", SpanStyle.Plain), (query.Trouble!, SpanStyle.Doubtful)));
        }
    }

    private static void Generator(List<StyledLine> lines, RunReport report)
    {
        if (report.Tainted.Count == 0 && report.Runners.Coverage is null)
        {
            return;
        }

        Heading(lines, "  THE TEST ITSELF");
        if (report.Runners.Coverage is { } coverage)
        {
            lines.Add(Line((Indent, SpanStyle.Plain), ("covered", SpanStyle.Name), (": ", SpanStyle.Plain), (coverage, SpanStyle.Doubtful)));
        }

        foreach (var span in report.Tainted.Take(MostTainted))
        {
            lines.Add(Line((Indent, SpanStyle.Plain), (TaintText.Describe(span), SpanStyle.Doubtful)));
        }

        if (report.Tainted.Count > MostTainted)
        {
            lines.Add(Line(($"{Indent}and {report.Tainted.Count - MostTainted} more", SpanStyle.Faint)));
        }
    }

    private static List<LeaderRow> CheckRows(RunReport report)
    {
        long passes = report.Checks.Sum(c => c.Passes), fails = report.Checks.Sum(c => c.Fails);
        var total = passes + fails;
        if (total == 0)
        {
            return [];
        }

        var seconds = report.Elapsed.Seconds;
        return
        [
            new("checks_total", 0, [HumanFormat.Count(total), seconds > 0 ? HumanFormat.PerSecond(total / seconds) : string.Empty], LeaderColumns.Amounts),
            new("checks_succeeded", 0, [HumanFormat.RatePercent((double)passes / total), $"{passes} out of {total}"], LeaderColumns.Amounts),
            new("checks_failed", 0, [HumanFormat.RatePercent((double)fails / total), $"{fails} out of {total}"], LeaderColumns.Amounts),
        ];
    }

    private static void Checks(List<StyledLine> lines, RunReport report)
    {
        foreach (var group in report.Checks.GroupBy(c => c.Group, StringComparer.Ordinal))
        {
            if (group.Key.Length > 0)
            {
                lines.Add(Line((Indent, SpanStyle.Plain), (string.Join(" › ", group.Key.Split("::", StringSplitOptions.RemoveEmptyEntries)), SpanStyle.Heading)));
            }

            var indent = group.Key.Length > 0 ? Indent + "  " : Indent;
            foreach (var check in group)
            {
                var good = check.Fails == 0;
                lines.Add(Line((indent, SpanStyle.Plain), (good ? "✓ " : "✗ ", good ? SpanStyle.Good : SpanStyle.Bad), (check.Name, SpanStyle.Name)));
                if (!good)
                {
                    var share = HumanFormat.Percent((double)check.Passes / (check.Passes + check.Fails));
                    lines.Add(Line((indent, SpanStyle.Plain), ($"  ↳ {share} — ✓ {check.Passes} / ✗ {check.Fails}", SpanStyle.Bad)));
                }
            }
        }
    }

    private static void Heading(List<StyledLine> lines, string title)
    {
        if (lines.Count > 0)
        {
            lines.Add(StyledLine.Blank);
        }

        lines.Add(Line((title, SpanStyle.Heading)));
    }

    private static StyledLine Line(params ReadOnlySpan<(string Text, SpanStyle Style)> spans)
    {
        var kept = new List<StyledSpan>(spans.Length);
        foreach (var (text, style) in spans)
        {
            if (text.Length > 0)
            {
                kept.Add(new StyledSpan(text, style));
            }
        }

        return new StyledLine(kept);
    }
}
