using System.Text.Json;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.TestKit;

namespace LoadTesting.Model.Tests.Planning;

public class VuConformanceTests
{
    [SkippableFact]
    public void Ramping_vus_step_as_tabled()
    {
        foreach (var c in Conformance.Cases("ramping-vus.json").OfKind("raw-steps"))
            Assert.Equal(c.Steps("expect"), RampingVusSteps.Scheduled(c.RampingVus(), c.Stripe(), c.GetProperty("zeroEnd").GetBoolean()));
        foreach (var c in Conformance.Cases("ramping-vus.json").OfKind("graceful-steps"))
            Assert.Equal(c.Steps("expect"), RampingVusSteps.Reserved(c.RampingVus(), c.Stripe()));
    }

    [SkippableFact]
    public void Derived_shapes_of_ramping_vus_hold()
    {
        foreach (var c in Conformance.Cases("derived-ramping-vus.json"))
        {
            foreach (var s in c.GetProperty("segments").EnumerateArray())
            {
                var (partition, index) = Cases.Place(s.Text("segment"), c.Text("sequence"));
                var plan = Planner.PlanScenario("s", c.RampingVus(), index, partition) as RampingVusPlan;
                Assert.Equal(s.Number("maxVUs"), plan?.MaxVUs ?? 0);
                if (plan is not null)
                {
                    AssertSteps(s, "raw", plan.Steps);
                    AssertSteps(s, "graceful", plan.ReservedSteps);
                    Assert.Equal(s.Number("end_ns"), plan.EndOffset.Nanoseconds);
                }
            }
        }
    }

    [SkippableFact]
    public void Scenarios_are_described_as_k6_describes_them()
    {
        var cases = Conformance.Cases("executor-config.json").Where(c => c.TryGetProperty("expect", out var e) && e.Text("description") is not null).ToArray();
        Assert.NotEmpty(cases);
        foreach (var c in cases)
        {
            using var document = JsonDocument.Parse(c.Text("json")!);
            var scenario = document.RootElement.EnumerateObject().Single();
            var spec = ExecutorJson.Read(scenario.Value);
            AssertSummary(c.GetProperty("expect"), scenario.Name, spec, Partition.Equal(1), 0);
            if (c.GetProperty("expect").TryGetProperty("segmented", out var segmented))
            {
                foreach (var s in segmented.EnumerateArray())
                {
                    var (partition, index) = s.Place();
                    AssertSummary(s, scenario.Name, spec, partition, index);
                }
            }
        }
    }

    private static void AssertSummary(JsonElement expected, string name, ScenarioSpec spec, Partition partition, int index)
    {
        var test = new LoadTestSpec { Scenarios = new([new(name, spec)]) };
        var plan = Planner.PlanWorker(test, index, partition);
        var summary = PlanSummary.Of(plan);
        Assert.Equal(expected.Number("maxPlannedVUs"), summary.MaxPlannedVUs);
        Assert.Equal(expected.Number("maxPossibleVUs"), summary.MaxPossibleVUs);
        if (plan.Scenarios.Count == 0)
        {
            Assert.Equal(0, expected.Number("endOffset_ns"));
            return;
        }

        Assert.Equal(expected.Text("description"), summary.Scenarios.Single().Description);
        if (expected.TryGetProperty("endOffset_ns", out var end))
        {
            Assert.Equal(end.GetInt64(), plan.Scenarios.Single().EndOffset.Nanoseconds);
        }

        if (expected.TryGetProperty("totalEndOffset_ns", out var total))
        {
            Assert.Equal(total.GetInt64(), summary.MaxDuration.Nanoseconds);
        }
    }

    private static void AssertSteps(JsonElement expected, string field, IReadOnlyList<VuStep> steps)
    {
        var first = expected.Steps(field);
        Assert.Equal(expected.Number(field + "Count"), steps.Count);
        Assert.Equal(first, steps.Take(first.Length));
        if (expected.TryGetProperty(field + "Tail", out _))
        {
            var tail = expected.Steps(field + "Tail");
            Assert.Equal(tail, steps.TakeLast(tail.Length));
        }
    }
}
