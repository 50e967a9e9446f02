using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.TestKit;

namespace LoadTesting.Model.Tests.Judging;

public sealed class ThresholdParserTests
{
    [SkippableFact]
    public void Expressions_are_read_as_k6_reads_them()
    {
        foreach (var test in Cases("expression"))
        {
            var (expression, problems) = Parse(test.GetProperty("input").GetString()!);
            if (test.GetProperty("error").GetBoolean())
            {
                Assert.True(expression is null && problems.Count == 1, $"{test}: should be refused");
                continue;
            }

            var wanted = test.GetProperty("expect");
            Assert.Equal(wanted.GetProperty("method").GetString(), expression!.Aggregation.ToString());
            Assert.Equal(wanted.GetProperty("operator").GetString(), expression.Operator.Symbol());
            Assert.Equal(new NumberValue(wanted.GetProperty("value").GetDouble(), ValueUnit.None), expression.Value);
        }
    }

    [SkippableFact]
    public void Aggregations_are_read_as_k6_reads_them()
    {
        foreach (var test in Cases("aggregation-method"))
        {
            var read = Aggregation.TryParse(test.GetProperty("input").GetString()!, out var aggregation);
            Assert.True(read != test.GetProperty("error").GetBoolean(), $"{test}");
            if (read && test.GetProperty("expect").GetProperty("percentile") is { ValueKind: JsonValueKind.Number } n)
            {
                Assert.Equal(Aggregation.OfPercentile(n.GetDouble()), aggregation);
            }
        }
    }

    [SkippableFact]
    public void Expressions_are_split_where_k6_splits_them()
    {
        foreach (var test in Cases("scan"))
        {
            var parts = ThresholdParser.Split(test.GetProperty("input").GetString()!);
            if (test.GetProperty("error").GetBoolean())
            {
                Assert.Null(parts);
                continue;
            }

            var wanted = test.GetProperty("expect");
            Assert.Equal(
                (wanted.GetProperty("left").GetString(), wanted.GetProperty("operator").GetString(), wanted.GetProperty("right").GetString()),
                (parts!.Value.Left, parts.Value.Symbol, parts.Value.Right));
        }
    }

    [Theory]
    [InlineData("p(95)<500", AggregationKind.Percentile, 95, ComparisonOperator.Less, 500)]
    [InlineData("  p(99.9)  <=  1e3 ", AggregationKind.Percentile, 99.9, ComparisonOperator.LessOrEqual, 1000)]
    [InlineData("med > 3", AggregationKind.Med, 50, ComparisonOperator.Greater, 3)]
    [InlineData("min>=0", AggregationKind.Min, 0, ComparisonOperator.GreaterOrEqual, 0)]
    [InlineData("count===7", AggregationKind.Count, 0, ComparisonOperator.Equal, 7)]
    [InlineData("count == 7", AggregationKind.Count, 0, ComparisonOperator.Equal, 7)]
    [InlineData("value!=-1.5", AggregationKind.Value, 0, ComparisonOperator.NotEqual, -1.5)]
    [InlineData("rate<.01", AggregationKind.Rate, 0, ComparisonOperator.Less, 0.01)]
    [InlineData("fails<10", AggregationKind.Fails, 0, ComparisonOperator.Less, 10)]
    [InlineData("passes>10", AggregationKind.Passes, 0, ComparisonOperator.Greater, 10)]
    [InlineData("total>=100", AggregationKind.Total, 0, ComparisonOperator.GreaterOrEqual, 100)]
    [InlineData("avg<2s", AggregationKind.Avg, 0, ComparisonOperator.Less, 2000)]
    [InlineData("max < 1m30s", AggregationKind.Max, 0, ComparisonOperator.Less, 90_000)]
    [InlineData("max < 0.1ms", AggregationKind.Max, 0, ComparisonOperator.Less, 0.1)]
    [InlineData("max < 250 us", AggregationKind.Max, 0, ComparisonOperator.Less, 0.25)]
    [InlineData("max < 1d2h", AggregationKind.Max, 0, ComparisonOperator.Less, 93_600_000)]
    [InlineData("rate<1%", AggregationKind.Rate, 0, ComparisonOperator.Less, 0.01)]
    [InlineData("rate>99.5 %", AggregationKind.Rate, 0, ComparisonOperator.Greater, 0.995)]
    public void An_expression_is_an_aggregation_a_relation_and_a_value(string text, AggregationKind kind, double percentile, ComparisonOperator comparison, double value)
    {
        var expression = Read(text);
        Assert.Equal(new Aggregation(kind, percentile), expression.Aggregation);
        Assert.Equal(comparison, expression.Operator);
        Assert.Equal(value, Assert.IsType<NumberValue>(expression.Value).Number);
        Assert.Equal(text.Trim(), expression.Text);
        Assert.False(expression.OrAbsent);
        Assert.Null(expression.Abort);
        Assert.Null(expression.Window);
        Assert.Null(expression.Over);
    }

