using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Tests.Validation;

public sealed class ProfileTests
{
    private const string Base = """
        "target": "http://shop.example", "variables": {"a": 1, "b": {"c": 2, "d": [1, 2]}}, "flows": {"order": [{"request": {"url": "/"}}], "browse": [{"sleep": "1s"}]},
        "scenarios": {"sale": {"executor": "ramping-vus", "startVUs": 0, "stages": [{"duration": "10s", "target": 50}], "gracefulRampDown": "0s", "exec": "order", "tags": {"t": "v"}}},
        "thresholds": {"http_reqs": ["count>1", "count>2"]}
        """;

    [Theory]
    [InlineData(500, 8000, true)]
    [InlineData(3, 8000, false)]
    [InlineData(500, 10, false)]
    public void What_would_take_minutes_to_check_is_refused_before(int profiles, int steps, bool isTooMuch)
    {
        var flow = string.Join(',', Enumerable.Range(0, steps).Select(i => "{\"request\": {\"url\": \"/" + i + "\"}}"));
        var all = string.Join(',', Enumerable.Range(0, profiles).Select(i => "\"p" + i + "\": {\"scenarios\": {\"s\": {\"vus\": 2}}}"));
        var text = """
            {"apiVersion": "loadtest.dev/v1alpha1", "kind": "LoadTest", "metadata": {"name": "wide"}, "spec": {"target": "http://t",
            "scenarios": {"s": {"executor": "constant-vus", "vus": 1, "duration": "1s"}}, "flows": {"f": [
            """ + flow + "]}, \"profiles\": {" + all + "}}}";
        var problems = new List<Problem>();
        var validated = SpecValidator.Validate(SpecJson.Read(System.Text.Encoding.UTF8.GetBytes(text), problems)!);
        Assert.Empty(problems);
        Assert.Equal(isTooMuch ? ["spec.profiles"] : [], validated.Problems.Where(p => !p.IsWarning).Select(p => p.Path));
    }

    [Fact]
    public void A_profile_is_laid_over_the_spec_mappings_merge_lists_replace_and_null_removes()
    {
        var test = Valid("""{"variables": {"b": {"c": 3, "d": [9]}, "n": "new"}, "thresholds": {"http_reqs": ["count>5"]}, "http": {"timeout": "1s"}, "flows": {"browse": null}}""");
        Assert.Equal("p", test.Profile);
        Assert.Equal("""{"a":1,"b":{"c":3,"d":[9]},"n":"new"}""", Json(test.Spec.Variables));
        Assert.Equal("count>5", Assert.Single(test.Spec.Thresholds["http_reqs"]).Expression);
        Assert.Equal(Duration.FromSeconds(1), test.Spec.Http.Timeout);
        Assert.Equal(["order"], test.Spec.Flows.Keys);
        Assert.Equal((0, (string?)null), (test.Spec.Profiles.Count, test.Spec.Profile));
    }

    [Fact]
    public void A_scenario_with_another_executor_keeps_what_all_executors_have()
    {
        var scenario = Assert.IsType<ConstantVusScenario>(Valid("""{"scenarios": {"sale": {"executor": "constant-vus", "vus": 5, "duration": "30s"}}}""").Spec.Scenarios["sale"]);
        Assert.Equal((5, "order", "v"), (scenario.Vus, scenario.Exec, scenario.Tags["t"]));
        var same = Assert.IsType<RampingVusScenario>(Valid("""{"scenarios": {"sale": {"executor": "ramping-vus", "startVUs": 2}}}""").Spec.Scenarios["sale"]);
        Assert.Equal((2, 1, Duration.Zero), (same.StartVUs, same.Stages.Count, same.GracefulRampDown));
        var mixed = Valid("""{"scenarios": {"sale": {"mix": [{"flow": "browse", "weight": 1}]}}}""").Spec.Scenarios["sale"];
        Assert.Equal((null, "browse"), (mixed.Exec, mixed.Mix.Single().Flow));
    }

