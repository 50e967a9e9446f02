using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Metrics;
using LoadTesting.Metrics.Exposition;
using LoadTesting.Model.Collecting;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Judging.Baselines;
using LoadTesting.Model.Judging.Windows;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Judging;

/// <summary>Requests that got no complete answer are longer than any limit: no statement about latency gets better by them, wherever it is made.</summary>
public sealed class UnansweredTests
{
    private const string Latency = "http_req_duration";

    private static readonly LoadTestSpec Spec = new()
    {
        Scenarios = new OrderedMap<ScenarioSpec>([new("load", new ConstantVusScenario { Vus = 1, Duration = Duration.FromSeconds(60) })]),
    };

    /// <summary>1,000 requests, the answered ones in 10 ms.</summary>
    public static TheoryData<int, string, Verdict, string> Table => new()
    {
        // Of all requests 95 % were answered within the limit, or not.
        { 0, "p(95)<500", Verdict.Passed, "10 ms, limit 500 ms" },
        { 49, "p(95)<500", Verdict.Passed, "10 ms, limit 500 ms" },
        { 51, "p(95)<500", Verdict.Failed, "no answer for 5.1% of requests, limit 500 ms" },
        { 51, "p(95)<=1e300", Verdict.Failed, "no answer for 5.1% of requests" },
        { 51, "p(90)<500", Verdict.Passed, "10 ms" },
        { 400, "med<500", Verdict.Passed, "10 ms" },
        { 600, "med<500", Verdict.Failed, "no answer for 60% of requests" },
        { 1000, "p(1)<500", Verdict.Failed, "no answer for 100% of requests" },

        // One is enough for a maximum, and no limit is so great.
        { 0, "max<500", Verdict.Passed, "10 ms" },
        { 1, "max<500", Verdict.Failed, "no answer for 0.1% of requests, limit 500 ms" },
        { 1, "p(100)<500", Verdict.Failed, "no answer for 0.1% of requests" },
        { 1, "max==10", Verdict.Failed, "no answer" },

        // An average is of the answered ones; it holds for certain only if 60 s for each of the others would not break it.
        { 0, "avg<100", Verdict.Passed, "10 ms, limit 100 ms" },
        { 1, "avg<100", Verdict.Passed, "10 ms of the 99.9% that were answered, limit 100 ms" },
        { 2, "avg<100", Verdict.Invalid, "10 ms of the 99.8% that were answered, limit 100 ms; 2 were not, and with 60 s for each of them it would be 129.98 ms" },
        { 900, "avg<100", Verdict.Invalid, "10 ms of the 10% that were answered" },
        { 1000, "avg<100", Verdict.Failed, "no answer for 100% of requests" },
        { 900, "avg<5", Verdict.Failed, "10 ms of the 10% that were answered, limit 5 ms" },
        { 900, "avg<1h", Verdict.Passed, "10 ms of the 10%" },
        { 2, "avg<100 over 10s", Verdict.Invalid, "2 were not" },

        // The least of all is the least of the answered.
        { 500, "min<100", Verdict.Passed, "10 ms of the 50% that were answered" },
        { 1000, "min<100", Verdict.Failed, "no answer for 100% of requests" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Every_aggregation_says_the_truth_about_them_whether_one_worker_saw_them_or_three(int unanswered, string expression, Verdict verdict, string says)
    {
        foreach (var workers in (int[])[1, 3])
        {
            var collector = new RunCollector(Spec, Compile(Latency, expression), workers);
            var recorders = Enumerable.Range(0, workers).Select(_ => new WorkerRecorder()).ToArray();
            for (var i = 0; i < 1000; i++)
            {
                var trend = recorders[i % workers].Trend(BuiltInMetrics.HttpReqDuration, TagSet.Of(("name", $"r{i % 2}")));
                if (i < unanswered) trend.RecordOverflow();
                else trend.Record(0.010);
            }

            // By the way that a runner's numbers take: written, read, merged.
            for (var w = 0; w < workers; w++)
            {
                recorders[w].Counter(BuiltInMetrics.Iterations, TagSet.Of(("scenario", "load"))).Add(1);
                recorders[w].Counter(BuiltInMetrics.VuTime, TagSet.Of(("scenario", "load"))).Add(60.0);
                var written = ExpositionWriter.Write(new WorkerSnapshot(w, 1, 60_000_000_000, true, recorders[w].TakeSnapshot()), w == 0 ? ExpositionFormat.Compact : ExpositionFormat.Protobuf);
                collector.Offer(ExpositionReader.Read(written, w == 0 ? ExpositionFormat.Compact : ExpositionFormat.Protobuf).Snapshot!);
            }

            collector.Tick(At(59));
            var result = ThresholdEvaluator.Evaluate(
                Compile(Latency, expression).Thresholds, new ThresholdContext(collector.Total, new RunClock(At(60), true)) { Windows = Windows(collector, expression) })[0];
            Assert.Contains(says, result.Message, StringComparison.Ordinal);
            var decision = VerdictRule.Decide(new RunEvidence { Thresholds = [result], Scenarios = [new("load", 1000, 1000, 1000, 0, 0)] });
            Assert.Equal(verdict, decision.Verdict);
            Assert.Equal(unanswered, result.Unanswered);
            if (verdict == Verdict.Invalid) Assert.Equal(Reasons.Unanswered, decision.Reason);
        }
    }

    [Fact]
    public void A_percentile_of_the_answered_alone_can_be_asked_for()
    {
        var recorder = new WorkerRecorder();
        recorder.Trend(BuiltInMetrics.HttpReqDuration, TagSet.Of(("expected_response", "true"))).Record(0.010);
        recorder.Trend(BuiltInMetrics.HttpReqDuration, TagSet.Of(("expected_response", "false"))).RecordOverflow();
        Assert.True(Samples.Evaluate("http_req_duration{expected_response:true}", "max<500", recorder.TakeSnapshot()).Ok);
        Assert.False(Samples.Evaluate(Latency, "max<500", recorder.TakeSnapshot()).Ok);
    }

    /// <summary>Whatever the limit and however many there are: fewer answers never turn a broken threshold into one that holds for certain.</summary>
    [Fact]
    public void No_statement_gets_better_by_a_request_that_is_not_answered()
    {
        var cases = from answered in Gen.Choose(1, 1000).NonEmptyListOf()
                    from unanswered in Gen.Choose(0, 50)
                    from aggregation in Gen.Elements("p(50)", "p(90)", "p(99.9)", "p(0)", "med", "avg", "min", "max")
                    from comparison in Gen.Elements("<", "<=")
                    from limit in Gen.Choose(1, 2000)
                    select (Answered: answered.ToArray(), Unanswered: unanswered, Expression: $"{aggregation}{comparison}{limit}");
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            // One of the answered ones is lost: its answer does not come.
            var (before, after) = (Evaluate(c.Answered, c.Unanswered), Evaluate(c.Answered[1..], c.Unanswered + 1));
            return Holds(before) || !Holds(after) || c.Answered[0] > c.Answered[1..].DefaultIfEmpty(0).Max() || c.Expression.StartsWith("avg", StringComparison.Ordinal);

            ThresholdResult Evaluate(int[] answered, int unanswered)
            {
                var recorder = new WorkerRecorder();
                var trend = recorder.Trend(BuiltInMetrics.HttpReqDuration, TagSet.Empty);
                foreach (var milliseconds in answered) trend.Record(milliseconds / 1000.0);
                for (var i = 0; i < unanswered; i++) trend.RecordOverflow();
                return Samples.Evaluate(Latency, c.Expression, recorder.TakeSnapshot());
            }

            static bool Holds(ThresholdResult result) => result is { Ok: true, DependsOnUnanswered: false };
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    /// <summary>Sixty seconds at 10 requests of 10 ms; in seconds 20 to 29 half of them are not answered.</summary>
    [Theory]
    [InlineData("p(95)<50", false, false, "no answer for 8.33% of requests, limit 50 ms")]
    [InlineData("p(90)<50", true, false, "10 ms")]
    [InlineData("p(90)<50 over 10s", false, false, "no answer for 10% of requests (in seconds 12 to 21)")]
    [InlineData("max<50 after twenty", false, false, "(in seconds 20 to 59)")]
    [InlineData("max<50 after thirty", true, false, "10 ms (in seconds 30 to 59), limit 50 ms")]
    [InlineData("med<50 during outage", false, false, "no answer for 50% of requests (in seconds 20 to 29)")]
    [InlineData("avg<50 after thirty", true, false, "10 ms (in seconds 30 to 59)")]
    [InlineData("avg<6s", true, false, "10 ms of the 91.66% that were answered")]
    [InlineData("avg<6s over 5s", true, true, "10 ms of the 90% that were answered (in seconds 16 to 20), limit 6000 ms; 5 were not, and with 60 s for each of them it would be 6009 ms")]
    [InlineData("avg<5s", true, true, "50 were not")]
    public void Windows_count_their_own(string expression, bool ok, bool inDoubt, string says)
    {
        var result = Outage(Latency, expression)[0];
        Assert.Equal((ok, inDoubt), (result.Ok, result.DependsOnUnanswered));
        Assert.Contains(says, result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("med<50", 10_000)] // a second of which half were not answered does not hold
    [InlineData("avg<50", 10_000)] // nor one whose average holds only without them
    [InlineData("min<50", 0)]
    public void A_recovery_ends_when_requests_are_answered_again(string objective, double milliseconds)
    {
        var collector = new RunCollector(Spec, Samples.Compile([new(Latency, [new ThresholdSpec(objective)]), new("recovery_time{mark:outage,hold:10s}", [new ThresholdSpec("value<1m")])]), 1);
        Assert.Equal(milliseconds, Outage(collector)[1].Observed);
    }

    [Theory]
    [InlineData(0, 0, "10 ms", false)]
    [InlineData(0, 8, "from 10 to no answer", false)]
    [InlineData(8, 0, "it began without answers", true)]
    public void A_drift_between_answers_and_none_has_no_ratio(int first, int last, string says, bool noData)
    {
        var (collector, recorder) = (new RunCollector(Spec, Compile("drift{metric:http_req_duration}", "value<20%"), 1), new WorkerRecorder());
        for (var second = 0; second < 60; second++)
        {
            for (var i = 0; i < 10; i++) Sample(recorder, i < (second < 15 ? first : second >= 45 ? last : 0));
            Tick(collector, recorder, second);
        }

        var result = Finish(collector)[0];
        Assert.Equal((first == 0 && last == 0, noData), (result.Ok, result.NoData));
        if (first + last > 0) Assert.Contains(says, result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Against_a_baseline_no_share_of_them_hides_a_regression()
    {
        // (now: ms, unanswered) against (baseline: ms, unanswered), of 10,000 each.
        Assert.Equal((true, false), Compare("p(95)<baseline*1.1", (10, 0), (10, 0)));
        Assert.Equal((true, false), Compare("p(95)<baseline*1.1", (10, 100), (10, 100)));
        Assert.Equal((false, false), Compare("p(95)<baseline*1.1", (20, 0), (10, 0)));
        Assert.Equal((false, false), Compare("p(95)<baseline*1.1", (20, 0), (10, 495))); // the baseline's upper order statistic is without an answer
        Assert.Equal((false, false), Compare("p(95)<baseline*1.1", (20, 495), (10, 0))); // its own is
        Assert.Equal((false, false), Compare("p(95)<baseline*1.1", (10, 600), (10, 0)));
        Assert.Equal((false, false), Compare("p(95)<baseline*1.1", (10, 600), (10, 600))); // no answer is broken, whatever it is compared with
        Assert.Equal((false, false), Compare("max<=baseline", (10, 1), (10, 1)));

        // A limit that everything keeps judges nothing.
        var unlimited = Against("p(95)<baseline*1.1", (10, 0), (10, 600));
        Assert.True(unlimited is { Ok: false, NoData: true });
        Assert.Contains("got no answer, so that there is no limit", unlimited.Message, StringComparison.Ordinal);

        // Averages: the answered against the answered, and with the unanswered on both sides; chance is no doubt.
        Assert.Equal((true, false), Compare("avg<baseline*1.1", (10, 100), (10, 100)));
        Assert.Equal((true, false), Compare("avg<baseline*1.1", (10, 2), (10, 1)));
        Assert.Equal((true, true), Compare("avg<baseline*1.1", (10, 300), (10, 0)));
        Assert.Equal((true, true), Compare("avg<baseline*1.1", (10, 900), (10, 300)));
        Assert.Equal((false, false), Compare("avg<baseline*1.1", (20, 0), (10, 300)));
    }

    [Fact]
    public void A_report_carries_them_and_comes_back()
    {
        var collector = new RunCollector(Spec, Compile(Latency, "p(95)<500", "avg<100", "p(90)<500"), 1);
        var thresholds = Outage(collector);
        var evidence = new RunEvidence { Thresholds = thresholds };
        var report = ReportBuilder.Build(new RunResult
        {
            Test = "t", Spec = Spec, Total = collector.Total, Clock = new RunClock(At(60), true), Series = collector.Series,
            Thresholds = Compile(Latency, "p(95)<500", "avg<100", "p(90)<500"), Evidence = evidence, Decision = VerdictRule.Decide(evidence),
        });
        Assert.Equal(new LatencyReport("10ms", "10ms", "10ms", "no answer", "no answer", "no answer", 50), report.Latency);
        var json = RunReportJson.Write(report);
        Assert.Equal(json, RunReportJson.Write(RunReportReader.Read(json, out var error)!));
        Assert.Null(error);
        Assert.Equal(double.PositiveInfinity, RunReportReader.Read(json, out _)!.Metrics.Single(m => m.Name == Latency).Values["max"]);

        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var metric = root.GetProperty("metrics").EnumerateArray().Single(m => m.GetProperty("name").GetString() == Latency);
        Assert.Equal((600, 50, 10.0), (metric.GetProperty("count").GetInt32(), metric.GetProperty("unanswered").GetInt32(), metric.GetProperty("avg").GetDouble()));
        Assert.Equal(JsonValueKind.Null, metric.GetProperty("max").ValueKind);
        var threshold = root.GetProperty("thresholds")[0];
        Assert.Equal((JsonValueKind.Null, 50), (threshold.GetProperty("observed").ValueKind, threshold.GetProperty("unanswered").GetInt32()));
        Assert.True(root.GetProperty("thresholds")[1].GetProperty("inDoubt").GetBoolean());
        Assert.False(root.GetProperty("thresholds")[1].GetProperty("ok").GetBoolean());
        var point = root.GetProperty("series")[25];
        Assert.Equal((JsonValueKind.Null, 5), (point.GetProperty("p95").ValueKind, point.GetProperty("unanswered").GetInt32()));
        Assert.False(root.GetProperty("series")[5].TryGetProperty("unanswered", out _));
        Assert.Equal(50, report.Series.Sum(p => p.Unanswered));
        Assert.Contains(SummaryText.Lines(report), l => l.ToString().Contains("avg=10ms min=10ms med=10ms max=no answer p(90)=10ms p(95)=no answer p(99)=no answer unanswered=50", StringComparison.Ordinal));
    }

    [Fact]
    public void A_report_of_a_program_that_did_not_know_them_still_reads()
    {
        const string Old = """
            {"schemaVersion":1,"test":"t","phase":"Finished","verdict":"Passed","message":"","elapsed":"1s","elapsedNanoseconds":1000000000,
            "runners":{"desired":1,"ready":1,"lost":0},"load":{"requests":1,"rate":"1/s","failed":"0%","dropped":0,"interrupted":0,"vus":1},
            "latency":{"avg":"1ms","med":"1ms","p90":"1ms","p95":"1ms","p99":"1ms","max":"1ms"},
            "thresholds":[{"metric":"http_req_duration","expression":"p(95)<5","observed":1,"unit":"ms","ok":true,"message":"1 ms, limit 5 ms"}],"scenarios":[],"failures":[],"checks":[],
            "metrics":[{"name":"http_req_duration","type":"trend","unit":"ms","count":1,"max":1}],
            "samples":[{"name":"http_req_duration","schema":8,"zeros":0,"sum":1,"min":1,"max":1,"buckets":[0,1]}],
            "series":[{"second":0,"requests":1,"rate":1,"failed":0,"p50":1,"p95":1,"p99":1,"vus":1,"iterations":1,"dropped":0,"bytesReceived":0,"bytesSent":0}]}
            """;
        var report = RunReportReader.Read(Old, out var error);
        Assert.Null(error);
        Assert.Equal((0, 0, 0), (report!.Latency!.Unanswered, report.Thresholds[0].Unanswered, report.Series[0].Unanswered));
        Assert.Equal(0, Assert.IsType<HistogramSnapshot>(report.Samples[0].Value).OverflowCount);
    }

    private static (bool Ok, bool InDoubt) Compare(string expression, (double Milliseconds, int Unanswered) now, (double Milliseconds, int Unanswered) before)
    {
        var result = Against(expression, now, before);
        return (result.Ok, result.DependsOnUnanswered);
    }

    private static ThresholdResult Against(string expression, (double Milliseconds, int Unanswered) now, (double Milliseconds, int Unanswered) before)
    {
        var report = new RunReport
        {
            Test = "shop", Run = "shop-1", Verdict = Verdict.Passed, Elapsed = At(60), LoadShape = LoadShapeKey.Of(Spec), Samples = [new SampleReport(Latency, Histogram(before))],
        };
        var stored = RunReportReader.Read(RunReportJson.Write(report with { Message = "" }), out var error);
        Assert.Null(error);
        var recorder = new WorkerRecorder();
        Fill(recorder.Trend(BuiltInMetrics.HttpReqDuration, TagSet.Empty), now);
        var context = new ThresholdContext(recorder.TakeSnapshot(), new RunClock(At(60), true)) { Baseline = RunBaseline.From(stored!, Spec) };
        return Assert.Single(ThresholdEvaluator.Evaluate(Compile(Latency, expression).Thresholds, context));
    }

    private static SeriesValue Histogram((double Milliseconds, int Unanswered) of)
    {
        var recorder = new WorkerRecorder();
        Fill(recorder.Trend(BuiltInMetrics.HttpReqDuration, TagSet.Empty), of);
        return recorder.TakeSnapshot().Select(BuiltInMetrics.HttpReqDuration)!;
    }

    // Ten thousand, spread around the middle by a tenth.
    private static void Fill(TrendSeries trend, (double Milliseconds, int Unanswered) of)
    {
        for (var i = 0; i < 10_000; i++)
        {
            if (i < of.Unanswered) trend.RecordOverflow();
            else trend.Record(of.Milliseconds / 1000 * (0.9 + (0.2 * (i * 7919 % 10_000) / 10_000)));
        }
    }

    private static IReadOnlyList<ThresholdResult> Outage(string key, params string[] expressions) => Outage(new RunCollector(Spec, Compile(key, expressions), 1));

    private static IReadOnlyList<ThresholdResult> Outage(RunCollector collector)
    {
        var recorder = new WorkerRecorder();
        foreach (var mark in (RunMark[])[new("outage", At(20), At(30)), new("twenty", At(20)), new("thirty", At(30))]) collector.Mark(mark);
        for (var second = 0; second < 60; second++)
        {
            for (var i = 0; i < 10; i++) Sample(recorder, second is >= 20 and < 30 && i < 5);
            Tick(collector, recorder, second);
        }

        return Finish(collector);
    }

    private static void Sample(WorkerRecorder recorder, bool isUnanswered)
    {
        var trend = recorder.Trend(BuiltInMetrics.HttpReqDuration, TagSet.Empty);
        if (isUnanswered) trend.RecordOverflow();
        else trend.Record(0.010);
    }

    private static void Tick(RunCollector collector, WorkerRecorder recorder, int second)
    {
        collector.Offer(new WorkerSnapshot(0, second + 1, (second + 1) * 1_000_000_000L, second == 59, recorder.TakeSnapshot()));
        collector.Tick(At(second + 1));
    }

    private static IReadOnlyList<ThresholdResult> Finish(RunCollector collector) => collector.Finish(collector.EndLoad(), new RunEvidence()).Evidence.Thresholds;

    private static RunWindows Windows(RunCollector collector, string expression)
    {
        var windows = new RunWindows(Spec, Compile(Latency, expression));
        windows.Finish(At(60), collector.Total);
        return windows;
    }

    private static ThresholdSet Compile(string key, params string[] expressions) => Samples.Compile([new(key, [.. expressions.Select(e => new ThresholdSpec(e))])]);

    private static Duration At(double seconds) => Duration.FromSeconds(seconds);
}
