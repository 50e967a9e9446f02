using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Judging;

public sealed class ThresholdEvaluatorTests
{
    private static readonly MetricDefinition Duration = BuiltInMetrics.HttpReqDuration;

    [Theory]
    [InlineData("http_req_duration", "avg<40", 30, "ms", true, "30 ms, limit 40 ms")]
    [InlineData("http_req_duration", "max<=50", 50, "ms", true, "50 ms, limit 50 ms")]
    [InlineData("http_req_duration", "max<50", 50, "ms", false, "50 ms, wanted less than 50 ms")]
    [InlineData("http_req_duration", "max<0.05s", 50, "ms", false, "50 ms, wanted less than 50 ms")]
    [InlineData("http_req_duration", "min>=10", 10, "ms", true, "10 ms, wanted at least 10 ms")]
    [InlineData("http_req_duration", "p(0)==10", 10, "ms", true, "10 ms, wanted exactly 10 ms")]
    [InlineData("http_req_duration", "p(100)!=50", 50, "ms", false, "50 ms, wanted anything but 50 ms")]
    [InlineData("http_req_duration{name:a}", "max<=20", 20, "ms", true, "20 ms, limit 20 ms")]
    [InlineData("http_reqs", "count>=20", 20, "", true, "20, wanted at least 20")]
    [InlineData("http_reqs", "rate>2", 2, "/s", false, "2/s, wanted more than 2/s")]
    [InlineData("data_received", "count<4000", 5000, "B", false, "5000 B, limit 4000 B")]
    [InlineData("data_received", "rate<1000", 500, "B/s", true, "500 B/s, limit 1000 B/s")]
    [InlineData("checks", "rate>0.99", 0.972, "", false, "97.2%, wanted more than 99%")]
    [InlineData("checks", "rate>97%", 0.972, "", true, "97.2%, wanted more than 97%")]
    [InlineData("checks", "fails<14", 14, "", false, "14, wanted less than 14")]
    [InlineData("checks", "passes==486", 486, "", true, "486, wanted exactly 486")]
    [InlineData("checks", "total>500", 500, "", false, "500, wanted more than 500")]
    [InlineData("vus", "value<5", 4, "", true, "4, limit 5")]
    public void The_aggregation_of_all_samples_is_held_against_the_limit(string key, string expression, double observed, string unit, bool ok, string message)
    {
        var total = new Samples()
            .Trend(Duration, "name:a", 10, 20).Trend(Duration, "name:b", 30, 40, 50)
            .Count(BuiltInMetrics.HttpReqs, 8, "name:a").Count(BuiltInMetrics.HttpReqs, 12, "name:b")
            .Count(BuiltInMetrics.DataReceived, 5000)
            .Rate(BuiltInMetrics.Checks, 486, 500)
            .Gauge(BuiltInMetrics.Vus, 1, 10, 4)
            .Snapshot;
        var result = Samples.Evaluate(key, expression, total);
        Assert.Equal((observed, unit, ok, message, false), (result.Observed, result.Unit, result.Ok, result.Message, result.NoData));
        Assert.Equal((key, expression), (result.Metric, result.Expression));
    }

    [Fact]
    public void A_percentile_is_within_the_histograms_error()
    {
        var total = new Samples().Trend(Duration, "", [.. Enumerable.Range(1, 1000).Select(i => (double)i)]).Snapshot;
        Assert.InRange(Samples.Evaluate("http_req_duration", "p(95)<1", total).Observed!.Value, 950 * 0.9985, 951 * 1.0015);
        Assert.InRange(Samples.Evaluate("http_req_duration", "med<1", total).Observed!.Value, 500 * 0.9985, 501 * 1.0015);
    }

    [Fact]
    public void A_time_is_compared_to_the_nanosecond_and_not_to_the_last_binary_digit()
    {
        // 0.07 · 1000 is 70.00000000000001 in binary.
        Assert.True(Samples.Evaluate("http_req_duration", "max<=70", new Samples().Trend(Duration, "", 70).Snapshot).Ok);
        Assert.False(Samples.Evaluate("http_req_duration", "max<=70", new Samples().Trend(Duration, "", 70.000001).Snapshot).Ok);
    }