    [Fact]
    public void A_profile_that_extends_another_is_laid_over_it()
    {
        var both = Profiles("""{"low": {"variables": {"a": "low", "l": 1}}, "high": {"extends": "low", "variables": {"a": "high"}}}""");
        Assert.Equal("""{"a":"high","b":{"c":2,"d":[1,2]},"l":1}""", Json(SpecValidator.Validate(both, new RunOverrides { Profile = "high" }).Value!.Spec.Variables));
        Assert.Equal("""{"a":"low","b":{"c":2,"d":[1,2]},"l":1}""", Json(SpecValidator.Validate(both, new RunOverrides { Profile = "low" }).Value!.Spec.Variables));
        Assert.Equal("""{"a":1,"b":{"c":2,"d":[1,2]}}""", Json(SpecValidator.Validate(both).Value!.Spec.Variables));
    }

    [Fact]
    public void The_documents_own_choice_counts_unless_the_run_says_another_or_none()
    {
        var chosen = Profiles("""{"low": {"variables": {"a": "low"}}, "high": {"variables": {"a": "high"}}}""", "\"profile\": \"low\",");
        Assert.Equal("low", SpecValidator.Validate(chosen).Value!.Profile);
        Assert.Equal("high", SpecValidator.Validate(chosen, new RunOverrides { Profile = "high" }).Value!.Profile);
        Assert.Null(SpecValidator.Validate(chosen, new RunOverrides { Profile = "" }).Value!.Profile);
    }

    [Fact]
    public void Every_profile_is_checked_and_its_problems_name_it_and_stand_in_it()
    {
        var document = Profiles("""
            {"good": {"variables": {"a": 2}},
             "bad": {"http": {"timeuot": "1s"}, "scenarios": {"sale": {"stages": []}}},
             "child": {"extends": "bad"},
             "typo": {"extends": "god"},
             "round": {"extends": "about"}, "about": {"extends": "round"},
             "nested": {"profiles": {}},
             "flat": 5}
            """);
        var result = SpecValidator.Validate(document);
        Assert.False(result.IsValid);
        Assert.Equal(
            [
                "spec.profiles.about.extends: profile",
                "spec.profiles.bad.http.timeuot: unknown-field",
                "spec.profiles.bad.scenarios.sale.stages: required",
                "spec.profiles.flat: type",
                "spec.profiles.nested.profiles: profile",
                "spec.profiles.round.extends: profile",
                "spec.profiles.typo.extends: profile",
            ],
            result.Problems.Select(p => $"{p.Path}: {p.Rule}").Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(result.Problems, p => p.Message.StartsWith("profile 'bad': ", StringComparison.Ordinal) && p.Position.Line > 0);
        Assert.Equal("good", result.Problems.Single(p => p.Path == "spec.profiles.typo.extends").Suggestion);
        Assert.Equal("there is no profile 'nope'; there are good, bad, child, typo, round, about, nested, flat", SpecValidator.Validate(document, new RunOverrides { Profile = "nope" }).Problems.First(p => p.Path == "spec.profile").Message);
    }

    [Fact]
    public void A_spec_that_is_whole_only_with_a_profile_may_be_so_when_it_names_one()
    {
        const string Profile = """{"only": {"scenarios": {"s": {"executor": "constant-vus", "duration": "1s", "exec": "f"}}}}""";
        var text = $$$"""{"apiVersion": "loadtest.dev/v1alpha1", "kind": "LoadTest", "metadata": {"name": "t"}, "spec": {"target": "http://a.example", "profile": "only", "flows": {"f": [{"sleep": "1s"}]}, "profiles": {{{Profile}}}}}""";
        Assert.Empty(SpecValidator.Validate(SpecJson.Read(text, [])!).Problems);
        Assert.Contains(SpecValidator.Validate(SpecJson.Read(text, [])!, new RunOverrides { Profile = "" }).Problems, p => p.Path == "spec.scenarios");
    }

    private static ValidLoadTest Valid(string profile)
    {
        var result = SpecValidator.Validate(Profiles($$"""{"p": {{profile}}}"""), new RunOverrides { Profile = "p" });
        return result.Value ?? throw new Xunit.Sdk.XunitException(string.Join('\n', result.Problems));
    }

    private static SpecNode Profiles(string profiles, string more = "") => SpecJson.Read(
        $$$"""{"apiVersion": "loadtest.dev/v1alpha1", "kind": "LoadTest", "metadata": {"name": "t"}, "spec": {{{{Base}}}, {{{more}}} "profiles": {{{profiles}}}}}""", [])!;

    private static string Json(OrderedMap<SpecNode> map) =>
        System.Text.Encoding.UTF8.GetString(SpecJson.ToUtf8(new SpecMap([.. map.Select(e => new SpecEntry(e.Key, default, e.Value))], default)));
}