    [Fact]
    public void Clauses_may_stand_in_any_order()
    {
        var wanted = Read("p(95)<500 or absent during spike over 30s abort after 10s");
        Assert.True(wanted.OrAbsent);
        Assert.Equal(new ThresholdWindow(WindowKind.During, "spike"), wanted.Window);
        Assert.Equal(Duration.FromSeconds(30), wanted.Over);
        Assert.Equal(new AbortRule(Duration.FromSeconds(10)), wanted.Abort);
        var other = Read("p(95)<500 abort after 10s over 30s during spike or absent");
        Assert.Equal(wanted with { Text = other.Text }, other);
    }

    [Theory]
    [InlineData("p(95)<500 abort", null)]
    [InlineData("p(95)<500 abort after 1m", 60.0)]
    [InlineData("p(95)<2s abort after 500ms", 0.5)]
    public void Abort_stops_the_run_at_once_or_after_a_time(string text, double? seconds) =>
        Assert.Equal(new AbortRule(seconds is { } s ? Duration.FromSeconds(s) : null), Read(text).Abort);

    [Theory]
    [InlineData("p(95)<500 after kill-node", WindowKind.After, "kill-node")]
    [InlineData("p(95)<500 during warm_up", WindowKind.During, "warm_up")]
    [InlineData("p(95)<500 steady", WindowKind.Steady, null)]
    [InlineData("p(95)<500 during steady", WindowKind.Steady, null)]
    public void A_window_is_a_part_of_the_run(string text, WindowKind kind, string? name) => Assert.Equal(new ThresholdWindow(kind, name), Read(text).Window);

    [Theory]
    [InlineData("p(95)<baseline", 1)]
    [InlineData("p(95)<baseline*1.10", 1.1)]
    [InlineData("p(95) < 1.1 * baseline", 1.1)]
    public void A_value_may_be_relative_to_the_baseline(string text, double factor) => Assert.Equal(new BaselineValue(factor), Read(text).Value);

