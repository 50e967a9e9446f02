using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Tests.Planning;

/// <summary>Law 1 for data: n runners together use the rows that one would, and unique rows never twice.</summary>
public sealed class FeederShareTests
{
    private static readonly FeederSpec Users = new() { Name = "users", Pick = DataPick.Unique, Rows = [] };

    [Fact]
    public void Any_number_of_runners_uses_exactly_the_rows_of_one_and_none_twice() => Prop.ForAll(
        Gen.Choose(1, 9).ToArbitrary(),
        Gen.Choose(1, 40).Four().ToArbitrary(),
        (runners, n) =>
        {
            var spec = Reading(
                ("each", new PerVuIterationsScenario { Vus = n.Item1, Iterations = n.Item2 }),
                ("shared", new SharedIterationsScenario { Vus = n.Item3, Iterations = n.Item3 + n.Item4 }),
                ("open", new ConstantArrivalRateScenario { Rate = n.Item4, Duration = Duration.FromSeconds(2), PreAllocatedVUs = n.Item1, MaxVUs = n.Item1 + n.Item2 }));
            var one = Rows(spec, 1);
            Assert.Equal(Enumerable.Range(0, one.Count).Select(r => (long)r), one.Order());
            Assert.Equal(FeederShare.Needed(spec, Users), one.Count);
            Assert.Equal(one.Order(), Rows(spec, runners).Order());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Fact]
    public void Scenarios_that_loop_take_turns_with_the_rows_behind_the_planned_ones()
    {
        var spec = Reading(
            ("loop", new ConstantVusScenario { Duration = Duration.FromSeconds(1) }),
            ("planned", new PerVuIterationsScenario { Vus = 2, Iterations = 5 }),
            ("ramp", new RampingVusScenario { Stages = [new Stage(Duration.FromSeconds(1), 3)] }));
        var shares = FeederShare.Of(spec, Users);
        Assert.Equal(new FeederShare(0, 1), shares["planned"]);
        Assert.Equal(new FeederShare(10, 2), shares["loop"]);
        Assert.Equal(new FeederShare(11, 2), shares["ramp"]);
        Assert.Equal(12, FeederShare.Needed(spec, Users));
        Assert.Equal((0L, 1L, 1L, 2L), (shares["loop"].Covered(10), shares["loop"].Covered(11), shares["loop"].Covered(12), shares["loop"].Covered(13)));
    }

    [Fact]
    public void Only_scenarios_that_read_the_feeder_get_rows_whatever_way_leads_to_it()
    {
        var spec = new LoadTestSpec
        {
            Flows = new(
            [
                new("direct", [new RequestStep { Url = "/${data.users.id}" }]),
                new("index", [new SetStep { Values = new([new("x", "data['users'].id")]) }]),
                new("computed", [new CheckStep { Checks = new([new("x", "data[vars.which] != null")]) }]),
                new("other", [new RequestStep { Url = "/data/users", Body = "users and data" }]),
            ]),
            Scenarios = new(new[] { "direct", "index", "computed", "other" }.Select(f => KeyValuePair.Create<string, ScenarioSpec>(f, new PerVuIterationsScenario { Exec = f }))
                .Append(new("mixed", new PerVuIterationsScenario { Mix = [new("other", 1), new("index", 1)] }))),
            Data = [Users],
        };
        Assert.Equal(["computed", "direct", "index", "mixed"], FeederShare.Of(spec, Users).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Too_few_rows_are_said_before_the_run_unless_they_may_be_used_again()
    {
        var spec = Reading(("each", new PerVuIterationsScenario { Vus = 3, Iterations = 4 }));
        Assert.Null(FeederSizes.TooFew(spec, Users, 12));
        Assert.Contains("has 11 rows, and the plan needs 12, one for each planned iteration", FeederSizes.TooFew(spec, Users, 11), StringComparison.Ordinal);
        Assert.Null(FeederSizes.TooFew(spec, Users with { OnExhausted = ExhaustionPolicy.Wrap }, 1));
        Assert.Null(FeederSizes.TooFew(spec, Users with { Pick = DataPick.Random }, 1));
        Assert.Contains("needs 3, one for each VU", FeederSizes.TooFew(spec, Users with { Per = DataScope.Vu }, 2), StringComparison.Ordinal);
        Assert.Contains("has no rows", FeederSizes.TooFew(spec, Users with { Pick = DataPick.Random }, 0), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 4)]
    public void Per_VU_there_is_a_row_for_every_number_that_a_VU_of_any_runner_can_have(int runners, int needed)
    {
        var two = Reading(("a", new ConstantVusScenario { Vus = 1, Duration = Duration.FromSeconds(1) }), ("b", new ConstantVusScenario { Vus = 1, Duration = Duration.FromSeconds(1) }));
        var spec = two with { Runners = new RunnersSpec { Replicas = runners } };
        Assert.Equal(needed, FeederShare.Needed(spec, Users with { Per = DataScope.Vu }));
        Assert.Null(FeederSizes.TooFew(spec, Users with { Per = DataScope.Vu }, needed));
        Assert.Contains($"needs {needed}, one for each VU", FeederSizes.TooFew(spec, Users with { Per = DataScope.Vu }, needed - 1), StringComparison.Ordinal);

        // A mix takes a row for each of its iterations, also for those of a flow that reads none: which flow it is, is nobody's to know beforehand.
        var mix = spec with { Scenarios = new([new("m", new PerVuIterationsScenario { Iterations = 10, Mix = [new("flow", 1), new("other", 9)] })]), Flows = new([.. spec.Flows, new("other", [new RequestStep { Url = "/" }])]) };
        Assert.Equal(10, FeederShare.Needed(mix, Users));
    }

    private static LoadTestSpec Reading(params (string Name, ScenarioSpec Scenario)[] scenarios) => new()
    {
        Flows = new([new("flow", [new RequestStep { Url = "/${data.users.id}" }])]),
        Scenarios = new(scenarios.Select(s => KeyValuePair.Create(s.Name, s.Scenario))),
        Data = [Users],
    };

    private static List<long> Rows(LoadTestSpec spec, int runners)
    {
        var shares = FeederShare.Of(spec, Users);
        return [.. Planner.Plan(spec, runners).SelectMany(p => p.Scenarios).SelectMany(s => Numbers(s).Select(n => shares[s.Name].Row(n)))];
    }

    private static IEnumerable<long> Numbers(ScenarioPlan plan) => plan switch
    {
        SharedIterationsPlan shared => Enumerable.Range(0, (int)shared.Iterations).Select(k => shared.IterationIds.GlobalIndex(k)),
        PerVuIterationsPlan each => Enumerable.Range(0, each.MaxVUs).SelectMany(vu => Enumerable.Range(0, (int)each.IterationsPerVu).Select(own => each.IterationId(vu, own))),
        ArrivalRatePlan open => open.Arrivals.Enumerate().Select(a => a.GlobalIndex),
        _ => throw new ArgumentException(plan.GetType().Name),
    };
}
