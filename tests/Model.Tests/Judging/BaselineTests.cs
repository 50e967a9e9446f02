using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Judging.Baselines;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Spec;
using Xunit.Abstractions;

namespace LoadTesting.Model.Tests.Judging;

/// <summary>Comparison with an earlier run: how often it cries wolf, how surely it finds a shift, and what it says.</summary>
public sealed class BaselineTests(ITestOutputHelper output)
{
    private const int Samples = 10_000;

    private static readonly LoadTestSpec Spec = new() { Scenarios = new OrderedMap<ScenarioSpec>([new("s", new PerVuIterationsScenario { Iterations = Samples })]) };

    /// <summary>Two runs against the same target: at most one in a hundred is called slower, at factor 1, which forgives nothing.</summary>
    [Theory]
    [InlineData("p(95)")]
    [InlineData("med")]
    [InlineData("p(99)")]
    [InlineData("avg")]
    public void Equal_targets_are_called_different_in_at_most_one_of_a_hundred_comparisons(string aggregation)
    {
        Assert.True(Aggregation.TryParse(aggregation, out var parsed));
        const int Pairs = 500;
        var wrong = Enumerable.Range(0, Pairs).Count(seed => BaselineTest.Trend(parsed, LogNormal(seed, 1), LogNormal(seed + 100_000, 1), 1) > BaselineTest.Critical);
        output.WriteLine($"{aggregation}: {wrong} of {Pairs} wrong");
        Assert.InRange(wrong, 0, Pairs / 100);
    }

    /// <summary>A target that is 10 % slower is found in at least 95 of 100 comparisons of 10,000 samples.</summary>
    [Theory]
    [InlineData("p(95)")]
    [InlineData("med")]
    [InlineData("avg")]
    public void A_shift_of_ten_percent_is_found(string aggregation)
    {
        Assert.True(Aggregation.TryParse(aggregation, out var parsed));
        const int Pairs = 200;
        var found = Enumerable.Range(0, Pairs).Count(seed => BaselineTest.Trend(parsed, LogNormal(seed, 1.1), LogNormal(seed + 100_000, 1), 1) > BaselineTest.Critical);
        output.WriteLine($"{aggregation}: {found} of {Pairs} found");
        Assert.InRange(found, Pairs * 95 / 100, Pairs);
    }

    [Fact]
    public void Rates_are_compared_by_their_proportions()
    {
        var wrong = Enumerable.Range(0, 2000).Count(seed => BaselineTest.Proportions(Failures(seed, 0.01), Failures(seed + 100_000, 0.01), 1) > BaselineTest.Critical);
        var found = Enumerable.Range(0, 200).Count(seed => BaselineTest.Proportions(Failures(seed, 0.02), Failures(seed + 100_000, 0.01), 1.1) > BaselineTest.Critical);
        output.WriteLine($"rate: {wrong} of 2000 wrong, {found} of 200 found");
        Assert.InRange(wrong, 0, 20);
        Assert.InRange(found, 190, 200);
    }

    [Fact]
    public void A_constant_time_is_no_different_from_itself_and_half_a_bucket_is_no_news()
    {
        var p95 = new Aggregation(AggregationKind.Percentile, 95);
        Assert.Equal(0, BaselineTest.Trend(p95, Constant(0.010), Constant(0.010), 1));
        Assert.True(BaselineTest.Trend(p95, Constant(0.01001), Constant(0.010), 1) < BaselineTest.Critical);
        Assert.True(BaselineTest.Trend(p95, Constant(0.0102), Constant(0.010), 1) > BaselineTest.Critical);
    }

    [Fact]
    public void A_slower_run_fails_and_says_what_it_was_compared_with()
    {
        var result = Compare("p(95)<baseline*1.10", LogNormal(1, 1.22), LogNormal(2, 1));
        Assert.True(result is { Ok: false, NoData: false });
        Assert.Matches(@"^\d+(\.\d+)? ms against \d+(\.\d+)? ms in run flash-sale-12, \+2\d%$", result.Message);
    }

