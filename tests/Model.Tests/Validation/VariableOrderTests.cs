using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Tests.Validation;

/// <summary>An expression that names a variable which nothing has set by then is a problem before the run, not thousands of iterations without a request.</summary>
public sealed class VariableOrderTests
{
    private const string Read = """{"request": {"url": "/${vars.x}"}}""";
    private const string Set = """{"set": {"x": "1"}}""";

    public static TheoryData<string, string, bool> Flows => new()
    {
        // name, steps, whether vars.x has a value
        { "set before", $"{Set}, {Read}", true },
        { "set later", $"{Read}, {Set}", false },
        { "never set", Read, false },
        { "read where it is set, in order", """{"set": {"x": "1", "y": "vars.x"}}""", true },
        { "read where it is set, out of order", """{"set": {"y": "vars.x", "x": "1"}}""", false },
        { "extracted before", """{"request": {"url": "/", "extract": {"x": "json.id"}}}, """ + Read, true },
        { "extracted by the request itself", """{"request": {"url": "/${vars.x}", "extract": {"x": "json.id"}}}""", false },
        { "read by a check of the request that extracts it", """{"request": {"url": "/", "checks": {"c": "vars.x == 1"}, "extract": {"x": "json.id"}}}""", false },
        { "read by the extract behind it", """{"request": {"url": "/", "extract": {"x": "json.id", "z": "vars.x"}}}""", true },
        { "set under a condition", """{"set": {"x": "1"}, "when": "vu.iteration == 0"}, """ + Read, true },
        { "read under a condition on the iteration", """{"request": {"url": "/${vars.x}"}, "when": "vu.iteration > 0"}, """ + Set, true },
        { "read under a condition on it", """{"request": {"url": "/${vars.x}"}, "when": "has(vars.x)"}, """ + Set, true },
        { "read under a condition on chance", """{"request": {"url": "/${vars.x}"}, "when": "randomFloat() < 0.5"}, """ + Set, false },
        { "read by its own condition", """{"request": {"url": "/"}, "when": "vars.x == 1"}, """ + Set, false },
        { "a condition that is true before it is read", """{"request": {"url": "/"}, "when": "vu.iteration == 0 || vars.x == 1"}, """ + Set, true },
        { "default", """{"request": {"url": "/${default(vars.x, 1)}"}}, """ + Set, true },
        { "has", """{"request": {"url": "/${has(vars.x) ? vars.x : 1}"}}, """ + Set, true },
        { "in", """{"request": {"url": "/${'x' in vars ? vars.x : 1}"}}, """ + Set, true },
        { "index", """{"request": {"url": "/${vars['x']}"}}, """ + Set, false },
        { "choice by iteration", """{"request": {"url": "/${vu.iteration == 0 ? 'a' : vars.x}"}}, """ + Set, true },
        { "in a group", """{"group": {"name": "g", "steps": [""" + Set + """]}}, """ + Read, true },
        { "in a group, later", """{"group": {"name": "g", "steps": [""" + Read + "]}}, " + Set, false },
        { "in a loop", """{"repeat": {"times": 2, "steps": [""" + Set + """]}}, """ + Read, true },
        { "in a loop, later in the round", """{"repeat": {"times": 2, "steps": [""" + Read + ", " + Set + "]}}", false },
        { "the loop's own", """{"repeat": {"times": 2, "as": "x", "steps": [""" + Read + "]}}", true },
        { "the loop's own, behind it", """{"repeat": {"times": 2, "as": "x", "steps": [{"sleep": "1s"}]}}, """ + Read, true },
        { "the loop's condition", """{"repeat": {"while": "vars.x < 3", "atMost": 3, "steps": [""" + Set + "]}}", false },
        { "every branch", """{"oneOf": [{"weight": 1, "steps": [""" + Set + """]}, {"weight": 1, "steps": [""" + Set + "]}]}, " + Read, true },
        { "one branch", """{"oneOf": [{"weight": 1, "steps": [""" + Set + """]}, {"weight": 1, "steps": []}]}, """ + Read, false },
        { "the other branch", """{"oneOf": [{"weight": 1, "steps": [""" + Set + """]}, {"weight": 1, "steps": [""" + Read + "]}]}", false },
        { "the other branch ends the iteration", """{"oneOf": [{"weight": 1, "steps": [""" + Set + """]}, {"weight": 1, "steps": [{"fail": "no"}]}]}, """ + Read, true },
        { "side by side", """{"parallel": [{"request": {"url": "/", "extract": {"x": "json.id"}}}, """ + Read + "]}", false },
        { "behind those side by side", """{"parallel": [{"request": {"url": "/", "extract": {"x": "json.id"}}}]}, """ + Read, true },
        { "by a flow that is called", """{"call": "sets"}, """ + Read, true },
        { "in a flow that is called", Set + """, {"call": "reads"}""", true },
        { "in a flow that is called too early", """{"call": "reads"}, """ + Set, false },
        { "only in a flow that does not run here", """{"request": {"url": "/${vars.other}"}}""", false },
        { "only in setup", """{"request": {"url": "/${vars.token}"}}""", false },
        { "by setup", """{"request": {"url": "/${setup.token}"}}""", true },
        { "not by setup", """{"request": {"url": "/${setup.tokn}"}}""", false },
        { "a variable of the test", """{"request": {"url": "/${vars.page}"}}""", true },
        { "misspelt", """{"request": {"url": "/${vars.paeg}"}}""", false },
        { "in a log", """{"log": "${vars.x}"}, """ + Set, false },
        { "in a body", """{"request": {"method": "POST", "url": "/", "json": {"a": ["${vars.x}"]}}}, """ + Set, false },
        { "in a record", """{"record": [{"counter": "cc", "when": "vars.x == 1"}]}, """ + Set, false },
    };

