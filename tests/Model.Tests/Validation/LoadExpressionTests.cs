using System.Text;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Tests.Validation;

/// <summary>Target, load numbers and thresholds may be <c>${…}</c> over env and variables: one value before planning, or a problem with path, value and rule.</summary>
public sealed class LoadExpressionTests
{
    [Theory]
    [InlineData("rate", "${env.RATE}", "200")]
    [InlineData("rate", "${int(default(env.RATE, '50')) * 2}", "400")]
    [InlineData("rate", "${int(default(env.GONE, '50')) * 2}", "100")]
    [InlineData("rate", "${default(env.GONE, 50)}", "50")]
    [InlineData("rate", "${has(env.GONE) ? int(env.GONE) : 7}", "7")]
    [InlineData("rate", "${'GONE' in env ? int(env.GONE) : 7}", "7")]
    [InlineData("rate", "${env['RATE']}", "200")]
    [InlineData("rate", "${vars.rate}", "20")]
    [InlineData("rate", "${vars.rate * 1.5}", "30")]
    [InlineData("rate", "${vars.shape.high}", "90")]
    [InlineData("rate", "${env.RATE}0", "2000")]
    [InlineData("rate", "${double(env.RATE) / 2.0}", "100")]
    [InlineData("rate", "${env.SPACED}", "200")]
    [InlineData("rate", "${env.ROUND}", "1000")]
    [InlineData("timeUnit", "${env.MINUTE}", "1m0s")]
    [InlineData("duration", "${env.SECONDS}s", "30s")]
    [InlineData("duration", "${duration('10s') + duration('5s')}", "15s")]
    [InlineData("duration", "${default(env.GONE, '30s')}", "30s")]
    [InlineData("startTime", "${env.ZERO}", "0s")]
    [InlineData("gracefulStop", "${env.SECONDS}ms", "30ms")]
    [InlineData("preAllocatedVUs", "${int(env.RATE) / 10}", "20")]
    [InlineData("maxVUs", "${int(env.RATE) * 3}", "600")]
    [InlineData("rate", "${env.OWN}", "3")]
    public void A_scenario_reads(string field, string expression, string value)
    {
        var test = Valid(Scenario(field, expression));
        var written = (SpecMap)((SpecMap)ManifestNodes.Of(test.Spec)["scenarios"]!)["load"]!;
        // Defaults are not written back.
        Assert.Equal(value, (written[field] as SpecScalar)?.Text ?? "0s");
        Assert.Contains(test.Evaluated, e => e.Path == $"spec.scenarios.load.{field}" && e.Expression == expression);
    }