    [Fact]
    public void A_difference_that_chance_explains_holds_and_says_so()
    {
        var few = Compare("p(95)<baseline", LogNormal(1, 1.02, 100), LogNormal(2, 1, 100));
        Assert.True(few.Ok, few.Message);
        var faster = Compare("p(95)<baseline", LogNormal(1, 0.5), LogNormal(2, 1));
        Assert.True(faster.Ok);
        Assert.Contains(", -5", faster.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_baseline_or_with_one_of_another_load_nothing_is_known()
    {
        Assert.Contains("there is no baseline", Compare("p(95)<baseline", LogNormal(1, 1), (RunReport?)null).Message, StringComparison.Ordinal);
        var other = Report(LogNormal(2, 1)) with { LoadShape = LoadShapeKey.Of(Spec with { WarmUp = Duration.FromSeconds(1) }) };
        Assert.Contains("had another load", Compare("p(95)<baseline", LogNormal(1, 1), other).Message, StringComparison.Ordinal);
        var invalid = Report(LogNormal(2, 1)) with { Verdict = Verdict.Invalid };
        var result = Compare("p(95)<baseline", LogNormal(1, 1), invalid);
        Assert.True(result is { NoData: true, Ok: false });
        Assert.Contains("not to be believed", result.Message, StringComparison.Ordinal);
    }

    private static ThresholdResult Compare(string expression, HistogramSnapshot now, HistogramSnapshot before) => Compare(expression, now, Report(before));

    private static ThresholdResult Compare(string expression, HistogramSnapshot now, RunReport? baseline)
    {
        var spec = Spec with { Thresholds = new([KeyValuePair.Create<string, IReadOnlyList<ThresholdSpec>>("http_req_duration", [new ThresholdSpec(expression)])]) };
        var thresholds = ThresholdRules.Compile(spec, "spec.thresholds", []);
        var context = new ThresholdContext(Snapshot(now), new RunClock(Duration.FromSeconds(10), IsFinal: true))
        {
            // Stored and read back, as a real one is.
            Baseline = baseline is null ? null : RunBaseline.From(RunReportReader.Read(RunReportJson.Write(baseline), out _)!, spec),
        };
        return ThresholdEvaluator.Evaluate(thresholds.Thresholds, context)[0];
    }

    private static RunReport Report(HistogramSnapshot samples) => new()
    {
        Test = "flash-sale",
        Run = "flash-sale-12",
        Verdict = Verdict.Passed,
        LoadShape = LoadShapeKey.Of(Spec),
        Samples = [new("http_req_duration", samples)],
        Elapsed = Duration.FromSeconds(10),
    };

    private static Snapshot Snapshot(HistogramSnapshot histogram)
    {
        var recorder = new WorkerRecorder();
        var series = recorder.Trend(BuiltInMetrics.HttpReqDuration, TagSet.Empty);
        foreach (var (lower, upper, count) in histogram.Buckets())
        {
            for (var i = 0; i < count; i++) series.Record((lower + upper) / 2);
        }

        return recorder.TakeSnapshot();
    }

    /// <summary>What latencies look like: a median of 20 ms and a long tail.</summary>
    private static HistogramSnapshot LogNormal(int seed, double factor, int samples = Samples)
    {
        var random = new Random(seed);
        var histogram = new LatencyHistogram();
        for (var i = 0; i < samples; i += 2)
        {
            var (radius, angle) = (Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())), 2 * Math.PI * random.NextDouble());
            histogram.Record(factor * 0.02 * Math.Exp(0.5 * radius * Math.Cos(angle)));
            histogram.Record(factor * 0.02 * Math.Exp(0.5 * radius * Math.Sin(angle)));
        }

        return histogram.TakeSnapshot();
    }

    private static HistogramSnapshot Constant(double seconds)
    {
        var histogram = new LatencyHistogram();
        for (var i = 0; i < Samples; i++) histogram.Record(seconds);
        return histogram.TakeSnapshot();
    }

    private static RateValue Failures(int seed, double share)
    {
        var random = new Random(seed);
        return new RateValue(Enumerable.Range(0, Samples).Count(_ => random.NextDouble() < share), Samples);
    }
}