    [Theory]
    [MemberData(nameof(Flows))]
    public void In_a_flow(string name, string steps, bool isRight)
    {
        var problems = Validate($$$"""{"main": [{{{steps}}}], "sets": [{{{Set}}}], "reads": [{{{Read}}}], "elsewhere": [{"set": {"other": "1"}}]}""");
        Assert.True(isRight == (problems.Count == 0), $"{name}: {string.Join('\n', problems)}");
        Assert.All(problems, p => Assert.Equal("expression", p.Rule));
        Assert.All(problems, p => Assert.StartsWith("spec.flows.", p.Path, StringComparison.Ordinal));
    }

    [Fact]
    public void The_sentences_say_what_to_do()
    {
        var problems = Validate("""
            {"main": [{"request": {"url": "/${vars.x}"}}, {"set": {"x": "1"}}, {"check": {"a": "vars.token == ''", "b": "setup.tokn == ''", "c": "vars.paeg == 1", "d": "vars.other == 1"}}],
             "elsewhere": [{"set": {"other": "1"}}]}
            """);
        Assert.Equal(
            [
                "vars.x has no value here the first time: it gets one at spec.flows.main[1].set.x, later or not on every way here; move that before it, or write default(vars.x, …)",
                "vars.token has no value here: setup gives it one, which is setup.token everywhere else",
                "setup extracts no 'tokn'; there are token",
                "nothing gives vars.paeg a value; there are other, page, x",
                "vars.other never has a value in scenario 'load': it gets one only at spec.flows.elsewhere[0].set.other, which does not run there",
            ],
            problems.OrderBy(p => p.Path, StringComparer.Ordinal).Select(p => p.Message).OrderBy(m => m.StartsWith("vars.x", StringComparison.Ordinal) ? 0 : 1));
        Assert.Equal("page", problems.Single(p => p.Message.Contains("paeg", StringComparison.Ordinal)).Suggestion);
        Assert.Equal(8, problems.Single(p => p.Message.StartsWith("vars.x", StringComparison.Ordinal)).Offset);
    }

    [Theory]
    [InlineData("""[{"flow": "a", "weight": 1}, {"flow": "b", "weight": 1}]""", false)]
    [InlineData("""[{"flow": "a", "weight": 1}]""", true)]
    public void A_mix_passes_nothing_from_one_flow_to_the_other(string mix, bool isRight)
    {
        var problems = Validate("""{"a": [{"set": {"x": "1"}}], "b": [{"request": {"url": "/${vars.x}"}}]}""", $$$"""{"load": {"executor": "constant-vus", "duration": "5s", "mix": {{{mix}}}}}""");
        Assert.True(isRight == (problems.Count == 0), string.Join('\n', problems));
    }

    [Fact]
    public void A_scenario_s_environment_is_its_own()
    {
        const string Flow = """{"main": [{"request": {"url": "/${env.REGION}"}}]}""";
        const string With = """{"executor": "constant-vus", "duration": "5s", "env": {"REGION": "eu"}}""";
        Assert.Empty(Validate(Flow, $$$"""{"a": {{{With}}}}"""));
        var problem = Assert.Single(Validate(Flow, $$$"""{"a": {{{With}}}, "b": {"executor": "constant-vus", "duration": "5s"}}"""));
        Assert.Equal("env.REGION has no value in scenario 'b': only scenario 'a' gives it one; declare it in spec.env", problem.Message);
    }

