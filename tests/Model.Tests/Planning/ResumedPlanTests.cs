using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Planning;

/// <summary>A replacement takes over a lost runner's share from an instant on: nothing twice, nothing forgotten.</summary>
public sealed class ResumedPlanTests
{
    private static readonly Arbitrary<(ScenarioSpec Scenario, Partition Partition, int Runner, double At)> Cases =
        (from scenario in RandomSpecs.Scenario
         from partition in RandomSpecs.Partitions
         from runner in Gen.Choose(0, partition.Stripes.Count - 1)
         from at in Gen.Choose(-10, 110)
         select (scenario, partition, runner, at / 100.0)).ToArbitrary();

    [Fact]
    public void Arrivals_before_the_instant_and_those_of_the_rest_are_all_of_them_and_none_twice() => Check((plan, offset, resumed) =>
    {
        if (plan is not ArrivalRatePlan arrivals) return true;
        var before = arrivals.Arrivals.Enumerate().TakeWhile(a => a.Offset < offset).ToList();
        var after = resumed is ArrivalRatePlan rest ? rest.Arrivals.Enumerate(rest.ResumeAt).ToList() : [];
        return before.Concat(after).SequenceEqual(arrivals.Arrivals.Enumerate());
    });

    [Fact]
    public void VU_time_before_the_instant_and_that_of_the_rest_are_all_of_it() => Check((plan, offset, resumed) =>
    {
        if (PlannedVuTime.Of(plan) is not { } whole) return true;
        var before = PlannedVuTime.Of(plan, Duration.Zero, offset)!.Value;
        var after = resumed is null ? Duration.Zero : PlannedVuTime.Of(resumed, resumed.ResumeAt, resumed.RegularDuration)!.Value;
        return before + after == whole;
    });

    [Fact]
    public void Counted_iterations_that_have_begun_are_not_run_again() => Check((plan, offset, resumed) =>
        plan is not (SharedIterationsPlan or PerVuIterationsPlan) || (offset <= Duration.Zero ? resumed == plan : resumed is null));

