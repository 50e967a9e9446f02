using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Metrics;
using LoadTesting.Model.Judging;

namespace LoadTesting.Model.Tests.Judging;

public sealed class RepairShareTests
{
    private static readonly MetricDefinition Duration = BuiltInMetrics.HttpReqDuration;

    /// <summary>If k favourable samples mend it and k - 1 do not, the share lies between (k - 1) / (n + k - 1) and k / (n + k).</summary>
    [Fact]
    public void The_share_is_the_fewest_favourable_samples_that_would_mend_the_breach()
    {
        // Samples and limits are at least 0.5 % apart, more than the buckets' error.
        var cases = from samples in Gen.Choose(1, 100).Select(i => i * 10.0).NonEmptyListOf()
                    from aggregation in Gen.Elements("p(50)", "p(90)", "p(95)", "p(10)", "med", "avg")
                    from upper in Gen.Elements(true, false)
                    from limit in Gen.Choose(1, 99).Select(i => (i * 10) + 5)
                    where upper || aggregation != "avg"
                    select (Samples: samples.ToArray(), Expression: $"{aggregation}{(upper ? "<" : ">")}{limit}", Better: upper ? 0 : 1e12);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var result = Evaluate(c.Samples, c.Expression);
            if (result.Ok)
            {
                return result.RepairShare == 0;
            }

            double n = c.Samples.Length;
            var (never, enough) = (0, 400 * c.Samples.Length);
            while (enough - never > 1)
            {
                var middle = (never + enough) / 2;
                (never, enough) = Evaluate([.. c.Samples, .. Enumerable.Repeat(c.Better, middle)], c.Expression).Ok ? (never, middle) : (middle, enough);
            }

            // Further samples change which of the seen ones is the exactly known extreme, so the crossing between two of them may move by a bucket's error:
            // at most 0.135 % of 1000 over 10 between neighbours, for the percentiles here less than three samples.
            const int Slack = 3;
            var (fewest, most) = (Math.Max(0, never - Slack), enough + Slack);
            return result.RepairShare <= (most / (n + most)) + 1e-6 && result.RepairShare >= (fewest / (n + fewest)) - 1e-6;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Theory]
    [InlineData("http_req_failed", "rate<0.1", 0.5)] // 2 of 10: 10 more good ones make it 10 %
    [InlineData("http_req_failed", "rate<=0", 1)]
    [InlineData("http_req_failed", "rate>0.6", 0.5)] // 10 more failures make it 60 %
    [InlineData("http_req_failed", "passes<1", 1)]
    [InlineData("http_req_failed", "passes>5", 0)]
    [InlineData("http_req_failed", "fails<5", 1)]
    [InlineData("http_req_failed", "total>100", 0)]
    [InlineData("http_req_failed", "rate==0.1", 0)]
    [InlineData("http_req_failed", "rate!=0.2", 0)]
    [InlineData("http_reqs", "count<5", 1)]
    [InlineData("http_reqs", "count==9", 1)]
    [InlineData("http_reqs", "count==11", 0)]
    [InlineData("http_reqs", "count>11", 0)]
    [InlineData("http_reqs", "rate<0.5", 1)]
    [InlineData("http_reqs", "rate>5", 0)]
    [InlineData("http_req_duration", "max<20", 1)]
    [InlineData("http_req_duration", "max>50", 0)]
    [InlineData("http_req_duration", "min<5", 0)]
    [InlineData("http_req_duration", "min>20", 1)]
    [InlineData("http_req_duration", "avg<10", 0.5)] // (10 + 30) / 2 = 20: two more of nothing make it 10
    [InlineData("http_req_duration", "avg>25", 0)]
    [InlineData("http_req_duration", "p(100)<20", 1)]
    [InlineData("http_req_duration", "p(0)>20", 1)]
    public void What_no_further_sample_could_mend_is_1_and_what_any_might_is_0(string key, string expression, double share)
    {
        var total = new Samples().Rate(BuiltInMetrics.HttpReqFailed, 2, 10).Count(BuiltInMetrics.HttpReqs, 10).Trend(Duration, "", 10, 30).Snapshot;
        var result = Samples.Evaluate(key, expression, total);
        Assert.True(result.Broken);
        Assert.Equal(share, result.RepairShare, 9);
    }

    private static ThresholdResult Evaluate(double[] samples, string expression) =>
        Samples.Evaluate("http_req_duration", expression, new Samples().Trend(Duration, "", samples).Snapshot);
}