    [Theory]
    [InlineData("setup", """{"request": {"url": "/${setup.token}"}}""", "setup.token has no value in setup itself: what its steps extract is vars.token there")]
    [InlineData("setup", """{"request": {"url": "/${data.users.name}"}}""", "list(map(string, dyn)) has no fields, so no 'name'")]
    [InlineData("setup", """{"request": {"url": "/${data.users[0].nme}"}}""", "the rows of 'users' have no 'nme'; there are name")]
    [InlineData("setup", """{"request": {"url": "/${data.users[0].name}"}}""", null)]
    [InlineData("verify", """{"request": {"url": "/${setup.token}"}}""", null)]
    [InlineData("verify", """{"request": {"url": "/${vars.token}"}}""", "vars.token has no value here: setup gives it one, which is setup.token everywhere else")]
    [InlineData("teardown", """{"request": {"url": "/${vars.late}"}}, {"set": {"late": "1"}}""", "vars.late has no value here the first time: it gets one at spec.teardown[1].set.late, later or not on every way here; move that before it, or write default(vars.late, …)")]
    [InlineData("verify", """{"call": "main"}""", "list(map(string, dyn)) has no fields, so no 'name'")]
    public void Parts_that_run_once(string part, string steps, string? message)
    {
        var setup = """{"set": {"token": "'t'"}}""" + (part == "setup" ? ", " + steps : "");
        var others = part == "setup" ? "" : $"\"{part}\": [{steps}], ";
        var problems = Problems($$$"""{{{others}}}"setup": [{{{setup}}}], "flows": {"main": [{"request": {"url": "/${data.users.name}"}}]}, "scenarios": {"load": {"executor": "constant-vus", "duration": "5s"}}""");
        Assert.Equal(message is null ? [] : [message], problems.Select(p => p.Message));
    }

    [Theory]
    [InlineData("data.users.name", null)]
    [InlineData("data.users.nme", "the rows of 'users' have no 'nme'; there are id, name")]
    [InlineData("data.users['nme']", "the rows of 'users' have no 'nme'; there are id, name")]
    [InlineData("default(data.users.nme, '')", null)]
    [InlineData("has(data.users.nme) ? data.users.nme : ''", null)]
    [InlineData("data.users.id > 3", "'>' cannot compare string with int")]
    [InlineData("int(data.users.id) > 3", null)]
    [InlineData("data.items.any.thing", null)]
    [InlineData("env.OPTIONAL", "env.OPTIONAL has no value: its Secret, ConfigMap or key is not there; where that may be write default(env.OPTIONAL, …)")]
    [InlineData("env.GIVEN", null)]
    public void What_is_known_when_files_were_read(string expression, string? message)
    {
        var spec = new LoadTestSpec
        {
            Target = "http://a.example",
            Env = [new EnvVarSpec { Name = "GIVEN", Value = "v" }, new EnvVarSpec { Name = "OPTIONAL", SecretKeyRef = new KeyRef("s", "k", Optional: true) }],
            Data = [new FeederSpec { Name = "users", File = "users.csv" }, new FeederSpec { Name = "items", File = "items.json" }],
            Flows = new([new("main", [new SetStep { Values = new([new("v", expression)]) }])]),
            Scenarios = new([new("load", new ConstantVusScenario { Duration = Duration.FromSeconds(5) })]),
        };
        Assert.Empty(SpecValidator.Validate(new LoadTestManifest { Name = "t", Spec = spec }).Problems);
        var inputs = new KnownInputs { Env = ["GIVEN"], Columns = new Dictionary<string, FeederColumns> { ["users"] = new(["name", "id"], AreTexts: true) } };
        var problems = InputRules.Check(spec, inputs);
        Assert.Equal(message is null ? [] : [message], problems.Select(p => p.Message));
    }