    [Theory]
    [InlineData("rate", "${env.WORD}", "type", "'${env.WORD}' gives 'abc', and here must be a whole number")]
    [InlineData("rate", "${env.EMPTY}", "type", "'${env.EMPTY}' gives an empty text, and here must be a whole number")]
    [InlineData("rate", "${1.5}", "type", "'${1.5}' gives 1.5, and here must be a whole number; round it, as in int(…), or give a longer timeUnit")]
    [InlineData("rate", "${true}", "type", "'${true}' gives true, and here must be a whole number")]
    [InlineData("rate", "${[1]}", "type", "'${[1]}' gives [1], and here must be a whole number")]
    [InlineData("rate", "${vars.shape}", "type", "'${vars.shape}' gives {\"high\":90}, and here must be a whole number")]
    [InlineData("rate", "${0}", "range", "the value must be above 0; it comes from ${0}")]
    [InlineData("rate", "${env.GONE}", "expression", "there is no environment variable 'GONE': declare it in spec.env, or pass -e GONE=…")]
    [InlineData("rate", "${vars.gone}", "expression", "nothing gives vars.gone a value; there are rate, shape")]
    [InlineData("rate", "${int(env.WORD)}", "expression", "'${int(env.WORD)}' has no value: 'abc' is not a text for int()")]
    [InlineData("rate", "${1 / 0}", "expression", "'${1 / 0}' has no value: division by zero")]
    [InlineData("rate", "${vu.id}", "expression", "vu is known only while the load runs; target and load numbers are evaluated before it, from env and vars")]
    [InlineData("rate", "${setup.n}", "expression", "setup is known only while the load runs; target and load numbers are evaluated before it, from env and vars")]
    [InlineData("rate", "${randomInt(1, 9)}", "expression", "'${randomInt(1, 9)}' has no value: it uses chance or the time, and would be another number for each runner; it is evaluated once, from env and vars alone")]
    [InlineData("duration", "${int(now())}", "expression", "'${int(now())}' has no value: it uses chance or the time, and would be another number for each runner; it is evaluated once, from env and vars alone")]
    [InlineData("rate", "${env.TOKEN}", "expression", "env.TOKEN comes from a Secret, and would be seen in plans and in the status: target and load numbers can use only what stands in spec.env as a value, or is given with the run")]
    [InlineData("rate", "${default(env.TOKEN, '1')}", "expression", "env.TOKEN comes from a Secret, and would be seen in plans and in the status: target and load numbers can use only what stands in spec.env as a value, or is given with the run")]
    [InlineData("rate", "${env['TOKEN']}", "expression", "env.TOKEN comes from a Secret, and would be seen in plans and in the status: target and load numbers can use only what stands in spec.env as a value, or is given with the run")]
    [InlineData("rate", "${env.MAP}", "expression", "env.MAP comes from a ConfigMap, which is read when runners start, after the load was planned: target and load numbers can use only what stands in spec.env as a value, or is given with the run")]
    [InlineData("duration", "${env.SECONDS}", "duration", "30 has no unit: write 30s if it is seconds, as in k6's sleep(30), or 30ms if it is milliseconds, as in k6's options; it comes from ${env.SECONDS}")]
    [InlineData("duration", "${30}", "duration", "30 has no unit: write 30s if it is seconds, as in k6's sleep(30), or 30ms if it is milliseconds, as in k6's options; it comes from ${30}")]
    [InlineData("duration", "${env.WORD}", "duration", "'abc' is not a duration; write e.g. 30s, 1m30s, 500ms or 2d; it comes from ${env.WORD}")]
    [InlineData("duration", "${[]}", "type", "'${[]}' gives [], and here must be a duration such as 30s")]
    [InlineData("rate", "${env.RATE", "expression", "'${' has no matching '}'; write '$${' for the characters themselves")]
    public void A_scenario_is_refused(string field, string expression, string rule, string message)
    {
        var problem = Assert.Single(SpecValidator.Validate(Scenario(field, expression)).Problems);
        Assert.Equal(($"spec.scenarios.load.{field}", rule, message), (problem.Path, problem.Rule, problem.Message));
        Assert.DoesNotContain("s3cret", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("${env.BASE}", "http://shop.example:3000", null)]
    [InlineData("${default(env.GONE, 'http://localhost:3000')}", "http://localhost:3000", null)]
    [InlineData("http://${env.HOST}:80", "http://shop.example:80", null)]
    [InlineData("http://${env.GONE}", null, "there is no environment variable 'GONE': declare it in spec.env, or pass -e GONE=…")]
    [InlineData("${env.HOST}", null, "the URL must be absolute and begin with http:// or https://; it comes from ${env.HOST}")]
    [InlineData("${env.BASE}/a?b=1", null, "the target is what URLs of requests are put behind, and has no query: give the requests one (query: {…}); it comes from ${env.BASE}/a?b=1")]
    [InlineData("http://shop.example#top", null, "the target is what URLs of requests are put behind, and has no fragment")]
    [InlineData("http://shop.example?", null, "the target is what URLs of requests are put behind, and has no query: give the requests one (query: {…})")]
    [InlineData("shop.example", null, "the URL must be absolute and begin with http:// or https://")]
    [InlineData("http://", null, "this is not a URL: host or port cannot be read")]
    [InlineData("http://${env.TOKEN}", null, "env.TOKEN comes from a Secret, and would be seen in plans and in the status: target and load numbers can use only what stands in spec.env as a value, or is given with the run")]
    public void A_target(string written, string? target, string? message)
    {
        var result = SpecValidator.Validate(Document($$$""" "target": {{{Quoted(written)}}}, "scenarios": {"load": {"executor": "constant-vus", "duration": "5s"}} """));
        Assert.Equal(message is null ? [] : [message], result.Problems.Select(p => p.Message));
        Assert.Equal(target, result.Value?.Spec.Target);
    }

    [Fact]
    public void Stages_mixes_runners_thresholds_and_warm_up_are_evaluated_too()
    {
        var test = Valid(Document("""
            "target": "http://shop.example", "warmUp": "${env.SECONDS}s", "runners": {"replicas": "${vars.shape.high / 45}"},
            "scenarios": {"load": {"executor": "ramping-vus", "mix": [{"flow": "main", "weight": "${0.5 * 3.0}"}], "stages": [{"duration": "${env.SECONDS}s", "target": "${env.RATE}"}, {"duration": "10s", "target": "${int(env.RATE) / 2}"}]}},
            "thresholds": {"http_req_duration": ["p(95)<${env.RATE}", {"threshold": "avg<${env.RATE}ms abort after ${env.SECONDS}s"}, {"threshold": "max<5s", "abortOnFail": true, "delayAbortEval": "${env.SECONDS}s"}], "http_req_failed": "rate<${0.01 * 2.0}"}
            """));
        var ramp = Assert.IsType<RampingVusScenario>(test.Spec.Scenarios["load"]);
        Assert.Equal([new Stage(Duration.FromSeconds(30), 200), new Stage(Duration.FromSeconds(10), 100)], ramp.Stages);
        Assert.Equal(1.5, ramp.Mix.Single().Weight);
        Assert.Equal((2, Duration.FromSeconds(30)), (test.Spec.Runners.Replicas, test.Spec.WarmUp));
        Assert.Equal(["p(95)<200", "avg<200ms abort after 30s", "max<5s", "rate<0.02"], test.Spec.Thresholds.SelectMany(t => t.Value).Select(t => t.Expression));
        Assert.Equal(Duration.FromSeconds(30), test.Spec.Thresholds["http_req_duration"][2].DelayAbortEval);
        Assert.Equal(10, test.Evaluated.Count);
    }

    [Fact]
    public void What_is_written_back_has_values_only_and_reads_as_the_same()
    {
        var test = Valid(Scenario("rate", "${env.RATE}"));
        var again = Valid(SpecJson.Read(SpecJson.ToUtf8(test.Manifest), [])!);
        Assert.Empty(again.Evaluated);
        Assert.Equal(Encoding.UTF8.GetString(SpecJson.ToUtf8(test.Manifest)), Encoding.UTF8.GetString(SpecJson.ToUtf8(again.Manifest)));
    }

    [Fact]
    public void A_run_gives_values_of_its_own_and_a_profile_its_expressions()
    {
        var document = Document("""
            "target": "${env.BASE}", "scenarios": {"load": {"executor": "constant-vus", "vus": "${vars.rate}", "duration": "5s"}},
            "profiles": {"big": {"variables": {"rate": 70}, "scenarios": {"load": {"duration": "${env.SECONDS}s"}}}, "bad": {"scenarios": {"load": {"vus": "${env.GONE}"}}}}
            """);
        var given = new RunOverrides { Env = new([new("GONE", "8"), new("SECONDS", "9")]), Variables = new([new("rate", new SpecScalar("71", ScalarKind.Integer, default))]) };
        Assert.Equal(71, Assert.IsType<ConstantVusScenario>(Valid(document, given).Spec.Scenarios["load"]).Vus);
        var big = Assert.IsType<ConstantVusScenario>(Valid(document, new RunOverrides { Env = given.Env, Profile = "big" }).Spec.Scenarios["load"]);
        Assert.Equal((70, Duration.FromSeconds(9)), (big.Vus, big.Duration));
        Assert.Equal(8, Assert.IsType<ConstantVusScenario>(Valid(document, given with { Profile = "bad" }).Spec.Scenarios["load"]).Vus);
        Assert.Equal(["profile 'bad': there is no environment variable 'GONE': declare it in spec.env, or pass -e GONE=…"], SpecValidator.Validate(document).Problems.Select(p => p.Message));
        // What the run replaces needs no value.
        var quick = new RunOverrides { Target = "http://other.example", Vus = 2, Duration = Duration.FromSeconds(3), Profile = "" };
        Assert.Equal("http://other.example", Valid(Document(""" "target": "${env.GONE}", "scenarios": {"load": {"executor": "constant-vus", "vus": "${env.GONE}", "duration": "5s"}} """), quick).Spec.Target);
    }

    private static ValidLoadTest Valid(SpecNode document, RunOverrides? overrides = null)
    {
        var result = SpecValidator.Validate(document, overrides);
        Assert.True(result.IsValid, string.Join('\n', result.Problems));
        return result.Value!;
    }

    private static SpecNode Scenario(string field, string expression)
    {
        var fields = new Dictionary<string, string> { ["rate"] = "5", ["duration"] = "\"5s\"", ["preAllocatedVUs"] = "1", ["maxVUs"] = "1000", [field] = Quoted(expression) };
        var scenario = string.Join(", ", fields.Select(f => $"\"{f.Key}\": {f.Value}"));
        return Document(""" "target": "http://shop.example", "scenarios": {"load": {"executor": "constant-arrival-rate", "env": {"OWN": "3"}, """ + scenario + "}}");
    }

    private static string Quoted(string text) => Encoding.UTF8.GetString(SpecJson.ToUtf8(new SpecScalar(text, ScalarKind.String, default)));

    private static SpecNode Document(string rest) => SpecJson.Read("""
        {"apiVersion": "loadtest.dev/v1alpha1", "kind": "LoadTest", "metadata": {"name": "t"}, "spec": {
          "env": [{"name": "RATE", "value": "200"}, {"name": "WORD", "value": "abc"}, {"name": "EMPTY"}, {"name": "SPACED", "value": " 200 "}, {"name": "ROUND", "value": "1e3"}, {"name": "MINUTE", "value": "1m"},
            {"name": "SECONDS", "value": "30"}, {"name": "ZERO", "value": "0"}, {"name": "HOST", "value": "shop.example"}, {"name": "BASE", "value": "http://shop.example:3000"},
            {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}, {"name": "MAP", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "k"}}}],
          "variables": {"rate": 20, "shape": {"high": 90}},
          "flows": {"main": [{"request": {"url": "/"}}]},

        """ + rest + "}}", [])!;
}