    [Theory]
    [InlineData("http_req_duration", "p(95)<500")]
    [InlineData("http_req_duration", "p(95)>500")]
    [InlineData("http_req_failed", "rate<0.01")]
    [InlineData("http_req_failed", "fails==0")]
    [InlineData("http_reqs", "count==0")]
    [InlineData("http_reqs{name:typo}", "count>0")]
    [InlineData("vus", "value<5")]
    public void Without_samples_nothing_holds_and_nothing_is_broken(string key, string expression)
    {
        var total = new Samples().Count(BuiltInMetrics.HttpReqs, 0, "").Count(BuiltInMetrics.Iterations, 5).Snapshot;
        total = key == "http_reqs" ? Snapshot.Empty : total;
        var result = Samples.Evaluate(key, expression, total);
        Assert.Equal((false, true, null, "no samples"), (result.Ok, result.NoData, result.Observed, result.Message));
        Assert.False(result.Broken);
        var allowed = Samples.Evaluate(key, expression + " or absent", total);
        Assert.Equal((true, true, "no samples, which is allowed"), (allowed.Ok, allowed.NoData, allowed.Message));
    }

    [Theory]
    [InlineData("dropped_iterations", "count==0")]
    [InlineData("dropped_iterations{scenario:load}", "count<1")]
    [InlineData("interrupted_iterations", "count==0")]
    [InlineData("iteration_errors", "rate<0.1")]
    public void What_the_generator_counts_itself_is_zero_when_it_counted_none(string key, string expression)
    {
        var result = Samples.Evaluate(key, expression, new Samples().Count(BuiltInMetrics.Iterations, 5).Snapshot);
        Assert.Equal((true, false, 0), (result.Ok, result.NoData, result.Observed));
    }

    [Fact]
    public void A_counter_that_was_touched_but_never_grew_is_zero()
    {
        var orders = new RecordSpec { Metric = "oversold", Type = CustomMetricType.Counter };
        var total = new Samples().Count(MetricCatalog.Define(orders), 0).Snapshot;
        Assert.True(Samples.Evaluate("oversold", "count==0", total, records: orders).Ok);
    }

    [Fact]
    public void An_empty_tag_value_means_the_samples_without_the_tag()
    {
        var total = new Samples().Count(BuiltInMetrics.HttpReqs, 3).Count(BuiltInMetrics.HttpReqs, 4, "group:::setup").Snapshot;
        Assert.Equal(3, Samples.Evaluate("http_reqs{group:\"\"}", "count>0", total).Observed);
        Assert.Equal(4, Samples.Evaluate("http_reqs{group:::setup}", "count>0", total).Observed);
        Assert.Equal(7, Samples.Evaluate("http_reqs", "count>0", total).Observed);
    }

    [Fact]
    public void A_counters_rate_is_per_second_of_load()
    {
        var total = new Samples().Count(BuiltInMetrics.HttpReqs, 500).Snapshot;
        Assert.Equal(20, Samples.Evaluate("http_reqs", "rate>0", total, loadSeconds: 25).Observed);
        Assert.Equal(0, Samples.Evaluate("http_reqs", "rate<1", total, loadSeconds: 0).Observed);
    }

    [Theory]
    [InlineData("count<5", 10, false)]
    [InlineData("count<5 abort", 0, true)]
    [InlineData("count<5 abort after 10s", 10, false)]
    [InlineData("count<5 abort after 10s", 10.001, true)]
    [InlineData("count<50 abort", 10, false)]
    public void A_breach_aborts_only_after_its_delay(string expression, double elapsed, bool aborts)
    {
        var total = new Samples().Count(BuiltInMetrics.HttpReqs, 6).Snapshot;
        Assert.Equal(aborts, Samples.Evaluate("http_reqs", expression, total, elapsed, final: false).AbortRequested);
        Assert.False(Samples.Evaluate("http_reqs", expression, Snapshot.Empty, elapsed, final: false).AbortRequested);
    }

