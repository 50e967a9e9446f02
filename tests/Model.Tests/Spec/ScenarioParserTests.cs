using LoadTesting.Model.Spec;
using LoadTesting.Model.Spec.Parsing;
using LoadTesting.Model.Validation;
using LoadTesting.Model.Validation.Rules;
using LoadTesting.TestKit;

namespace LoadTesting.Model.Tests.Spec;

public sealed class ScenarioParserTests
{
    [SkippableFact]
    public void Agrees_with_every_k6_case_on_what_cannot_be_parsed_and_what_is_not_valid()
    {
        foreach (var test in Conformance.Cases("executor-config.json"))
        {
            var json = test.GetProperty("json").GetString()!;
            var problems = Read(json, out _).Where(p => !p.IsWarning).ToArray();
            var parseError = problems.Any(p => ProblemRules.IsAboutForm(p.Rule));
            Assert.True(test.GetProperty("parseError").GetBoolean() == parseError, $"{json}: parse error expected {!parseError}; {string.Join("; ", problems.Select(p => p.ToString()))}");
            if (!parseError)
            {
                Assert.True(test.GetProperty("validationError").GetBoolean() == problems.Length > 0, $"{json}: {string.Join("; ", problems.Select(p => p.ToString()))}");
            }
        }
    }

    [Theory]
    [InlineData("""{"executor": "shared-iterations", "vus": 3}""", "iterations", "range")]
    [InlineData("""{"executor": "per-vu-iterations", "iterations": 0}""", "iterations", "range")]
    [InlineData("""{"executor": "constant-vus", "vus": 2, "duration": "900ms"}""", "duration", "range")]
    [InlineData("""{"executor": "constant-vus", "vus": 200000000, "duration": "9s"}""", "vus", "range")]
    [InlineData("""{"executor": "constant-vus", "vus": 2}""", "duration", "required")]
    [InlineData("""{"executor": "ramping-vus", "stages": []}""", "stages", "required")]
    [InlineData("""{"executor": "ramping-vus", "stages": [{"duration": "5s", "target": 100000001}]}""", "stages[0].target", "range")]
    [InlineData("""{"executor": "ramping-vus", "startVUs": 0, "stages": [{"duration": "5s", "target": 0}]}""", "stages", "range")]
    [InlineData("""{"executor": "constant-arrival-rate", "rate": 5, "duration": "9s", "preAllocatedVUs": 0}""", "preAllocatedVUs", "range")]
    [InlineData("""{"executor": "constant-arrival-rate", "rate": 5, "duration": "9s", "preAllocatedVUs": 4, "maxVUs": 3}""", "maxVUs", "range")]
    [InlineData("""{"executor": "ramping-arrival-rate", "timeUnit": "0s", "preAllocatedVUs": 1, "stages": [{"duration": "1s", "target": 1}]}""", "timeUnit", "range")]
    [InlineData("""{"executor": "ramping-arrival-rate", "preAllocatedVUs": 1, "stages": [{"duration": "40000d", "target": 1}]}""", "", "range")]
    [InlineData("""{"executor": "constant-vus", "vus": 2.5, "duration": "9s"}""", "vus", "type")]
    [InlineData("""{"executor": "constant-vus", "vus": "2", "duration": "9s"}""", "vus", "type")]
    [InlineData("""{"executor": "constant-vus", "vus": 99999999999999999999, "duration": "9s"}""", "vus", "range")]
    [InlineData("""{"executor": "constant-vus", "iterations": 5, "duration": "9s"}""", "iterations", "unknown-field")]
    [InlineData("""{"executor": "constant-vu", "duration": "9s"}""", "executor", "executor")]
    [InlineData("""{"duration": "9s"}""", "executor", "executor")]
    [InlineData("""{"executor": "constant-vus", "duration": "9s", "gracefulStop": "-1s"}""", "gracefulStop", "range")]
    [InlineData("""{"executor": "constant-vus", "duration": "9s", "startTime": "-1s"}""", "startTime", "range")]
    public void One_wrong_field_is_one_problem_at_that_field(string scenario, string field, string rule)
    {
        var problem = Assert.Single(Read($$"""{"load": {{scenario}}}""", out _));
        Assert.Equal(("scenarios.load" + (field.Length > 0 ? $".{field}" : ""), rule), (problem.Path, problem.Rule));
        Assert.NotEmpty(problem.Message);
    }

    [Fact]
    public void Everything_wrong_in_all_scenarios_is_found_at_once()
    {
        var problems = Read("""
            {"a": {"executor": "constant-vus", "vus": 0, "duration": "soon", "stages": []},
             "b!": {"executor": "ramping-vus", "stages": [{"duration": "1s"}, {"target": 3, "durration": "4s"}]}}
            """, out _);
        Assert.Equal(
            ["scenarios.a.duration", "scenarios.a.stages", "scenarios.a.vus", "scenarios.b!", "scenarios.b!.stages[0].target", "scenarios.b!.stages[1].durration", "scenarios.b!.stages[1].duration"],
            problems.Select(p => p.Path.Replace("[\"b!\"]", ".b!", StringComparison.Ordinal)).Order(StringComparer.Ordinal).OrderBy(p => p.Length > 35 ? 1 : 0).ThenBy(p => p.EndsWith("duration", StringComparison.Ordinal) && p.Contains("[1]", StringComparison.Ordinal)));
        Assert.Equal("duration", problems.Single(p => p.Path.EndsWith("durration", StringComparison.Ordinal)).Suggestion);
    }

    [Fact]
    public void Defaults_are_those_of_k6()
    {
        Assert.Empty(Read("""{"rate": {"executor": "constant-arrival-rate", "rate": 9, "duration": "5s", "preAllocatedVUs": 7}, "each": {"executor": "per-vu-iterations"}}""", out var scenarios));
        var rate = Assert.IsType<ConstantArrivalRateScenario>(scenarios["rate"]);
        Assert.Equal((7, Duration.FromSeconds(1), Duration.FromSeconds(5), Duration.FromSeconds(30)), (rate.MaxVUs, rate.TimeUnit, rate.Duration, rate.GracefulStop));
        var each = Assert.IsType<PerVuIterationsScenario>(scenarios["each"]);
        Assert.Equal((1, 1, Duration.FromSeconds(600)), (each.Vus, each.Iterations, each.MaxDuration));
    }

    [Fact]
    public void Browser_options_are_read_and_said_to_have_no_effect() =>
        Assert.True(Assert.Single(Read("""{"ui": {"executor": "per-vu-iterations", "options": {"browser": {"type": "chromium"}}}}""", out _)).IsWarning);

    private static List<Problem> Read(string json, out OrderedMap<ScenarioSpec> scenarios)
    {
        var problems = new List<Problem>();
        scenarios = OrderedMap<ScenarioSpec>.Empty;
        if (SpecJson.Read(json, problems) is { } node)
        {
            scenarios = ScenarioParser.Parse(node, "scenarios", problems);
            var deep = new List<Problem>();
            ScenarioRules.Check(scenarios, "scenarios", deep);
            // k6 counts an empty exec among the scenario's own rules; ours stands with the flows.
            deep.AddRange(scenarios.Where(s => s.Value.Exec == "").Select(s => new Problem($"scenarios.{s.Key}.exec", "exec", "empty")));
            problems.AddRange(deep);
        }

        return problems;
    }
}
