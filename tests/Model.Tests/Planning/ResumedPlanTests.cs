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

    private static void Check(Func<ScenarioPlan, Duration, ScenarioPlan?, bool> holds)
    {
        Prop.ForAll(Cases, c =>
        {
            if (Planner.PlanScenario("s", c.Scenario, c.Runner, c.Partition) is not { } plan) return true;
            var offset = new Duration((long)(plan.RegularDuration.Nanoseconds * c.At));
            var whole = new WorkerPlan { Index = c.Runner, Count = c.Partition.Stripes.Count, Scenarios = [plan], MaxDuration = plan.EndOffset };
            var resumed = ResumedPlan.From(whole, offset);
            return resumed.ResumeAt == (offset > Duration.Zero ? offset : Duration.Zero) && holds(plan, offset, resumed.Scenarios.SingleOrDefault());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }
}
