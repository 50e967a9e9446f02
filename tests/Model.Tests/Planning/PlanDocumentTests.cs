using System.Text.Json;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Planning;

public class PlanDocumentTests
{
    private static readonly LoadTestSpec AllExecutors = new()
    {
        Scenarios = new(
        [
            new("ramp", new RampingVusScenario { StartVUs = 1, Stages = [new(Duration.FromSeconds(2), 3)], GracefulRampDown = Duration.Zero, GracefulStop = Duration.Zero }),
            new("loop", new ConstantVusScenario { Vus = 3, Duration = Duration.FromSeconds(4), StartTime = Duration.FromSeconds(5) }),
            new("each", new PerVuIterationsScenario { Vus = 2, Iterations = 9 }),
            new("shared", new SharedIterationsScenario { Vus = 3, Iterations = 7 }),
            new("open", new ConstantArrivalRateScenario { Rate = 4, Duration = Duration.FromSeconds(1), PreAllocatedVUs = 2, MaxVUs = 4 }),
            new("rise", new RampingArrivalRateScenario { StartRate = 5, Stages = [new(Duration.FromMilliseconds(700), 5)], PreAllocatedVUs = 1, MaxVUs = 1 }),
        ]),
    };

    [Fact]
    public void The_document_says_what_each_runner_will_do()
    {
        const string expected =
            """
            {"runners":[{"index":0,"scenarios":{
            "each":{"executor":"per-vu-iterations","startTime_ns":0,"vus":1,"iterations":9,"vuIds":[1]},
            "open":{"executor":"constant-arrival-rate","startTime_ns":0,"vus":1,"maxVUs":2,"iterations":2,"starts_ns":[0,500000000],"iterationIds":[0,2],"vuIds":[1,3]},
            "ramp":{"executor":"ramping-vus","startTime_ns":0,"maxVUs":2,"vuSteps":[[0,1],[2000000000,2],[2000000000,0]],"reservedVuSteps":[[0,1],[2000000000,2],[2000000000,0]],"vuIds":[1,3]},
            "rise":{"executor":"ramping-arrival-rate","startTime_ns":0,"vus":1,"maxVUs":1,"iterations":3,"starts_ns":[200000000,400000000,600000000],"iterationIds":[0,1,2],"vuIds":[1]},
            "shared":{"executor":"shared-iterations","startTime_ns":0,"vus":2,"iterations":5,"iterationIds":[0,2,3,5,6],"vuIds":[1,3]},
            "loop":{"executor":"constant-vus","startTime_ns":5000000000,"vus":2,"vuIds":[1,3]}}},
            {"index":1,"scenarios":{
            "each":{"executor":"per-vu-iterations","startTime_ns":0,"vus":1,"iterations":9,"vuIds":[2]},
            "open":{"executor":"constant-arrival-rate","startTime_ns":0,"vus":1,"maxVUs":2,"iterations":2,"starts_ns":[250000000,750000000],"iterationIds":[1,3],"vuIds":[2,4]},
            "ramp":{"executor":"ramping-vus","startTime_ns":0,"maxVUs":1,"vuSteps":[[0,0],[1000000000,1],[2000000000,0]],"reservedVuSteps":[[0,0],[1000000000,1],[2000000000,0]],"vuIds":[2]},
            "shared":{"executor":"shared-iterations","startTime_ns":0,"vus":1,"iterations":2,"iterationIds":[1,4],"vuIds":[2]},
            "loop":{"executor":"constant-vus","startTime_ns":5000000000,"vus":1,"vuIds":[2]}}}]}
            """;

        Assert.Equal(expected.ReplaceLineEndings(""), PlanDocument.ToJson(Planner.Plan(AllExecutors, 2)));
    }

    [Theory]
    [InlineData(0, 20_000)]
    [InlineData(7, 7)]
    [InlineData(PlanDocument.DefaultLimit, 10_000)]
    public void Long_lists_are_cut_at_the_limit_but_counted_in_full(int limit, int written)
    {
        var spec = new LoadTestSpec
        {
            Scenarios = new([new("s", new ConstantArrivalRateScenario { Rate = 20_000, TimeUnit = Duration.FromSeconds(10), Duration = Duration.FromSeconds(10), PreAllocatedVUs = 9, MaxVUs = 9 })]),
        };

        using var document = JsonDocument.Parse(PlanDocument.ToJson(Planner.Plan(spec, 1), limit));
        var scenario = document.RootElement.GetProperty("runners")[0].GetProperty("scenarios").GetProperty("s");

        Assert.Equal(written, scenario.GetProperty("starts_ns").GetArrayLength());
        Assert.Equal(written, scenario.GetProperty("iterationIds").GetArrayLength());
        Assert.Equal(20_000, scenario.GetProperty("iterations").GetInt64());
        Assert.Equal(Math.Min(9, limit == 0 ? 9 : limit), scenario.GetProperty("vuIds").GetArrayLength());
    }

    [Fact]
    public void The_summary_counts_what_the_scenarios_need_together_over_time()
    {
        var all = PlanSummary.Of(AllExecutors);

        // "loop" begins at 5 s, when the 3 VUs of "ramp" have gone: 2 + 3 + 2 + 1 beside 3.
        Assert.Equal(11, all.MaxPlannedVUs);
        Assert.Equal(13, all.MaxPossibleVUs);
        Assert.Equal(Duration.FromSeconds(630), all.MaxDuration);
        Assert.Null(all.PlannedIterations);
        Assert.Equal([18L, 4L, null, 3L, 7L, null], all.Scenarios.Select(s => s.PlannedIterations));
        Assert.Equal("Up to 5.00 iterations/s for 700ms over 1 stages (maxVUs: 1, gracefulStop: 30s)", all.Scenarios[3].Description);
    }

    [Fact]
    public void Iterations_are_known_when_no_scenario_loops_for_a_time()
    {
        var spec = AllExecutors with { Scenarios = new(AllExecutors.Scenarios.Where(s => s.Key is "each" or "shared" or "open")) };

        Assert.Equal(29, PlanSummary.Of(spec).PlannedIterations);
        Assert.Equal(29, Planner.Plan(spec, 2).Sum(p => PlanSummary.Of(p).PlannedIterations));
    }

    [Fact]
    public void A_runner_without_work_has_an_empty_plan()
    {
        var plan = Planner.PlanWorker(AllExecutors, 4, 5);

        Assert.Empty(plan.Scenarios);
        Assert.Equal(0, PlanSummary.Of(plan).MaxPlannedVUs);
        Assert.Equal(Duration.Zero, plan.MaxDuration);
    }
}
