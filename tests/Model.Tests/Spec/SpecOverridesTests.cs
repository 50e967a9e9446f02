using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Tests.Spec;

public sealed class SpecOverridesTests
{
    private static readonly LoadTestSpec Written = new()
    {
        Target = "http://old.example",
        Env = [new EnvVarSpec { Name = "A", Value = "1" }, new EnvVarSpec { Name = "KEY", SecretKeyRef = new KeyRef("s", "k") }],
        Variables = new([new("x", Text("old")), new("y", Text("kept"))]),
        Scenarios = new([new("ramp", new RampingVusScenario { Stages = [new Stage(Duration.FromSeconds(5), 3)], Exec = "order", Tags = new([new("t", "v")]) })]),
    };

    [Fact]
    public void Nothing_given_changes_nothing()
    {
        var problems = new List<Problem>();
        Assert.Equal(Structure.Of(Written), Structure.Of(SpecOverrides.Apply(Written, new RunOverrides(), problems)));
        Assert.Empty(problems);
    }

    [Fact]
    public void Values_replace_written_ones_in_place_and_new_ones_follow()
    {
        var spec = SpecOverrides.Apply(Written, new RunOverrides
        {
            Target = "http://new.example",
            Env = new([new("KEY", "given"), new("NEW", "n")]),
            Variables = new([new("x", Text("new")), new("z", Text("added"))]),
            Runners = 7,
        }, []);
        Assert.Equal(("http://new.example", 7), (spec.Target, spec.Runners.Replicas));
        Assert.Equal([("A", "1"), ("KEY", "given"), ("NEW", "n")], spec.Env.Select(v => (v.Name, v.Value)));
        Assert.Null(spec.Env[1].SecretKeyRef);
        Assert.Equal([("x", "new"), ("y", "kept"), ("z", "added")], spec.Variables.Select(v => (v.Key, ((SpecScalar)v.Value).Text)));
        Assert.Same(Written.Scenarios, spec.Scenarios);
    }

    [Fact]
    public void Vus_and_duration_replace_the_scenarios_as_in_k6_and_say_so()
    {
        var problems = new List<Problem>();
        var spec = SpecOverrides.Apply(Written, new RunOverrides { Vus = 4, Duration = Duration.FromSeconds(20) }, problems);
        var (name, scenario) = spec.Scenarios.Single();
        Assert.Equal("default", name);
        var loop = Assert.IsType<ConstantVusScenario>(scenario);
        Assert.Equal((4, Duration.FromSeconds(20), "order", "v"), (loop.Vus, loop.Duration, loop.Exec, loop.Tags["t"]));
        var note = Assert.Single(problems);
        Assert.True(note.IsWarning);
        Assert.Equal("--vus and --duration replaced ramp (ramping-vus) by one scenario 'default' (4 VUs for 20s), as in k6", note.Message);
    }

    [Fact]
    public void Scenarios_with_different_flows_share_the_one_that_replaces_them_unless_a_flow_is_named_default()
    {
        var two = Written with { Scenarios = new([.. Written.Scenarios, new("other", new PerVuIterationsScenario { Exec = "browse" })]) };
        var problems = new List<Problem>();
        two = two with { Scenarios = new([.. two.Scenarios, new("mixed", new PerVuIterationsScenario { Mix = [new("order", 30), new("search", 10)] })]) };
        Assert.Equal([new MixEntry("order", 1.75), new("browse", 1), new("search", 0.25)], SpecOverrides.Apply(two, new RunOverrides { Vus = 4 }, problems).Scenarios["default"].Mix);
        var note = Assert.Single(problems);
        Assert.True(note.IsWarning);
        Assert.EndsWith("as in k6; it runs their flows in turn (order 58 %, browse 33 %, search 8 %); a flow named 'default' would be run instead", note.Message, StringComparison.Ordinal);

        var named = two with { Flows = new([new("default", [])]) };
        Assert.Equal("default", SpecOverrides.Apply(named, new RunOverrides { Vus = 4 }, []).Scenarios["default"].Exec);
    }

    [Fact]
    public void A_duration_of_zero_is_refused()
    {
        var problems = new List<Problem>();
        SpecOverrides.Apply(Written, new RunOverrides { Duration = Duration.Zero }, problems);
        Assert.Equal("load-options", Assert.Single(problems, p => !p.IsWarning).Rule);
    }

    [Fact]
    public void At_the_desk_the_process_environment_stands_in_for_secrets()
    {
        var problems = new List<Problem>();
        Assert.Equal([("A", "1"), ("KEY", "from-process")], DeskEnvironment.Resolve(Written.Env, n => n == "KEY" ? "from-process" : "never", problems).Select(v => (v.Key, v.Value)));
        Assert.Empty(problems);
        Assert.Equal(["A"], DeskEnvironment.Resolve(Written.Env, _ => null, problems).Keys);
        Assert.Equal(("spec.env[1]", "value-from"), (problems.Single().Path, problems.Single().Rule));
        var optional = new EnvVarSpec { Name = "KEY", SecretKeyRef = new KeyRef("s", "k", Optional: true) };
        Assert.Empty(DeskEnvironment.Resolve([optional], _ => null, problems));
        Assert.Single(problems);
    }

    private static SpecScalar Text(string text) => new(text, ScalarKind.String, default);
}