    [Theory]
    [InlineData("longest_gap{name:b}", "value<1s", true)] // it failed, and what says when is in the overflow series
    [InlineData("longest_gap", "value<1h", false)]
    [InlineData("http_req_duration", "p(95)<http_req_duration{name:a}*1000", true)] // what it is compared with may lack samples
    [InlineData("http_req_duration{name:nobody}", "p(95)<1s or absent", true)] // absent, or folded away
    [InlineData("checks{check:x}", "rate>0.5 or absent", false)]
    public void Samples_that_were_folded_make_what_is_worked_out_of_others_incomplete_too(string key, string expression, bool incomplete)
    {
        var samples = new Samples(maxSeries: 4).Trend(Duration, "name:a", 10, 10).Count(BuiltInMetrics.HttpReqs, 3, "name:b").Trend(BuiltInMetrics.FailingAt, "name:a", 1000, 1000).Count(BuiltInMetrics.HttpReqs, 3, "name:a")
            .Trend(BuiltInMetrics.FailingAt, "name:b", 1000, 9000).Trend(Duration, "name:b", 10, 10);
        var result = Samples.Evaluate(key, expression, samples.Snapshot);
        Assert.Equal(incomplete, result.Incomplete);
        Assert.False(incomplete && result.Broken);
    }

    [Fact]
    public void Samples_that_were_folded_make_a_tagged_threshold_incomplete()
    {
        var samples = new Samples(maxSeries: 1).Trend(Duration, "name:a", 10, 10, 10, 900).Trend(Duration, "name:b", 1, 1);
        Assert.True(Samples.Evaluate("http_req_duration{name:a}", "max<1000", samples.Snapshot).Incomplete);
        Assert.False(Samples.Evaluate("http_req_duration{name:a}", "max<1000", samples.Snapshot, final: false).Incomplete);
        Assert.False(Samples.Evaluate("http_req_duration", "max<1000", samples.Snapshot).Incomplete);

        // A maximum above its limit stays there whatever else belongs to it; an average may come down.
        Assert.True(Samples.Evaluate("http_req_duration{name:a}", "max<500", samples.Snapshot).Broken);
        Assert.False(Samples.Evaluate("http_req_duration{name:a}", "avg<232", samples.Snapshot).Broken);
        Assert.True(Samples.Evaluate("http_req_duration{name:a}", "avg<100", samples.Snapshot).Broken);
    }

    [Fact]
    public void The_merged_data_of_many_runners_gives_the_result_of_one()
    {
        var one = new Samples().Trend(Duration, "name:a", 10, 20, 30, 40).Rate(BuiltInMetrics.Checks, 3, 4).Count(BuiltInMetrics.HttpReqs, 4).Snapshot;
        var merged = Snapshot.Merge(
        [
            new Samples().Trend(Duration, "name:a", 40, 10).Rate(BuiltInMetrics.Checks, 1, 2).Count(BuiltInMetrics.HttpReqs, 2).Snapshot,
            new Samples().Trend(Duration, "name:a", 30).Rate(BuiltInMetrics.Checks, 1, 1).Count(BuiltInMetrics.HttpReqs, 1).Snapshot,
            new Samples().Trend(Duration, "name:a", 20).Rate(BuiltInMetrics.Checks, 1, 1).Count(BuiltInMetrics.HttpReqs, 1).Snapshot,
        ]);
        foreach (var (key, expression) in new[] { ("http_req_duration", "p(95)<35"), ("http_req_duration{name:a}", "avg<1"), ("checks", "rate>0.8"), ("http_reqs", "count==4") })
        {
            Assert.Equal(Samples.Evaluate(key, expression, one), Samples.Evaluate(key, expression, merged));
        }
    }
}
