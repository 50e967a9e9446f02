using LoadTesting.Metrics;
using LoadTesting.Model.Collecting;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Judging.Windows;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Tests.Judging.Windows;

/// <summary>Thresholds that look at parts of a run, on runs whose every second is known.</summary>
public sealed class WindowTests
{
    private const string Latency = "http_req_duration";

    /// <summary>Sixty seconds at 10 ms; seconds 20 to 29 at 100 ms; a mark over them and one at second 30.</summary>
    [Theory]
    [InlineData("p(95)<50 during outage", false, "100", "in seconds 20 to 29")]
    [InlineData("p(95)<50 after outage", true, "10", "in seconds 30 to 59")]
    [InlineData("p(95)<50 after repair", true, "10", "in seconds 30 to 59")]
    [InlineData("max<50 during repair", true, "10", "in second 30")]
    [InlineData("avg<50", true, "25", "")]
    [InlineData("avg<50 over 30s", true, "40", "in seconds ")]
    [InlineData("avg<50 over 10s", false, "100", "in seconds 20 to 29")]
    [InlineData("avg<50 over 5m", true, "25", "in seconds 0 to 59")]
    [InlineData("avg<50 over 5s after outage", true, "10", "in seconds 30 to 34")]
    [InlineData("p(95)<50 steady", false, "100", "in seconds 10 to 49")]
    [InlineData("avg<200 during load", true, "25", "in seconds 0 to 59")]
    public void A_window_looks_at_its_seconds_and_says_which(string expression, bool ok, string observed, string where)
    {
        var result = Run([new(Latency, [expression])], second => second is >= 20 and < 30 ? 0.1 : 0.01, Ramping, new RunMark("outage", At(20), At(30)), new RunMark("repair", At(30)));
        Assert.Equal(ok, result[0].Ok);
        Assert.StartsWith(observed, Math.Round(result[0].Observed!.Value).ToString(), StringComparison.Ordinal);
        Assert.Contains(where, result[0].Message, StringComparison.Ordinal);
        Assert.False(result[0].NoData);
    }

    [Fact]
    public void A_mark_that_was_never_set_is_no_data_and_never_a_pass()
    {
        var result = Run([new(Latency, ["p(95)<50 during typo", "p(95)<50 after typo or absent"])], _ => 0.01, Constant);
        Assert.True(result[0] is { NoData: true, Ok: false });
        Assert.Contains("no mark 'typo' was set", result[0].Message, StringComparison.Ordinal);
        Assert.True(result[1] is { NoData: true, Ok: true });
    }

    [Fact]
    public void The_warm_up_is_not_steady()
    {
        var result = Run([new(Latency, ["max<50 steady"])], second => second < 5 ? 0.1 : 0.01, Constant with { WarmUp = At(5) });
        Assert.True(result[0].Ok, result[0].Message);
        Assert.Contains("in seconds 5 to 59", result[0].Message, StringComparison.Ordinal);
        Assert.False(Run([new(Latency, ["max<50 steady"])], second => second < 5 ? 0.1 : 0.01, Constant)[0].Ok);
    }

    [Fact]
    public void A_sliding_window_aborts_as_soon_as_it_is_broken_and_not_before()
    {
        var collector = Collector([new(Latency, ["avg<50 over 5s abort"])], Constant);
        var recorder = new WorkerRecorder();
        var aborted = -1;
        for (var second = 0; second < 30 && aborted < 0; second++)
        {
            Sample(recorder, second is >= 10 and < 20 ? 0.1 : 0.01);
            collector.Offer(new WorkerSnapshot(0, second + 1, 0, false, recorder.TakeSnapshot()));
            if (collector.Tick(At(second + 1))[0].AbortRequested) aborted = second + 1;
        }

        // Three of five seconds at 100 ms are the first window above 50 ms on average.
        Assert.Equal(13, aborted);
    }

    [Theory]
    [InlineData(20, 30, "hold:10s", 10_000, true)]
    [InlineData(20, 20, "hold:10s", 0, true)]
    [InlineData(20, 55, "hold:10s", null, false)]
    [InlineData(20, 60, "hold:10s", 40_000, false)]
    [InlineData(20, 31, "", null, false)]
    public void Recovery_is_the_first_instant_from_which_the_service_level_holds(int mark, int good, string hold, int? observed, bool ok)
    {
        var key = hold.Length == 0 ? "recovery_time{mark:kill}" : $"recovery_time{{mark:kill,{hold}}}";
        var result = Run([new(Latency, ["p(95)<50"]), new(key, ["value<15s"])], second => second >= mark && second < good ? 0.1 : 0.01, Constant, new RunMark("kill", At(mark)))[1];
        Assert.Equal(ok, result.Ok);
        Assert.Equal(observed, result.Observed);
        Assert.Equal(observed is null, result.NoData);
    }

