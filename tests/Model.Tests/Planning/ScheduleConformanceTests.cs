using System.Text.Json;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.TestKit;

namespace LoadTesting.Model.Tests.Planning;

public class ScheduleConformanceTests
{
    [SkippableFact]
    public void Constant_arrivals_start_at_the_tabled_times()
    {
        foreach (var c in Conformance.Cases("constant-arrival-rate.json").OfKind("iteration-times"))
        {
            // k6's list of gaps is approximate (its tolerance is more than one period) and repeats until the end of the test.
            var arrivals = Arrivals(c.ConstantArrivals(), c)!.Enumerate().ToArray();
            var gaps = c.Numbers("steps_ms");
            var due = c.Number("firstStart_ns");
            for (var k = 0; k < arrivals.Length; k++)
            {
                Assert.True(
                    Math.Abs(due - arrivals[k].Offset.Nanoseconds) <= c.Number("tolerance_ns"), $"{c}: arrival {k} at {arrivals[k].Offset}, expected {due} ns");
                due += gaps[k % gaps.Length] * 1_000_000;
            }

            Assert.True(due >= c.Number("duration_ns") - c.Number("tolerance_ns"), $"{c}: the schedule ends early");
        }
    }

    [SkippableTheory]
    [InlineData("constant-arrival-rate.json")]
    [InlineData("ramping-arrival-rate.json")]
    [InlineData("shared-iterations.json")]
    public void Global_iteration_numbers_belong_to_the_tabled_segments(string file)
    {
        foreach (var c in Conformance.Cases(file).OfKind("global-iterations"))
        {
            var (partition, index) = c.Place();
            ScenarioSpec spec = c.TryGetProperty("rate", out _) ? c.ConstantArrivals()
                : c.TryGetProperty("startRate", out _) ? c.RampingArrivals()
                : new SharedIterationsScenario { Vus = c.Number("vus"), Iterations = c.Number("iterations"), MaxDuration = c.Nanoseconds("maxDuration_ns") };
            var numbers = Planner.PlanScenario("s", spec, index, partition) switch
            {
                ArrivalRatePlan arrivals => arrivals.Arrivals.Enumerate().Select(a => a.GlobalIndex),
                SharedIterationsPlan shared => Enumerable.Range(0, (int)shared.Iterations).Select(k => shared.IterationIds.GlobalIndex(k)),
                _ => [],
            };
            Assert.Equal(c.Numbers("expect"), numbers);
        }
    }

    [SkippableFact]
    public void Ramping_arrivals_start_at_the_tabled_times()
    {
        foreach (var c in Conformance.Cases("ramping-arrival-rate.json").OfKind("iteration-times"))
        {
            // The table lists the curve itself, one at the very end included; the plan leaves that one out, as there is no time to start it.
            var spec = c.RampingArrivals();
            var curve = new RateCurve(spec);
            var stripe = c.Stripe();
            var expected = c.Numbers("expect_ns");
            Assert.Equal(expected.Length, stripe.Scale(curve.Total));
            var times = Enumerable.Range(0, expected.Length).Select(k => curve.TimeOf(stripe.GlobalIndex(k) + 1)).ToArray();
            for (var k = 0; k < expected.Length; k++)
            {
                var off = Math.Abs(times[k].Nanoseconds - expected[k]);
                Assert.True(off <= expected[k] * c.GetProperty("relativeTolerance").GetDouble(), $"{c}: {times[k]}, expected {expected[k]} ns");
            }

            Assert.Equal(times.Where(t => t < curve.Duration), new RampingArrivalSchedule(spec, stripe).Enumerate().Select(a => a.Offset));
        }
    }

    [SkippableFact]
    public void Ramping_arrivals_agree_with_exact_arithmetic_to_a_nanosecond()
    {
        foreach (var c in Conformance.Cases("ramping-arrival-rate.json").OfKind("iteration-times-precision"))
            ExactRamp.AssertAgrees(c.RampingArrivals());
    }

    [SkippableFact]
    public void Segments_too_small_for_a_vu_have_no_work()
    {
        foreach (var c in Conformance.Cases("ramping-arrival-rate.json").OfKind("has-work"))
        {
            var (partition, index) = c.Place();
            Assert.Equal(c.GetProperty("expect").GetBoolean(), Planner.PlanScenario("s", c.RampingArrivals(vus: c.Number("maxVUs")), index, partition) is not null);
        }
    }