    [Fact]
    public void Unique_rows_that_a_lost_runner_may_have_read_are_not_read_again_whatever_it_did_after_its_last_word()
    {
        var cases = from vus in Gen.Choose(1, 9) from runners in Gen.Choose(1, 5) from scenario in Gen.Choose(0, 4) from at in Gen.Choose(0, 5000) from policy in Gen.Elements(Enum.GetValues<ExhaustionPolicy>())
                    select (vus, runners, scenario, Duration.FromMilliseconds(at), policy);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var (vus, runners, scenario, at, policy) = c;
            ScenarioSpec kind = scenario switch
            {
                0 => new SharedIterationsScenario { Vus = vus, Iterations = vus * 7, MaxDuration = Duration.FromSeconds(4) },
                1 => new PerVuIterationsScenario { Vus = vus, Iterations = 5, MaxDuration = Duration.FromSeconds(4) },
                2 => new ConstantVusScenario { Vus = vus, Duration = Duration.FromSeconds(4) },
                3 => new RampingVusScenario { StartVUs = vus, Stages = [new Stage(Duration.FromSeconds(4), vus + 3)] },
                _ => new ConstantArrivalRateScenario { Rate = 20, Duration = Duration.FromSeconds(4), PreAllocatedVUs = vus, MaxVUs = vus },
            };
            var spec = Reading(kind, policy);
            foreach (var plan in Planner.Plan(spec, Math.Min(runners, vus)))
            {
                // Dead at the instant at which the other takes over, having worked until then: the worst that can have been read.
                var rest = ResumedPlan.From(plan, spec, at).Scenarios.SingleOrDefault();
                var isOver = at >= plan.Scenarios.Single().RegularDuration;
                var mayRepeat = policy == ExhaustionPolicy.Wrap && scenario is 2 or 3;
                if (at > Duration.Zero && (rest is not null) != (!isOver && (scenario == 4 || mayRepeat))) return false;
                if (at > Duration.Zero && rest is ArrivalRatePlan arrivals && arrivals.Arrivals.Enumerate(arrivals.ResumeAt).Any(a => a.Offset < at)) return false;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void Rows_of_VUs_stay_with_their_VUs_and_no_iteration_number_is_given_twice()
    {
        var spec = Reading(new ConstantVusScenario { Vus = 3, Duration = Duration.FromSeconds(60) }, ExhaustionPolicy.Fail, DataScope.Vu);
        var plan = Planner.PlanWorker(spec, 1, 3);
        var second = ResumedPlan.From(plan, spec, Duration.FromSeconds(10)).Scenarios.Single();
        var third = ResumedPlan.From(plan, spec, Duration.FromSeconds(10.5)).Scenarios.Single();
        Assert.Equal((0, 100_000_000, 105_000_000), (plan.Scenarios.Single().FirstLooped, second.FirstLooped, third.FirstLooped));
        Assert.Equal(plan.Scenarios.Single().VuIds, second.VuIds);
    }

    [Fact]
    public void What_cannot_be_taken_up_again_is_lost_to_its_end_and_only_once()
    {
        var spec = Reading(new ConstantVusScenario { Vus = 4, Duration = Duration.FromSeconds(100), StartTime = Duration.FromSeconds(10) }, ExhaustionPolicy.Fail);
        double Share(double from, double? to, double since = 0) =>
            LostCoverage.Share(spec, 0, 4, Duration.FromSeconds(from), to is { } end ? Duration.FromSeconds(end) : null, Duration.FromSeconds(since));
        Assert.Equal(0.25 * 0.6, Share(50, 55), 9);
        Assert.Equal(0.25 * 0.6, Share(50, null), 9);
        Assert.Equal(0, Share(60, 70, since: 55), 9);
        // Before it began there is nothing that the other could not do.
        Assert.Equal(0, Share(2, 9), 9);
        Assert.Equal(0.25 * 0.05, LostCoverage.Share(Reading(spec.Scenarios["s"], ExhaustionPolicy.Wrap), 0, 4, Duration.FromSeconds(50), Duration.FromSeconds(55)), 9);
    }

    [Fact]
    public void What_is_lost_until_the_replacement_and_what_it_does_make_up_for_the_loss_without_one()
    {
        Prop.ForAll(Cases, c =>
        {
            if (c.Scenario is not (ConstantArrivalRateScenario or RampingArrivalRateScenario or ConstantVusScenario) || c.At < 0) return true;
            var spec = new LoadTestSpec { Scenarios = new OrderedMap<ScenarioSpec>([new("s", c.Scenario)]) };
            var (count, length) = (Math.Min(c.Partition.Stripes.Count, 20), Planner.PlanWorker(spec, 0, 1).MaxDuration);
            var (last, resume) = (new Duration((long)(length.Nanoseconds * c.At / 2)), new Duration((long)(length.Nanoseconds * c.At)));
            for (var runner = 0; runner < count; runner++)
            {
                var (gap, rest, all) = (LostCoverage.Share(spec, runner, count, last, resume), LostCoverage.Share(spec, runner, count, resume), LostCoverage.Share(spec, runner, count, last));
                if (Math.Abs(gap + rest - all) > 1e-9 || all is < 0 or > 1) return false;
            }

            // A ramp that never gets above zero plans nothing, and of nothing nothing can be lost.
            var isEmpty = Planner.PlanWorker(spec, 0, 1).Scenarios.All(s => s is ArrivalRatePlan { Arrivals.Total: 0 });
            return Math.Abs(Enumerable.Range(0, count).Sum(r => LostCoverage.Share(spec, r, count, Duration.Zero)) - (isEmpty ? 0 : 1)) < 1e-9;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }

    [Fact]
    public void A_runner_of_four_lost_after_two_thirds_leaves_nine_tenths_of_the_plan()
    {
        var spec = new LoadTestSpec { Scenarios = new OrderedMap<ScenarioSpec>([new("s", new ConstantArrivalRateScenario { Rate = 100, Duration = Duration.FromSeconds(30), PreAllocatedVUs = 8, MaxVUs = 8 })]) };
        Assert.Equal(1.0 / 12, LostCoverage.Share(spec, 2, 4, Duration.FromSeconds(20)), 3);
        Assert.Equal("3 of 4 partitions, 91.7% of the plan", Model.Reporting.HumanFormat.Coverage(4, 1, LostCoverage.Share(spec, 2, 4, Duration.FromSeconds(20))));
    }

    private static LoadTestSpec Reading(ScenarioSpec scenario, ExhaustionPolicy policy, DataScope per = DataScope.Iteration) => new()
    {
        Flows = new([new("flow", [new RequestStep { Url = "/${data.users.id}" }])]),
        Scenarios = new([new("s", scenario)]),
        Data = [new FeederSpec { Name = "users", Pick = DataPick.Unique, Per = per, Rows = [], OnExhausted = policy }],
    };

    private static void Check(Func<ScenarioPlan, Duration, ScenarioPlan?, bool> holds)
    {
        Prop.ForAll(Cases, c =>
        {
            if (Planner.PlanScenario("s", c.Scenario, c.Runner, c.Partition) is not { } plan) return true;
            var offset = new Duration((long)(plan.RegularDuration.Nanoseconds * c.At));
            var whole = new WorkerPlan { Index = c.Runner, Count = c.Partition.Stripes.Count, Scenarios = [plan], MaxDuration = plan.EndOffset };
            var spec = new LoadTestSpec { Scenarios = new OrderedMap<ScenarioSpec>([new("s", c.Scenario)]) };
            var resumed = ResumedPlan.From(whole, spec, offset);
            return resumed.ResumeAt == (offset > Duration.Zero ? offset : Duration.Zero) && holds(plan, offset, resumed.Scenarios.SingleOrDefault());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }
}