    [Fact]
    public void A_recovery_that_never_came_is_broken_also_where_the_limit_lies_beyond_the_end()
    {
        var result = Run([new(Latency, ["p(95)<50"]), new("recovery_time{mark:kill}", ["value<10m"])], second => second >= 40 ? 0.1 : 0.01, Constant, new RunMark("kill", At(40)))[1];
        Assert.True(result is { Ok: false, NoData: false });
        Assert.Contains("not recovered when the load ended 20s after the mark", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_without_samples_does_not_hold()
    {
        var result = Run([new(Latency, ["p(95)<50"]), new("recovery_time{mark:kill,hold:10s}", ["value<1m"])], second => second is >= 20 and < 27 ? null : 0.01, Constant, new RunMark("kill", At(20)))[1];
        Assert.Equal(7000, result.Observed);
    }

    [Theory]
    [InlineData(0.0, true)]
    [InlineData(0.0004, true)]
    [InlineData(0.002, false)]
    public void Drift_sets_the_last_quarter_against_the_first(double leak, bool ok)
    {
        var result = Run([new("drift{metric:http_req_duration}", ["value<20%"])], second => 0.01 * (1 + leak * second * 10), Constant)[0];
        Assert.Equal(ok, result.Ok);
        Assert.Equal(0.01 * (1 + leak * 525) / (0.01 * (1 + leak * 75)) - 1, result.Observed!.Value, 0.02);
    }

    [Fact]
    public void A_request_can_be_compared_with_another()
    {
        var recorder = new WorkerRecorder();
        for (var i = 0; i < 100; i++)
        {
            recorder.Trend(BuiltInMetrics.HttpReqDuration, TagSet.Of(("name", "old one"))).Record(0.010);
            recorder.Trend(BuiltInMetrics.HttpReqDuration, TagSet.Of(("name", "new one"))).Record(0.012);
        }

        var key = "http_req_duration{name:new one}";
        var results = Finish(Collector([new(key, ["p(95)<http_req_duration{name:old one}*1.1", "p(95) < 1.3 * http_req_duration{name:old one}", "p(95)<http_req_duration{name:none}"])], Constant), recorder.TakeSnapshot());
        Assert.Equal([false, true, false], results.Select(r => r.Ok));
        Assert.Equal([false, false, true], results.Select(r => r.NoData));
        Assert.Contains("12 ms, limit 11 ms", results[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(7.0, 0.015)]
    [InlineData(0.5, 0.1)]
    public void The_longest_gap_spans_the_failures_of_an_episode(double length, double every)
    {
        var recorder = new WorkerRecorder();
        recorder.Counter(BuiltInMetrics.HttpReqs, TagSet.Empty).Add(1);
        var failing = recorder.Trend(BuiltInMetrics.FailingAt, TagSet.Empty);
        for (var at = 10.0; at <= 10 + length + 1e-9; at += every) failing.Record(at);
        failing.Record(2.5);
        failing.Record(40);
        var result = Finish(Collector([new("longest_gap", ["value<100ms"])], Constant), recorder.TakeSnapshot())[0];
        Assert.InRange(result.Observed!.Value / 1000, length - 0.05, length + 0.05);
        Assert.False(result.Ok);
    }

    [Fact]
    public void Without_failures_the_gap_is_none_and_without_requests_unknown()
    {
        var recorder = new WorkerRecorder();
        Assert.True(Finish(Collector([new("longest_gap", ["value<1s"])], Constant), recorder.TakeSnapshot())[0].NoData);
        recorder.Counter(BuiltInMetrics.HttpReqs, TagSet.Empty).Add(1);
        Assert.Equal(0, Finish(Collector([new("longest_gap", ["value<1s"])], Constant), recorder.TakeSnapshot())[0].Observed);
    }

    [Fact]
    public void A_day_of_seconds_stays_within_its_bound_and_keeps_every_sample()
    {
        var cells = new CellSeries();
        var histogram = new LatencyHistogram();
        cells.Begin(null);
        for (var second = 1; second <= 86_400; second++)
        {
            histogram.Record(0.001 * (1 + second % 7));
            cells.Add(second, histogram.TakeSnapshot());
        }

        cells.Finish(86_400, histogram.TakeSnapshot());
        Assert.InRange(cells.Count, CellSeries.MostCells / 4, CellSeries.MostCells);
        Assert.Equal(86_400, Enumerable.Range(0, cells.Count).Sum(i => ((HistogramSnapshot)cells.Between(i, i + 1)!).Count));
        Assert.Equal(86_400, cells.Bounds(cells.Count - 1).To);
    }

    [Fact]
    public void A_collector_that_begins_late_has_one_coarse_piece_and_loses_no_sample()
    {
        var recorder = new WorkerRecorder();
        for (var i = 0; i < 30; i++) Sample(recorder, 0.1);
        var collector = Collector([new(Latency, ["max<50 after thirty", "max<200"])], Constant);
        collector.Mark(new RunMark("thirty", At(30)));
        collector.Offer(new WorkerSnapshot(0, 30, 0, false, recorder.TakeSnapshot()));
        collector.Tick(At(30));
        for (var second = 30; second < 60; second++)
        {
            Sample(recorder, 0.01);
            collector.Offer(new WorkerSnapshot(0, second + 1, 0, false, recorder.TakeSnapshot()));
            collector.Tick(At(second + 1));
        }

        Assert.All(Finish(collector, recorder.TakeSnapshot()), r => Assert.True(r.Ok, r.Message));
    }

    [Theory]
    [InlineData("kill", "2026-05-01T12:00:30Z", 30, null)]
    [InlineData("kill", "2026-05-01T12:00:30Z/2026-05-01T12:00:40.5Z", 30, 40.5)]
    [InlineData("kill", "2026-05-01T14:00:30+02:00", 30, null)]
    [InlineData("kill", "soon", null, null)]
    [InlineData("kill", "2026-05-01T12:00:40Z/2026-05-01T12:00:30Z", null, null)]
    [InlineData("k!ll", "2026-05-01T12:00:30Z", null, null)]
    public void A_marks_notation_is_read(string name, string text, int? from, double? to)
    {
        var mark = RunMark.TryParse(name, text, new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
        Assert.Equal(from, mark?.From.Seconds);
        Assert.Equal(to, mark?.To?.Seconds);
    }

    private static LoadTestSpec Constant { get; } = Of(new ConstantVusScenario { Vus = 1, Duration = At(60) });

    /// <summary>Up for 10 s, level for 40, down for 10.</summary>
    private static LoadTestSpec Ramping { get; } = Of(new RampingVusScenario { StartVUs = 0, Stages = [new(At(10), 4), new(At(40), 4), new(At(10), 0)] });

    private static LoadTestSpec Of(ScenarioSpec scenario) => new() { Scenarios = new OrderedMap<ScenarioSpec>([new("load", scenario)]) };

    private static Duration At(double seconds) => Duration.FromSeconds(seconds);

    private static void Sample(WorkerRecorder recorder, double? seconds)
    {
        for (var i = 0; i < 20 && seconds is { } time; i++) recorder.Trend(BuiltInMetrics.HttpReqDuration, TagSet.Empty).Record(time);
    }

    /// <summary>A minute, each second with 20 requests of the given time.</summary>
    private static IReadOnlyList<ThresholdResult> Run(IReadOnlyList<KeyValuePair<string, string[]>> thresholds, Func<int, double?> latency, LoadTestSpec spec, params RunMark[] marks)
    {
        var collector = Collector(thresholds, spec);
        foreach (var mark in marks) collector.Mark(mark);
        var recorder = new WorkerRecorder();
        for (var second = 0; second < 60; second++)
        {
            Sample(recorder, latency(second));
            collector.Offer(new WorkerSnapshot(0, second + 1, 60_000_000_000, false, recorder.TakeSnapshot()));
            collector.Tick(At(second + 1.01));
        }

        return Finish(collector, recorder.TakeSnapshot());
    }

    private static RunCollector Collector(IReadOnlyList<KeyValuePair<string, string[]>> thresholds, LoadTestSpec spec)
    {
        var problems = new List<Problem>();
        var whole = spec with { Thresholds = new OrderedMap<IReadOnlyList<ThresholdSpec>>(thresholds.Select(t => KeyValuePair.Create<string, IReadOnlyList<ThresholdSpec>>(t.Key, [.. t.Value.Select(e => new ThresholdSpec(e))]))) };
        var set = ThresholdRules.Compile(whole, "spec.thresholds", problems);
        Assert.DoesNotContain(problems, p => !p.IsWarning);
        return new RunCollector(whole, set, 1);
    }

    private static IReadOnlyList<ThresholdResult> Finish(RunCollector collector, Snapshot last)
    {
        collector.Offer(new WorkerSnapshot(0, 1000, 60_000_000_000, true, last));
        var load = collector.EndLoad();
        return collector.Finish(load, new RunEvidence()).Evidence.Thresholds;
    }
}
