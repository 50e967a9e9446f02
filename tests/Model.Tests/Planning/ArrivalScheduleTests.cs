using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Planning;

public class ArrivalScheduleTests
{
    [Theory]
    [InlineData(40, 1000, 3000, 25_000_000, 120)]
    [InlineData(300, 60_000, 60_000, 200_000_000, 300)]
    [InlineData(7, 1000, 1000, 142_857_142, 8)] // the period is cut off: an eighth fits
    [InlineData(1, 1500, 3000, 1_500_000_000, 2)] // one at the end itself would have no time to start
    [InlineData(1, 1500, 3001, 1_500_000_000, 3)]
    public void Constant_arrivals_come_each_period_from_zero_on(long rate, double unitMs, double durationMs, long period, int count)
    {
        var schedule = Constant(rate, unitMs, durationMs, StripedIndex.All);

        Assert.Equal(count, schedule.Count);
        Assert.Equal(Enumerable.Range(0, count).Select(g => new Arrival(g, new(g * period))), schedule.Enumerate());
    }

    [Fact]
    public void Three_runners_of_a_constant_rate_interleave()
    {
        var spec = new ConstantArrivalRateScenario { Rate = 5, Duration = Duration.FromSeconds(2), PreAllocatedVUs = 1, MaxVUs = 5 };

        var starts = Enumerable.Range(0, 3).Select(i => Milliseconds(Planner.PlanScenario("s", spec, i, Partition.Equal(3))!)).ToArray();

        // 5 VUs are 2, 2 and 1 of the three, and so are the arrivals of each round of five.
        Assert.Equal([0, 600, 1000, 1600], starts[0]);
        Assert.Equal([200, 800, 1200, 1800], starts[1]);
        Assert.Equal([400, 1400], starts[2]);
    }

    [Fact]
    public void Ramping_arrivals_come_when_the_integral_of_the_rate_is_whole()
    {
        // 0 → 2/s in 4 s: n is due at 2·√n; the fourth is due at 4 s, where the next stage keeps 2/s for 1.2 s. Doubles may be 1 ns early.
        var spec = new RampingArrivalRateScenario
        {
            Stages = [new(Duration.FromSeconds(4), 2), new(Duration.FromSeconds(1.2), 2)],
            PreAllocatedVUs = 1,
            MaxVUs = 1,
        };

        var times = new RampingArrivalSchedule(spec, StripedIndex.All).Enumerate().Select(a => a.Offset.Nanoseconds).ToArray();

        long[] expected = [2_000_000_000, 2_828_427_124, 3_464_101_615, 4_000_000_000, 4_500_000_000, 5_000_000_000];
        Assert.Equal(expected.Length, times.Length);
        Assert.All(expected.Zip(times), pair => Assert.InRange(pair.Second, pair.First - 1, pair.First));
    }

    [Fact]
    public void A_ramp_that_jumps_has_the_area_of_its_pieces()
    {
        var spec = new RampingArrivalRateScenario
        {
            StartRate = 3,
            Stages = [new(Duration.FromSeconds(2), 3), new(Duration.Zero, 20), new(Duration.FromSeconds(3), 20), new(Duration.Zero, 0), new(Duration.FromSeconds(9), 0)],
            PreAllocatedVUs = 1,
            MaxVUs = 1,
        };

        var schedule = new RampingArrivalSchedule(spec, StripedIndex.All);

        Assert.Equal(66, schedule.Count);
        Assert.Equal([6L, 60L, 0L], new[] { (0.0, 2.0), (2.0, 5.1), (5.1, 14.0) }
            .Select(span => schedule.CountBefore(Duration.FromSeconds(span.Item2) + new Duration(1)) - schedule.CountBefore(Duration.FromSeconds(span.Item1) + new Duration(1))));
    }

    [Fact]
    public void Stages_without_rate_or_time_plan_nothing()
    {
        var spec = new RampingArrivalRateScenario
        {
            Stages = [new(Duration.FromSeconds(5), 0), new(Duration.Zero, 1000)],
            PreAllocatedVUs = 1,
            MaxVUs = 1,
        };

        Assert.Empty(new RampingArrivalSchedule(spec, StripedIndex.All).Enumerate());
    }

    [Fact]
    public void Ramps_agree_with_exact_arithmetic_to_a_nanosecond() => Prop
        .ForAll(RandomSpecs.RampingArrivals().Where(s => new RateCurve(s).Total is > 0 and < 3000).ToArbitrary(), ExactRamp.AssertAgrees)
        .Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void A_schedule_can_be_entered_anywhere() => Prop
        .ForAll(RandomSpecs.Scenario.ToArbitrary(), Gen.Choose(0, 30_000).ToArbitrary(), (spec, ms) =>
        {
            foreach (var arrivals in Planner.Plan(new LoadTestSpec { Scenarios = new([new("s", spec)]) }, 3).SelectMany(p => p.Scenarios).OfType<ArrivalRatePlan>())
            {
                var from = Duration.FromMilliseconds(ms);
                var all = arrivals.Arrivals.Enumerate().ToArray();
                Assert.Equal(all.OrderBy(a => a.Offset).Select(a => a.Offset), all.Select(a => a.Offset));
                Assert.Equal(all.Where(a => a.Offset >= from), arrivals.Arrivals.Enumerate(from));
                Assert.Equal(all.Count(a => a.Offset < from), arrivals.Arrivals.CountBefore(from));
                Assert.All(all, a => Assert.InRange(a.Offset.Nanoseconds, 0, arrivals.RegularDuration.Nanoseconds - 1));
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_day_at_30000_per_second_takes_no_memory(bool constant)
    {
        var day = Duration.FromSeconds(86_400);
        ScenarioSpec spec = constant
            ? new ConstantArrivalRateScenario { Rate = 30_000, Duration = day, PreAllocatedVUs = 100, MaxVUs = 1000 }
            : new RampingArrivalRateScenario { StartRate = 30_000, Stages = [new(day, 30_000)], PreAllocatedVUs = 100, MaxVUs = 1000 };
        var before = GC.GetAllocatedBytesForCurrentThread();

        var plan = (ArrivalRatePlan)Planner.PlanScenario("s", spec, 2, Partition.Equal(5))!;
        var count = plan.Arrivals.Count;
        var seen = plan.Arrivals.Enumerate(Duration.FromSeconds(86_390)).Count();

        Assert.InRange(count, 518_400_000 - 1, 518_406_000);
        Assert.InRange(seen, 60_000 - 1, 60_000 + 1);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 200_000, $"{GC.GetAllocatedBytesForCurrentThread() - before} bytes allocated");
    }

    private static ConstantArrivalSchedule Constant(long rate, double unitMs, double durationMs, StripedIndex stripe) => new(
        new ConstantArrivalRateScenario
        {
            Rate = rate,
            TimeUnit = Duration.FromMilliseconds(unitMs),
            Duration = Duration.FromMilliseconds(durationMs),
            PreAllocatedVUs = 1,
            MaxVUs = 1,
        },
        stripe);

    private static IEnumerable<long> Milliseconds(ScenarioPlan plan) =>
        ((ArrivalRatePlan)plan).Arrivals.Enumerate().Select(a => a.Offset.Nanoseconds / 1_000_000);
}