    [SkippableFact]
    public void Vus_of_arrival_rates_are_shared_as_tabled()
    {
        foreach (var c in Conformance.Cases("ramping-arrival-rate.json").OfKind("vu-requirements"))
        {
            var (partition, index) = c.Place();
            var spec = new RampingArrivalRateScenario
            {
                Stages = [new(Duration.FromSeconds(1), 1)],
                PreAllocatedVUs = c.Number("preAllocatedVUs"),
                MaxVUs = c.Number("maxVUs"),
            };
            var plan = Assert.IsType<ArrivalRatePlan>(Planner.PlanScenario("s", spec, index, partition));
            Assert.Equal(c.GetProperty("expect").Number("planned"), plan.PreAllocatedVUs);
            Assert.Equal(c.GetProperty("expect").Number("maxUnplanned"), plan.MaxVUs - plan.PreAllocatedVUs);
        }
    }

    [SkippableTheory]
    [InlineData("constant-arrival-rate")]
    [InlineData("ramping-arrival-rate")]
    public void Derived_arrivals_are_equal_to_the_nanosecond(string kind)
    {
        foreach (var c in Conformance.Cases("derived-arrival-rate.json").OfKind(kind))
        {
            var config = c.GetProperty("config");
            ScenarioSpec spec = kind == "constant-arrival-rate" ? config.ConstantArrivals() : config.RampingArrivals();
            foreach (var s in c.GetProperty("segments").EnumerateArray())
            {
                var (partition, index) = Cases.Place(s.Text("segment"), c.Text("sequence"));
                var plan = Planner.PlanScenario("s", spec, index, partition) as ArrivalRatePlan;
                Assert.Equal(s.GetProperty("hasWork").GetBoolean(), plan is not null);
                if (plan is not null)
                {
                    AssertArrivals(s, plan);
                }
            }
        }
    }

    [SkippableFact]
    public void Derived_shared_iterations_follow_the_vus()
    {
        foreach (var c in Conformance.Cases("derived-partition.json").OfKind("shared-iterations"))
        {
            var spec = new SharedIterationsScenario { Vus = c.Number("vus"), Iterations = c.Number("iterations") };
            foreach (var s in c.GetProperty("segments").EnumerateArray())
            {
                var (partition, index) = Cases.Place(s.Text("segment"), c.Text("sequence"));
                var plan = Planner.PlanScenario("s", spec, index, partition) as SharedIterationsPlan;
                Assert.Equal(s.GetProperty("hasWork").GetBoolean(), plan is not null);
                Assert.Equal(s.Number("vus"), partition.Stripes[index].Scale(spec.Vus));
                Assert.Equal(s.Number("iterations"), plan?.Iterations ?? 0);
                if (plan is not null)
                {
                    Assert.Equal(s.Text("resegmented"), partition.Resegment(spec.Vus).Partition!.Sequence.ToString());
                    SegmentConformanceTests.AssertStripe(s, plan.IterationIds);
                }
            }
        }
    }

    private static ArrivalSchedule? Arrivals(ScenarioSpec spec, JsonElement c)
    {
        var (partition, index) = c.Place();
        return (Planner.PlanScenario("s", spec, index, partition) as ArrivalRatePlan)?.Arrivals;
    }

    private static void AssertArrivals(JsonElement expected, ArrivalRatePlan plan)
    {
        var atEnd = expected.TryGetProperty("lastIsAtEnd", out var last) && last.GetBoolean();
        var arrivals = plan.Arrivals.Enumerate().ToArray();
        var times = expected.Numbers("firstTimes_ns").Where(t => t < plan.RegularDuration.Nanoseconds).ToArray();
        Assert.Equal(expected.Number("count") - (atEnd ? 1 : 0), arrivals.Length);
        Assert.Equal(plan.Arrivals.Count, arrivals.Length);
        Assert.Equal(times, arrivals.Take(times.Length).Select(a => a.Offset.Nanoseconds));
        if (!atEnd)
        {
            Assert.Equal(expected.Number("lastTime_ns"), arrivals[^1].Offset.Nanoseconds);
        }

        if (expected.TryGetProperty("firstIndices", out _))
        {
            Assert.Equal(expected.Numbers("firstIndices").Take(times.Length), arrivals.Take(times.Length).Select(a => a.GlobalIndex));
        }

        if (expected.TryGetProperty("period_ns", out var period))
        {
            Assert.Equal(period.GetInt64(), ConstantArrivalSchedule.Period((ConstantArrivalRateScenario)plan.Spec));
        }
    }
}
