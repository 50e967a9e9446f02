using System.Text.Json;
using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.TestKit;

namespace LoadTesting.Model.Tests.Judging;

public sealed class ThresholdRulesTests
{
    [SkippableFact]
    public void Aggregations_suit_metric_types_as_in_k6()
    {
        foreach (var test in Conformance.Cases("threshold-eval.json").Where(c => c.GetProperty("kind").GetString() == "validate"))
        {
            var type = test.GetProperty("metricType").GetString();
            var record = type is null ? null : new RecordSpec { Metric = $"test_{type}", Type = Enum.Parse<CustomMetricType>(type, ignoreCase: true) };
            var problems = Check(test.GetProperty("metric").GetString()!, [new(test.GetProperty("source").GetString()!)], record);
            Assert.True(test.GetProperty("error").GetBoolean() == problems.Any(p => !p.IsWarning), $"{test}: {string.Join("; ", problems)}");
        }
    }

    [SkippableFact]
    public void What_k6_refuses_before_the_load_is_a_problem_and_nothing_else_is()
    {
        foreach (var test in Conformance.Cases("threshold-exit-codes.json").Where(c => c.TryGetProperty("thresholds", out _)))
        {
            // The switch that turns thresholds off belongs to the command line; with it nothing is compiled.
            if (test.TryGetProperty("noThresholds", out _))
            {
                continue;
            }

            var records = test.TryGetProperty("customMetrics", out var custom)
                ? custom.EnumerateObject().Select(p => new RecordSpec { Metric = p.Name, Type = Enum.Parse<CustomMetricType>(p.Value.GetString()!, ignoreCase: true) }).ToArray()
                : [];
            foreach (var (key, written) in test.GetProperty("thresholds").EnumerateObject().Select(p => (p.Name, p.Value)))
            {
                var problems = Check(key, [.. written.EnumerateArray().Select(Written)], records);
                Assert.True(problems.Any(p => !p.IsWarning) == (test.GetProperty("exitCode").GetInt32() == 104), $"{test}: {string.Join("; ", problems)}");
            }
        }
    }

    [SkippableFact]
    public void The_metrics_of_k6s_engine_are_looked_up_as_there()
    {
        foreach (var test in Conformance.Cases("threshold-engine.json").Where(c => c.GetProperty("kind").GetString() == "lookup"))
        {
            var record = new RecordSpec { Metric = "metric1", Type = CustomMetricType.Counter };
            Assert.Contains(Check(test.GetProperty("metric").GetString()!, [], record), p => !p.IsWarning);
        }
    }

    [SkippableFact]
    public void A_list_of_thresholds_is_right_when_each_is()
    {
        foreach (var test in Conformance.Cases("threshold-eval.json").Where(c => c.GetProperty("kind").GetString() == "parse-list"))
        {
            var problems = Check("http_req_failed", [.. test.GetProperty("sources").EnumerateArray().Select(s => new ThresholdSpec(s.GetString()!))]);
            Assert.Equal(test.GetProperty("error").GetBoolean(), problems.Any(p => !p.IsWarning));
        }
    }

