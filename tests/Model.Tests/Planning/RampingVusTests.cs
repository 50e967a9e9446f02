using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Planning;

public class RampingVusTests
{
    private static readonly RampingVusScenario UpAndDown = Ramp(0, (4, 2), (3, 0), (1, 4), (2, 2));

    [Fact]
    public void The_count_follows_the_line_up_and_down() => Assert.Equal(
        "0@0 1@2 2@4 1@5.5 0@7 1@7.25 2@7.5 3@7.75 4@8 3@9 2@10 0@10",
        Text(RampingVusSteps.Scheduled(UpAndDown, StripedIndex.All, closingZero: true)));

    [Theory]
    [InlineData(1, 2, "0@0 1@2 2@4 1@6.5 2@7.5 3@7.75 4@8 3@10 2@11 0@12")]
    [InlineData(0, 2, "0@0 1@2 2@4 1@5.5 0@7 1@7.25 2@7.5 3@7.75 4@8 3@9 2@10 0@12")]
    [InlineData(9, 5, "0@0 1@2 2@4 3@7.75 4@8 0@15")]
    [InlineData(9, 0, "0@0 1@2 2@4 3@7.75 4@8 0@10")]
    public void Vus_are_kept_for_the_graceful_ramp_down_but_not_past_the_graceful_stop(double rampDown, double stop, string expected) => Assert.Equal(
        expected,
        Text(RampingVusSteps.Reserved(With(UpAndDown, rampDown, stop), StripedIndex.All)));

    [Fact]
    public void A_drop_by_several_that_is_partly_taken_back_keeps_what_was_scheduled_within_the_window()
    {
        // k6 lists 2@15 before 4@8 here; its steps then run back in time.
        var spec = With(Ramp(6, (5, 6), (0, 2), (3, 2), (0, 4), (10, 4)), rampDown: 10, stop: 1);

        Assert.Equal("6@0 4@15 0@19", Text(RampingVusSteps.Reserved(spec, StripedIndex.All)));
    }

    [Fact]
    public void Two_runners_interleave_the_ramp()
    {
        var plans = Planner.Plan(new LoadTestSpec { Scenarios = new([new("s", Ramp(1, (6, 4), (0, 1), (1, 1)))]) }, 2);

        Assert.Equal(["1@0 2@4 1@6 0@7", "0@0 1@2 2@6 0@6"], plans.Select(p => Text(((RampingVusPlan)p.Scenarios.Single()).Steps)));
    }

    [Fact]
    public void Each_vu_knows_its_turns()
    {
        var plan = (RampingVusPlan)Planner.PlanScenario("s", With(UpAndDown, rampDown: 1, stop: 2), 0, Partition.Equal(1))!;

        Assert.Equal(
            ["2-7-12 7.25-10-12", "4-5.5-6.5 7.5-10-12", "7.75-10-11", "8-9-10"],
            plan.VuSpans().Select(spans => string.Join(' ', spans.Select(s => $"{s.Start.Seconds}-{s.GracefulStop.Seconds}-{s.HardStop.Seconds}"))));
    }

    [Fact]
    public void The_count_is_the_line_rounded_towards_where_it_comes_from() => Prop
        .ForAll(RandomSpecs.RampingVus().ToArbitrary(), Gen.Choose(1, 999).ToArbitrary(), (spec, perMille) =>
        {
            var steps = RampingVusSteps.Scheduled(spec, StripedIndex.All, closingZero: false);
            var (start, from) = (Duration.Zero, spec.StartVUs);
            foreach (var (length, to) in spec.Stages)
            {
                var into = length.Nanoseconds * perMille / 1000;
                if (into > 0 && from != to)
                {
                    var rise = (Int128)(to - from) * into;
                    var (whole, rest) = Int128.DivRem(rise, length.Nanoseconds);
                    var rounded = rest == 0 ? 0 : from < to ? 0 : to < from && rise > 0 ? 1 : 0;
                    Assert.Equal((long)(from + whole + rounded), steps.Last(s => s.Offset <= start + new Duration(into)).Vus);
                }

                (start, from) = (start + length, to);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void A_vu_stops_hard_when_its_grace_is_over_unless_its_next_turn_came_first() => Prop
        .ForAll(RandomSpecs.RampingVus().Where(s => s.StartVUs + s.Stages.Sum(x => x.Target) > 0).ToArbitrary(), spec =>
        {
            var plan = (RampingVusPlan)Planner.PlanScenario("s", spec, 0, Partition.Equal(1))!;
            var end = plan.RegularDuration + spec.GracefulStop;
            var turns = plan.VuSpans();
            for (var vu = 0; vu < turns.Count; vu++)
            {
                for (var i = 0; i < turns[vu].Count; i++)
                {
                    var turn = turns[vu][i];
                    var runsToTheEnd = i == turns[vu].Count - 1 && vu < spec.Stages[^1].Target;
                    var over = runsToTheEnd ? end : new[] { turn.GracefulStop + spec.GracefulRampDown, end }.Min();
                    if (i < turns[vu].Count - 1 && turns[vu][i + 1].Start <= over)
                    {
                        Assert.True(turn.HardStop >= turns[vu][i + 1].Start, $"VU {vu} would be cut off before its next turn");
                    }
                    else
                    {
                        Assert.Equal(over, turn.HardStop);
                    }
                }
            }

            Assert.Equal(plan.ReservedSteps.Select(s => s.Offset), plan.ReservedSteps.Select(s => s.Offset).Order());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    private static RampingVusScenario Ramp(long start, params (double Seconds, long Target)[] stages) => new()
    {
        StartVUs = start,
        Stages = [.. stages.Select(s => new Stage(Duration.FromSeconds(s.Seconds), s.Target))],
    };

    private static RampingVusScenario With(RampingVusScenario spec, double rampDown, double stop) => spec with
    {
        GracefulRampDown = Duration.FromSeconds(rampDown),
        GracefulStop = Duration.FromSeconds(stop),
    };

    private static string Text(IEnumerable<VuStep> steps) => string.Join(' ', steps.Select(s => $"{s.Vus}@{s.Offset.Seconds}"));
}