    [Theory]
    [InlineData("response.status == 200", "status == 200")]
    [InlineData("res.status === 200", "status == 200")]
    [InlineData("r.status !== 500", "status != 500")]
    [InlineData("(r) => r.status === 200", "status == 200")]
    [InlineData("res => res.body.length > 0", "body.size() > 0")]
    [InlineData("has(headers['x'])", "'x' in headers")]
    [InlineData("has(res.headers['X-Cache'])", "'x-cache' in headers")]
    [InlineData("r.json().id == 3", "json.id == 3")]
    [InlineData("r.json('a.b.0.c') == 3", "json.a.b[0].c == 3")]
    [InlineData("JSON.parse(res.body).ok", "json.ok")]
    [InlineData("res.timings.duration < 200.0", "timings.duration < 200.0")]
    [InlineData("res.body.includes('ok')", "body.contains('ok')")]
    [InlineData("__ENV.X == 'a'", "env.X == 'a'")]
    [InlineData("__VU == 1 && __ITER > 3", "vu.id == 1 && vu.iteration > 3")]
    [InlineData("exec.scenario.iterationInTest > 3", "iteration > 3")]
    [InlineData("Math.random() < 0.5", "randomFloat() < 0.5")]
    [InlineData("headers['Content-Type'] == 'a'", "headers['content-type'] == 'a'")]
    [InlineData("'X-Cache' in headers", "'x-cache' in headers")]
    public void What_k6_users_write_is_answered_with_what_is_written_here(string written, string meant)
    {
        var problem = Assert.Single(Validate("""{"main": [{"request": {"url": "/", "checks": {"c": """ + Quoted(written) + "}}}]}"));
        Assert.Equal((meant, written), (problem.Suggestion, problem.Value));
    }

    [Theory]
    [InlineData("${__ENV.BASE_URL}/x", "${env.BASE_URL}/x")]
    [InlineData("/items/${__ITER}?u=${__VU}", "/items/${vu.iteration}?u=${vu.id}")]
    [InlineData("/${__ENV.SECTION || 'all'}", "/${default(env.SECTION, 'all')}")]
    public void In_texts_too(string written, string meant)
    {
        var problem = Assert.Single(Validate("""{"main": [{"request": {"url": """ + Quoted(written) + "}}]}"));
        Assert.Equal(meant, problem.Suggestion);
    }

    [Theory]
    [InlineData("timings.duration < double(int(duration('5')))", "duration('5') has no unit: write 5s if it is seconds, as in k6's sleep(5), or 5ms if it is milliseconds, as in k6's options")]
    [InlineData("duration('5s') > duration('0')", null)]
    public void Times_in_expressions_need_a_unit(string expression, string? message) => Assert.Equal(
        message is null ? [] : [message],
        Validate("""{"main": [{"request": {"url": "/", "checks": {"c": """ + Quoted(expression) + "}}}]}").Select(p => p.Message));

    [Fact]
    public void A_variable_with_an_expression_in_it_is_a_problem()
    {
        var problem = Assert.Single(Problems(""" "variables": {"base": ["${env.X}"]}, "flows": {"main": [{"request": {"url": "/"}}]}, "scenarios": {"load": {"executor": "constant-vus", "duration": "5s"}}"""));
        Assert.Equal(("spec.variables.base[0]", "expression"), (problem.Path, problem.Rule));
    }

    [Fact]
    public void Flows_that_double_from_one_to_the_next_are_walked_in_bounds()
    {
        var flows = string.Join(", ", Enumerable.Range(0, 31).Select(i => $"\"f{i}\": [{{\"call\": \"f{i + 1}\"}}, {{\"call\": \"f{i + 1}\"}}, {Set}]"));
        Assert.NotEmpty(Validate($$$"""{{{{flows}}}, "f31": [{{{Read}}}]}""", """{"load": {"executor": "constant-vus", "duration": "5s", "exec": "f0"}}"""));
    }

    private static string Quoted(string text) => System.Text.Encoding.UTF8.GetString(SpecJson.ToUtf8(new SpecScalar(text, ScalarKind.String, default)));

    private static IReadOnlyList<Problem> Validate(string flows, string scenarios = """{"load": {"executor": "constant-vus", "duration": "5s", "exec": "main"}}""") =>
        Problems(""" "variables": {"page": 1}, "setup": [{"request": {"url": "/login", "extract": {"token": "json.token"}}}], "flows": """ + flows + ", \"scenarios\": " + scenarios);

    private static IReadOnlyList<Problem> Problems(string rest)
    {
        var document = """{"apiVersion": "loadtest.dev/v1alpha1", "kind": "LoadTest", "metadata": {"name": "t"}, "spec": {"target": "http://a.example", "data": [{"name": "users", "rows": [{"name": "n"}]}], """ + rest + "}}";
        return SpecValidator.Validate(SpecJson.Read(document, [])!).Problems;
    }
}
