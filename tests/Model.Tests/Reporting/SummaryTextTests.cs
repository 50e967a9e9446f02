using LoadTesting.Model.Judging;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Spec;
using LoadTesting.TestKit;

namespace LoadTesting.Model.Tests.Reporting;

public sealed class SummaryTextTests
{
    private static readonly RunReport Failed = new()
    {
        Test = "flash-sale",
        Verdict = Verdict.Failed,
        Reason = Reasons.ThresholdsFailed,
        Message = "1 of 3 thresholds broken: checks rate 97.2%, wanted more than 99%",
        Elapsed = Duration.FromSeconds(25),
        Thresholds =
        [
            new() { Metric = "http_req_duration", Expression = "p(95)<500", Observed = 6.2, Unit = "ms", Ok = true, Message = "6.2 ms, limit 500 ms" },
            new() { Metric = "checks", Expression = "rate>0.99", Observed = 0.972, Ok = false, Message = "97.2%, wanted more than 99%" },
            new() { Metric = "late{name:x}", Expression = "count<1", Ok = false, NoData = true, Message = "no samples" },
        ],
        Checks = [new("", "is ok", 400, 0), new("::shop::order", "sold or sold out", 86, 14)],
        Metrics =
        [
            Metric("checks", "rate", "", ("rate", 0.972), ("passes", 486), ("fails", 14)),
            Metric("data_received", "counter", "B", ("count", 8_849_000), ("rate", 353_960)),
            Metric("data_sent", "counter", "B", ("count", 61_000), ("rate", 2440)),
            Metric("http_req_blocked", "trend", "ms", Trend(0.001)),
            Metric("http_req_duration", "trend", "ms", Trend(1)),
            Metric("http_req_duration{expected_response:true}", "trend", "ms", Trend(0.9)),
            Metric("http_req_duration{name:order}", "trend", "ms", Trend(2)),
            Metric("http_req_duration{name:page}", "trend", "ms", Trend(0.5)),
            Metric("http_req_duration{scenario:load}", "trend", "ms", Trend(1)),
            Metric("http_req_failed", "rate", "", ("rate", 0.0025), ("passes", 1), ("fails", 399)),
            Metric("http_reqs", "counter", "", ("count", 400), ("rate", 16)),
            Metric("iteration_duration", "trend", "ms", Trend(1000)),
            Metric("iterations", "counter", "", ("count", 400), ("rate", 16)),
            Metric("orders_accepted", "counter", "", ("count", 100), ("rate", 4)),
            Metric("payload", "trend", "", Trend(10)),
            Metric("vus", "gauge", "", ("value", 5), ("min", 1), ("max", 10)),
        ],
    };

    [Fact]
    public void A_failed_run_reads_as_its_golden_text() => Golden("summary-failed.txt", SummaryText.Lines(Failed));

    [Fact]
    public void The_full_summary_has_all_metrics() => Golden("summary-full.txt", SummaryText.Lines(Failed, full: true));

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(40)]
    public void The_table_keeps_within_the_columns_and_loses_nothing(int width)
    {
        var report = Failed with
        {
            Metrics =
            [
                .. Failed.Metrics,
                Metric("http_req_duration{scenario:black-friday-evening-peak-with-returning-customers-and-vouchers}", "trend", "ms", [.. Trend(123.456), ("unanswered", 12), ("p99.99", 1234.5), ("p50", 12.3)]),
                Metric("streams", "distinct", "", ("count", 3)), Metric("many", "distinct", "", ("count", 12345), ("error", 0.02)),
            ],
        };
        var lines = SummaryText.Lines(report, full: true, width).Select(l => l.ToString()).ToList();
        var whole = SummaryText.Lines(report, full: true).Select(l => l.ToString()).ToList();
        var table = lines.SkipWhile(l => !l.Contains("TOTAL RESULTS", StringComparison.Ordinal)).Where(l => !l.Contains("{ scenario", StringComparison.Ordinal)).SkipLast(1).ToList();
        Assert.All(table, l => Assert.True(l.Length <= Math.Max(width, 60), l));
        Assert.All(lines, l => Assert.Equal(l.TrimEnd(), l));
        Assert.Equal(Words(whole), Words(lines));
        Assert.Contains(whole, l => l.Contains("streams", StringComparison.Ordinal) && l.EndsWith(": 3", StringComparison.Ordinal));
        Assert.Contains(whole, l => l.Contains("many", StringComparison.Ordinal) && l.Contains("12345", StringComparison.Ordinal) && l.EndsWith("±2%", StringComparison.Ordinal));

        static List<string> Words(List<string> lines) => [.. lines.SelectMany(l => l.Replace('.', ' ').Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries))];
    }

    [Fact]
    public void A_run_that_never_started_says_only_why()
    {
        var report = new RunReport { Test = "x", Verdict = Verdict.Error, Reason = Reasons.SetupFailed, Message = "setup failed, so no load was sent: POST /init answered 500" };
        Assert.Equal(["", "! Error: setup failed, so no load was sent: POST /init answered 500"], SummaryText.Lines(report).Select(l => l.ToString()));
    }

    [Theory]
    [InlineData(Verdict.Passed, "✓ Passed: m", SpanStyle.Good)]
    [InlineData(Verdict.Failed, "✗ Failed: m", SpanStyle.Bad)]
    [InlineData(Verdict.Invalid, "! Invalid: m", SpanStyle.Doubtful)]
    [InlineData(Verdict.Aborted, "! Aborted: m", SpanStyle.Doubtful)]
    [InlineData(Verdict.Error, "! Error: m", SpanStyle.Doubtful)]
    [InlineData(null, "… Running: m", SpanStyle.Plain)]
    public void The_last_line_is_the_verdict(Verdict? verdict, string text, SpanStyle style)
    {
        var report = new RunReport { Test = "x", Verdict = verdict, Message = "m", Phase = verdict is null ? RunPhase.Running : RunPhase.Finished };
        var last = SummaryText.Lines(report)[^1];
        Assert.Equal(text, last.ToString());
        Assert.Equal(style, last.Spans[0].Style);
    }

    [Fact]
    public void A_breach_is_marked_as_bad_and_missing_samples_as_doubtful()
    {
        var spans = SummaryText.Lines(Failed).SelectMany(l => l.Spans).ToList();
        Assert.Equal(SpanStyle.Bad, spans.Single(s => s.Text == "97.2%, wanted more than 99%").Style);
        Assert.Equal(SpanStyle.Doubtful, spans.Single(s => s.Text == "no samples").Style);
    }

    private static void Golden(string file, IReadOnlyList<StyledLine> lines)
    {
        var wanted = File.ReadAllText(Path.Combine(RepositoryPaths.TestData, "summary", file));
        Assert.Equal(wanted, string.Concat(lines.Select(l => l + "\n")));
    }

    private static (string, double)[] Trend(double scale) =>
        [("count", 400), ("avg", 2.891 * scale), ("min", 0.5 * scale), ("med", 2.1 * scale), ("p90", 4.5 * scale), ("p95", 6.2 * scale), ("p99", 11.119 * scale), ("max", 80 * scale)];

    private static MetricReport Metric(string name, string type, string unit, params (string Key, double Value)[] values) =>
        new(name, type, unit, new OrderedMap<double>(values.Select(v => KeyValuePair.Create(v.Key, v.Value))));
}
