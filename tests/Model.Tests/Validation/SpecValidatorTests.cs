using System.Text;
using System.Text.Json;
using LoadTesting.Metrics;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Spec.Parsing;
using LoadTesting.Model.Validation;
using LoadTesting.Model.Validation.Rules;
using LoadTesting.TestKit;

namespace LoadTesting.Model.Tests.Validation;

/// <summary>What whole files give is shown by the cases in <c>tests/testdata/manifests</c>; here stand the rules about the rules.</summary>
public sealed class SpecValidatorTests
{
    private static readonly LoadTestManifest Minimal = new()
    {
        Name = "minimal",
        Spec = new LoadTestSpec
        {
            Target = "http://shop.example",
            Flows = new([new("browse", [new RequestStep { Url = "/" }])]),
            Scenarios = new([new("load", new ConstantVusScenario { Duration = Duration.FromSeconds(5) })]),
        },
    };

    [Fact]
    public void A_single_flow_needs_no_exec()
    {
        var result = SpecValidator.Validate(Minimal);
        Assert.Empty(result.Problems);
        Assert.Same(Minimal, result.Value!.Manifest);
    }

    [Fact]
    public void What_could_not_be_read_is_not_judged_a_second_time()
    {
        var node = SpecJson.Read("""{"apiVersion": "loadtest.dev/v1alpha1", "kind": "LoadTest", "metadata": {"name": 5}, "spec": {"flows": 3, "scenarios": {"load": {"executor": "nope", "exec": "x"}}}}""", [])!;
        Assert.Equal(
            ["metadata.name: type", "spec.flows: type", "spec.scenarios.load.exec: exec", "spec.scenarios.load.executor: executor"],
            SpecValidator.Validate(node).Problems.Select(p => $"{p.Path}: {p.Rule}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_manifest_changed_for_a_run_still_has_the_places_of_its_document()
    {
        var document = SpecJson.Read("""
            {"spec": {
              "runners": {"replicas": 1}}}
            """, [])!;
        var changed = SpecOverrides.Apply(Minimal.Spec, new RunOverrides { Runners = 501 }, []);
        var problem = Assert.Single(SpecValidator.Validate(Minimal with { Spec = changed }, document).Problems);
        Assert.Equal(("501", new SourcePosition(2, 27)), (problem.Value, problem.Position));
    }

    [Fact]
    public void Warnings_do_not_make_a_test_invalid()
    {
        var result = SpecValidator.Validate(Minimal with { Spec = Minimal.Spec with { Runners = new RunnersSpec { Replicas = 2 } } });
        Assert.True(result.IsValid);
        Assert.True(Assert.Single(result.Problems).IsWarning);
    }

    [Theory]
    [InlineData("/a?b=${vars.x}", true)]
    [InlineData("${vars.base}/a", true)]
    [InlineData("https://h:8443/a", true)]
    [InlineData("relative/too", true)]
    [InlineData("ws://h/", false)]
    [InlineData("http://h:99999/", false)]
    [InlineData("http:///a", false)]
    [InlineData("$${literal}", true)]
    public void Urls_are_checked_as_far_as_they_are_known(string url, bool right) =>
        Assert.Equal(right, SpecValidator.Validate(With(new RequestStep { Url = url })).IsValid);

    [Theory]
    [InlineData("statsu", "status")]
    [InlineData("ThreshOlds", "thresholds")]
    [InlineData("pre-allocated-vus", "preAllocatedVUs")]
    [InlineData("count", "counter")]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    public void The_nearest_word_is_suggested_only_when_it_is_near(string written, string? suggestion) =>
        Assert.Equal(suggestion, Nearest.To(written, ["status", "thresholds", "preAllocatedVUs", "counter"]));

    [SkippableFact]
    public void Expected_statuses_agree_with_every_k6_definition()
    {
        foreach (var test in Conformance.Cases("expected-statuses.json").Where(c => c.GetProperty("kind").GetString() == "definition"))
        {
            var problems = new List<Problem>();
            var set = StatusesReader.Read(SpecJson.Read(Encoding.UTF8.GetBytes(test.GetProperty("args").GetRawText()), [])!, "status", problems);
            if (test.GetProperty("name").GetString() == "extra attribute is ignored")
            {
                // Ours is strict: a field that nobody reads is a mistake of who wrote it.
                Assert.Equal("unknown-field", Assert.Single(problems).Rule);
                continue;
            }

            Assert.Equal(test.GetProperty("error").GetBoolean(), problems.Count > 0);
            if (problems.Count == 0)
            {
                var singles = test.GetProperty("exact").EnumerateArray().Select(e => new StatusRange(e.GetInt32(), e.GetInt32()));
                var ranges = test.GetProperty("ranges").EnumerateArray().Select(r => new StatusRange(r[0].GetInt32(), r[1].GetInt32()));
                Assert.Equal([.. singles, .. ranges], set!.Ranges);
            }
        }
    }

    [Theory]
    [InlineData("""200""", "200-200")]
    [InlineData("""["2xx", 404]""", "200-299 404-404")]
    [InlineData("""[{"min": 300, "max": 399}, 0]""", "300-399 0-0")]
    public void Expected_statuses_are_single_ones_ranges_and_classes(string json, string expected)
    {
        var problems = new List<Problem>();
        var set = StatusesReader.Read(SpecJson.Read(json, problems)!, "status", problems);
        Assert.Empty(problems);
        Assert.Equal(expected, string.Join(' ', set!.Ranges.Select(r => $"{r.Min}-{r.Max}")));
    }

    [SkippableFact]
    public void Metric_names_and_their_second_use_agree_with_every_k6_case()
    {
        foreach (var test in Conformance.Cases("metric-registry.json"))
        {
            if (test.GetProperty("kind").GetString() == "name")
            {
                var name = test.GetProperty("input").GetString()!;
                var request = new RequestStep { Url = "/", Record = [new RecordSpec { Metric = name, Type = CustomMetricType.Counter }] };
                Assert.True(test.GetProperty("valid").GetBoolean() == SpecValidator.Validate(With(request)).IsValid, name);
            }
            else
            {
                var conflict = MetricRules.Conflict(Definition(test.GetProperty("first")), Definition(test.GetProperty("second")));
                Assert.Equal(test.GetProperty("error").GetBoolean(), conflict is not null);
            }
        }
    }

    [Fact]
    public void A_metric_is_one_type_wherever_it_is_recorded()
    {
        static RequestStep Record(CustomMetricType type, string? value) => new() { Url = "/", Record = [new RecordSpec { Metric = "orders", Type = type, Value = value }] };
        Assert.True(SpecValidator.Validate(With(Record(CustomMetricType.Counter, null), Record(CustomMetricType.Counter, "2"))).IsValid);
        var problem = Assert.Single(SpecValidator.Validate(With(Record(CustomMetricType.Counter, null), Record(CustomMetricType.Gauge, "2"))).Problems);
        Assert.Equal(("spec.flows.browse[1].request.record[0].gauge", "metric"), (problem.Path, problem.Rule));
    }

    private static MetricDefinition Definition(JsonElement written) => new(
        written.GetProperty("name").GetString()!,
        Enum.Parse<MetricType>(written.GetProperty("type").GetString()!, ignoreCase: true),
        written.TryGetProperty("contains", out var contains) && contains.GetString() == "time" ? MetricUnit.Time : MetricUnit.None);

    private static LoadTestManifest With(params StepSpec[] steps) => Minimal with { Spec = Minimal.Spec with { Variables = new([new("x", Text("1")), new("base", Text("http://h"))]), Flows = new([new("browse", steps)]) } };

    private static SpecScalar Text(string text) => new(text, ScalarKind.String, default);
}
