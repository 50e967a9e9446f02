using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using static LoadTesting.Model.Judging.AggregationKind;
using static LoadTesting.Model.Judging.BreachOutlook;
using static LoadTesting.Model.Judging.ComparisonOperator;

namespace LoadTesting.Model.Tests.Judging;

public sealed class BreachOutlookTests
{
    /// <summary>What grows may reach a lower bound yet and never comes back below an upper one; what falls the other way round; what wanders may do both.</summary>
    [Theory]
    [InlineData(MetricType.Counter, Count, 3, Greater, 10, NotYet)]
    [InlineData(MetricType.Counter, Count, 3, GreaterOrEqual, 10, NotYet)]
    [InlineData(MetricType.Counter, Count, 11, Less, 10, ForGood)]
    [InlineData(MetricType.Counter, Count, 11, LessOrEqual, 10, ForGood)]
    [InlineData(MetricType.Counter, Count, 3, Equal, 10, NotYet)]
    [InlineData(MetricType.Counter, Count, 11, Equal, 10, ForGood)]
    [InlineData(MetricType.Counter, Count, 10, NotEqual, 10, NotYet)]
    [InlineData(MetricType.Counter, AggregationKind.Rate, 3, Greater, 10, SoFar)]
    [InlineData(MetricType.Counter, AggregationKind.Rate, 11, Less, 10, SoFar)]
    [InlineData(MetricType.Distinct, Count, 3, GreaterOrEqual, 10, NotYet)]
    [InlineData(MetricType.Distinct, Count, 11, Equal, 10, ForGood)]
    [InlineData(MetricType.Rate, AggregationKind.Rate, 0.5, Greater, 0.9, SoFar)]
    [InlineData(MetricType.Rate, AggregationKind.Rate, 0.5, Less, 0.1, SoFar)]
    [InlineData(MetricType.Rate, AggregationKind.Rate, 0.5, Equal, 1, SoFar)]
    [InlineData(MetricType.Rate, Passes, 3, Greater, 10, NotYet)]
    [InlineData(MetricType.Rate, Fails, 3, Less, 1, ForGood)]
    [InlineData(MetricType.Rate, Total, 3, Equal, 10, NotYet)]
    [InlineData(MetricType.Trend, Max, 3, Greater, 10, NotYet)]
    [InlineData(MetricType.Trend, Max, 11, Less, 10, ForGood)]
    [InlineData(MetricType.Trend, Min, 11, Less, 10, NotYet)]
    [InlineData(MetricType.Trend, Min, 3, Greater, 10, ForGood)]
    [InlineData(MetricType.Trend, Min, 11, Equal, 10, NotYet)]
    [InlineData(MetricType.Trend, Min, 9, Equal, 10, ForGood)]
    [InlineData(MetricType.Trend, Percentile, 600, Less, 500, SoFar)]
    [InlineData(MetricType.Trend, Med, 3, Greater, 10, SoFar)]
    [InlineData(MetricType.Trend, Avg, 600, Less, 500, SoFar)]
    [InlineData(MetricType.Gauge, Value, 3, Greater, 10, SoFar)]
    [InlineData(MetricType.Gauge, Value, 11, Less, 10, SoFar)]
    public void The_outlook_follows_from_how_the_number_moves(
        MetricType type, AggregationKind aggregation, double observed, ComparisonOperator comparison, double wanted, BreachOutlook outlook)
    {
        Assert.False(comparison.Holds(observed, wanted));
        Assert.Equal(outlook, BreachOutlooks.Of(type, aggregation, comparison, observed, wanted));
    }

    [Theory]
    [InlineData("http_reqs", "count>10", NotYet)]
    [InlineData("http_reqs", "count>10 over 1s", ForGood)]
    [InlineData("http_req_duration", "p(95)<5", SoFar)]
    [InlineData("http_req_duration", "max<5", ForGood)]
    [InlineData("balance", "count>100", NotYet)]
    [InlineData("balance", "count<10", SoFar)]
    public void Windows_that_are_past_and_counters_that_may_be_given_negative_amounts_differ(string metric, string expression, BreachOutlook outlook)
    {
        var threshold = Assert.Single(Samples.Thresholds(metric, [new(expression)], new RecordSpec { Metric = "balance", Type = CustomMetricType.Counter }));
        Assert.Equal(outlook, BreachOutlooks.Of(threshold, metric == "http_reqs" ? 1 : 19, threshold.Wanted));
    }
}