    [Theory]
    [InlineData("http_reqs", "value>0", "threshold-aggregation", "use count or rate")]
    [InlineData("http_reqs", "p(95)>0", "threshold-aggregation", "p(N) does not suit http_reqs, which is a counter")]
    [InlineData("vus", "max>0", "threshold-aggregation", "use value")]
    [InlineData("checks", "count>0", "threshold-aggregation", "use rate, passes, fails or total")]
    [InlineData("http_req_duration", "rate>0", "threshold-aggregation", "use avg, min, med, max or p(N)")]
    [InlineData("http_req_duration", "count>0", "threshold-aggregation", "use avg, min, med, max or p(N)")]
    [InlineData("http_reqs", "count<2s", "threshold-unit", "no time")]
    [InlineData("checks", "rate>1s", "threshold-unit", "no time")]
    [InlineData("checks", "fails<1%", "threshold-unit", "no fraction")]
    [InlineData("http_reqs", "rate<1%", "threshold-unit", "no fraction")]
    [InlineData("http_req_duration", "p(95)<5 during sp!ke", "threshold-window", "neither a scenario nor a mark")]
    [InlineData("http_req_duration", "p(95)<5 over 500ms", "threshold-window", "1s long at least")]
    [InlineData("http_req_duration", "p(95)==baseline", "threshold-value", "hardly ever equal")]
    [InlineData("http_req_duration", "p(95)<baseline over 30s", "threshold-value", "over the whole run")]
    [InlineData("http_req_duration", "p(95)<http_req_failed", "threshold-value", "one type and unit")]
    [InlineData("http_req_duration", "p(95)<typo{name:x}", "unknown-metric", "to compare with")]
    [InlineData("http_req_duration", "p(95)<http_req_waiting{name:x} over 5s", "threshold-value", "leave the window out")]
    [InlineData("recovery_time", "value<5s", "threshold-derived", "needs a mark")]
    [InlineData("recovery_time{mark:x,hold:long}", "value<5s", "threshold-derived", "hold:30s")]
    [InlineData("recovery_time{mark:x,metrik:y}", "value<5s", "threshold-derived", "no tag 'metrik'")]
    [InlineData("recovery_time{mark:x}", "value<5s abort", "threshold-abort", "cannot abort")]
    [InlineData("recovery_time{mark:x}", "value<5s steady", "threshold-window", "looks at the whole run")]
    [InlineData("drift", "value<10%", "threshold-derived", "needs a sampled metric")]
    [InlineData("drift{metric:http_req_durations}", "value<10%", "threshold-derived", "needs a sampled metric")]
    [InlineData("http_req_duraton", "p(95)<5", "unknown-metric", "neither built in nor recorded")]
    [InlineData("http_req_duration{", "p(95)<5", "metric-selector", "closing")]
    [InlineData("http_req_duration", "p<5", "threshold", "p(95)")]
    public void A_threshold_that_cannot_be_judged_is_a_problem(string key, string expression, string rule, string says)
    {
        var problem = Assert.Single(Check(key, [new(expression)]));
        Assert.Equal(rule, problem.Rule);
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
        Assert.False(problem.IsWarning);
        Assert.StartsWith(SpecPath.Field("spec.thresholds", key), problem.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("checks", "rate>99", "threshold-range", "99% is written 0.99 or 99%")]
    [InlineData("checks", "rate>-1", "threshold-range", "between 0 and 1")]
    [InlineData("iterations{scenario:nowhere}", "count==0", "threshold-tag", "no scenario 'nowhere'")]
    [InlineData("http_reqs{vu:1}", "count>0", "threshold-tag", "no tag 'vu'")]
    public void What_is_legal_but_hardly_meant_is_a_warning(string key, string expression, string rule, string says)
    {
        var problem = Assert.Single(Check(key, [new(expression)]));
        Assert.Equal((rule, true), (problem.Rule, problem.IsWarning));
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_misspelt_metric_gets_the_nearest_name()
    {
        Assert.Equal("http_req_duration", Assert.Single(Check("http_req_duraton", [])).Suggestion);
        Assert.Equal("orders", Assert.Single(Check("order", [], new RecordSpec { Metric = "orders", Type = CustomMetricType.Counter })).Suggestion);
        Assert.Null(Assert.Single(Check("something_else_entirely", [])).Suggestion);
    }

    [Fact]
    public void All_problems_come_at_once()
    {
        var spec = Spec([("nope{", [new("foo"), new("p<1")]), ("http_reqs", [new("count<1"), new("max<1")]), ("unknown", [new("count!")])]);
        var problems = new List<Problem>();
        var set = ThresholdRules.Compile(spec, "spec.thresholds", problems);
        Assert.Equal(
            ["spec.thresholds[\"nope{\"]", "spec.thresholds[\"nope{\"][0]", "spec.thresholds[\"nope{\"][1]", "spec.thresholds.http_reqs[1]", "spec.thresholds.unknown", "spec.thresholds.unknown[0]"],
            problems.Select(p => p.Path));
        Assert.Equal("count<1", Assert.Single(set.Thresholds).Expression.Text);
    }

    [Fact]
    public void The_object_form_and_the_suffix_mean_the_same()
    {
        var spec = Spec([("http_reqs", [new("count<1 abort after 10s"), new("count<2", true, Duration.FromSeconds(10)), new("count<3", true), new("count<4 abort"), new("count<5")])]);
        var problems = new List<Problem>();
        var set = ThresholdRules.Compile(spec, "spec.thresholds", problems);
        Assert.Empty(problems);
        var (late, now) = (new AbortRule(Duration.FromSeconds(10)), new AbortRule(null));
        Assert.Equal([late, late, now, now, null], set.Thresholds.Select(t => t.Abort));
    }

    [Fact]
    public void Saying_abort_in_both_forms_is_a_problem()
    {
        Assert.Equal("threshold-abort", Assert.Single(Check("http_reqs", [new("count<1 abort", true)])).Rule);
        Assert.Equal("threshold-abort", Assert.Single(Check("http_reqs", [new("count<1", true, Duration.FromSeconds(-1))])).Rule);
        Assert.True(Assert.Single(Check("http_reqs", [new("count<1", false, Duration.FromSeconds(1))])).IsWarning);
        Assert.True(Assert.Single(Check("http_reqs", [new("count<1"), new(" count<1 ")])).IsWarning);
    }

    [Fact]
    public void An_empty_list_tracks_the_sub_metric()
    {
        var problems = new List<Problem>();
        var set = ThresholdRules.Compile(Spec([("http_req_duration{name:order}", [])]), "spec.thresholds", problems);
        Assert.Empty(problems);
        Assert.Empty(set.Thresholds);
        Assert.Equal("http_req_duration{name:order}", Assert.Single(set.Tracked).Key);
    }

    [Fact]
    public void Custom_metrics_are_found_in_every_place_where_steps_stand()
    {
        static RequestStep Step(string metric) => new() { Url = "/", Record = [new() { Metric = metric, Type = CustomMetricType.Trend, IsTime = true }, new() { Metric = "no name", Type = CustomMetricType.Trend }] };
        var catalog = MetricCatalog.For(new LoadTestSpec
        {
            Setup = [Step("in_setup")],
            Teardown = [Step("in_teardown")],
            Verify = [Step("in_verify")],
            Flows = new([KeyValuePair.Create<string, IReadOnlyList<StepSpec>>("f", [Step("in_flow"), Step("vus")])]),
        });
        Assert.Equal(["in_flow", "in_setup", "in_teardown", "in_verify", "vus"], catalog.Custom.Select(m => m.Name));
        Assert.Equal(new MetricDefinition("in_flow", MetricType.Trend, MetricUnit.Time), catalog.Find("in_flow"));
        Assert.Equal(BuiltInMetrics.Vus, catalog.Find("vus"));
        Assert.Null(catalog.Find("no name"));
    }

    private static ThresholdSpec Written(JsonElement e) => e.ValueKind == JsonValueKind.String
        ? new ThresholdSpec(e.GetString()!)
        : new ThresholdSpec(e.GetProperty("threshold").GetString()!, e.TryGetProperty("abortOnFail", out var abort) && abort.GetBoolean());

    private static List<Problem> Check(string key, ThresholdSpec[] written, params RecordSpec?[] records)
    {
        var problems = new List<Problem>();
        ThresholdRules.Compile(Spec([(key, written)], records), "spec.thresholds", problems);
        return problems;
    }

    private static LoadTestSpec Spec((string Key, ThresholdSpec[] Written)[] thresholds, params RecordSpec?[] records) => new()
    {
        Thresholds = new(thresholds.Select(t => KeyValuePair.Create<string, IReadOnlyList<ThresholdSpec>>(t.Key, t.Written))),
        Flows = new([KeyValuePair.Create<string, IReadOnlyList<StepSpec>>("f", [new RequestStep { Url = "/", Record = [.. records.OfType<RecordSpec>()] }])]),
        Scenarios = new([KeyValuePair.Create<string, ScenarioSpec>("load", new ConstantVusScenario { Duration = Duration.FromSeconds(1) })]),
    };
}