    [Theory]
    [InlineData("", "comparison")]
    [InlineData("p(95)", "comparison")]
    [InlineData("p(95)=500", "comparison")]
    [InlineData("p(95)<", "comparison")]
    [InlineData("p(95)< ", "missing")]
    [InlineData("p(95)<abort", "missing")]
    [InlineData("<500", "not an aggregation")]
    [InlineData("p<200", "p(95)")]
    [InlineData("p()<200", "percentile")]
    [InlineData("p(100.1)<200", "percentile")]
    [InlineData("p(-1)<200", "percentile")]
    [InlineData("p95<200", "not an aggregation")]
    [InlineData("COUNT<200", "not an aggregation")]
    [InlineData("count<many", "not a value")]
    [InlineData("count<nan", "not a value")]
    [InlineData("count<inf", "not a value")]
    [InlineData("count<1e999", "not a value")]
    [InlineData("count<0x10", "not a value")]
    [InlineData("count<1,000", "not a value")]
    [InlineData("avg<5y", "not a value")]
    [InlineData("avg<5s5", "not a value")]
    [InlineData("avg<-", "not a value")]
    [InlineData("avg<1 < 2", "not a value")]
    [InlineData("avg<baseline*0", "not a value")]
    [InlineData("avg<baseline*", "not a value")]
    [InlineData("avg<99999999999999h", "not a value")]
    [InlineData("avg<5 or", "only 'absent'")]
    [InlineData("avg<5 or else", "only 'absent'")]
    [InlineData("avg<5 abort after", "duration")]
    [InlineData("avg<5 abort after 10", "'abort after 10' has no unit: write 10s if it is seconds, as in k6's sleep(10), or 10ms if it is milliseconds")]
    [InlineData("avg<5 over 30", "'over 30' has no unit: write 30s if it is seconds")]
    [InlineData("avg<5 over soon", "needs a duration behind it")]
    [InlineData("avg<5 abort after -1s", "duration")]
    [InlineData("avg<5 abort abort", "twice")]
    [InlineData("avg<5 abort 10s", "not understood")]
    [InlineData("avg<5 over 0s", "duration")]
    [InlineData("avg<5 over", "duration")]
    [InlineData("avg<5 during", "name")]
    [InlineData("avg<5 during abort", "name")]
    [InlineData("avg<5 after 10s", "abort after 10s")]
    [InlineData("avg<5 steady during a", "two windows")]
    [InlineData("avg<5 over 1s sometimes", "not understood")]
    public void What_is_no_threshold_is_one_problem_that_says_why(string text, string why)
    {
        var (expression, problems) = Parse(text);
        Assert.Null(expression);
        var problem = Assert.Single(problems);
        Assert.Equal(("spec.thresholds.m[0]", "threshold", text), (problem.Path, problem.Rule, problem.Value));
        Assert.Contains(why, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_written_gives_an_expression_or_a_problem_and_never_both()
    {
        var word = Gen.Elements(
            "p(95)", "p(", "p", ")", "count", "rate", "<", "<=", "==", "!=", "=", "500", "-1", "1e9", "2s", "1m", "5%", "%", "baseline", "*", "1.1",
            "or", "absent", "during", "after", "steady", "over", "abort", "a-b", " ", "  ", "\t", "µs", "{", "\u0000", "é", "٣");
        var text = word.ArrayOf().Select(string.Concat);
        Prop.ForAll(text.ToArbitrary(), t =>
        {
            var (expression, problems) = Parse(t);
            return expression is null ? problems.Count == 1 : problems.Count == 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Every_number_that_is_written_is_the_number_compared_with()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<NormalFloat>(), f =>
        {
            var written = f.Get.ToString("R", CultureInfo.InvariantCulture);
            return Read($"value<{written}").Value.Equals(new NumberValue(f.Get, ValueUnit.None));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("count")]
    [InlineData("med")]
    [InlineData("p(0)")]
    [InlineData("p(99.95)")]
    [InlineData("total")]
    public void An_aggregation_is_written_as_it_is_read(string text)
    {
        Assert.True(Aggregation.TryParse(text, out var aggregation));
        Assert.Equal(text, aggregation.ToString());
    }

    private static IEnumerable<JsonElement> Cases(string kind) => Conformance.Cases("threshold-parse.json").Where(c => c.GetProperty("kind").GetString() == kind);

    private static ThresholdExpression Read(string text)
    {
        var (expression, problems) = Parse(text);
        Assert.True(expression is not null, problems.FirstOrDefault()?.Message);
        return expression;
    }

    private static (ThresholdExpression? Expression, List<Problem> Problems) Parse(string text)
    {
        var problems = new List<Problem>();
        return (ThresholdParser.Parse(text, "spec.thresholds.m[0]", problems), problems);
    }
}
