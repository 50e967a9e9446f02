using LoadTesting.Metrics;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using static LoadTesting.Runner.Tests.Engine.SpecNs;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>Open models on virtual time.</summary>
public sealed class ArrivalRateTests
{
    [Fact]
    public void Every_arrival_starts_at_its_absolute_instant_however_long_iterations_take()
    {
        var run = new EngineRun(Constant(rate: 200, seconds: 60, vus: 100)) { Takes = (_, own) => After(own % 7 * 60) };
        var end = run.Run().Scenarios[0];
        Assert.Equal((12_000, 12_000, 12_000, 0), (end.Planned, end.Started, end.Completed, end.Dropped));
        Assert.All(run.Iterations, i => Assert.Equal(After(i.Iteration.Number * 5), i.Start));
    }

    [Fact]
    public void An_arrival_without_a_free_VU_is_dropped_and_never_made_up_for()
    {
        // 10 a second, each 1 s long, 5 VUs: the 5 of the first half second of each second run, the others are dropped.
        var run = new EngineRun(Constant(rate: 10, seconds: 4, vus: 5)) { Takes = (_, _) => After(999) };
        var end = run.Run().Scenarios[0];
        Assert.Equal((40, 20, 20), (end.Planned, end.Started, end.Dropped));
        Assert.All(run.Iterations, i => Assert.True(i.Start.Milliseconds < 500, $"started at {i.Start}"));
        Assert.Equal(20, Assert.IsType<CounterValue>(run.Recorders.TakeSnapshot().Select("dropped_iterations")).Sum);
        var warning = Assert.Single(run.Log);
        Assert.Contains("Insufficient VUs", warning);
        Assert.Contains("5", warning);
    }

    [Fact]
    public void A_drop_makes_one_more_VU_until_there_are_as_many_as_may_be()
    {
        var run = new EngineRun(Constant(rate: 10, seconds: 2, vus: 1, maxVus: 4)) { Takes = (_, _) => null };
        var end = run.Run().Scenarios[0];
        Assert.Equal(4, run.UsersMade);
        // First VU at 0; each further one is made by a drop and takes the next arrival.
        Assert.Equal([0, 2, 4, 6], run.Iterations.Select(i => i.Iteration.Number));
        Assert.Equal((20, 4, 16), (end.Planned, end.Started, end.Dropped));
        Assert.Single(run.Log);
    }

    [Fact]
    public void Growing_without_reaching_the_limit_warns_of_nothing()
    {
        var run = new EngineRun(Constant(rate: 10, seconds: 2, vus: 1, maxVus: 4)) { Takes = (_, _) => After(150) };
        Assert.Equal(1, run.Run().Scenarios[0].Dropped);
        Assert.Empty(run.Log);
    }

    [Fact]
    public void Stopping_abandons_the_arrivals_that_were_still_to_come()
    {
        var run = new EngineRun(Constant(rate: 100, seconds: 10, vus: 50)) { Takes = (_, _) => After(100), StopAt = After(2_501) };
        var end = run.Run();
        var scenario = end.Scenarios[0];
        Assert.Equal((1000, 251, 251, 0, 749), (scenario.Planned, scenario.Started, scenario.Completed, scenario.Dropped, scenario.Abandoned));
        Assert.Equal(After(2_600), end.Duration);
    }

    [Fact]
    public void The_executor_returns_only_after_the_iterations_in_progress()
    {
        var run = new EngineRun(Constant(rate: 10, seconds: 1, vus: 10)) { Takes = (_, _) => After(2_000), IgnoresInterruption = true, KillAt = After(550) };
        var end = run.Run();
        Assert.Equal(After(2_500), end.Duration);
        Assert.All(run.Iterations, i => Assert.True(i.RanToEnd));
    }

    [Fact]
    public void Only_VUs_that_run_an_iteration_are_active()
    {
        var run = new EngineRun(Constant(rate: 2, seconds: 2, vus: 30)) { Takes = (_, _) => After(300), LookAt = [After(100), After(400)] };
        run.Run();
        Assert.Equal((1, 0), (run.Seen[After(100)].Scenarios[0].ActiveVUs, run.Seen[After(400)].Scenarios[0].ActiveVUs));
    }

    [Fact]
    public void A_ramp_arrives_when_the_integral_of_the_rate_reaches_the_next_whole_number()
    {
        var run = new EngineRun(new RampingArrivalRateScenario { Stages = [new Stage(Ms(10_000), 10)], PreAllocatedVUs = 5, MaxVUs = 5 });
        run.Run();
        // The fiftieth would be due exactly at the end, where there is no time left.
        Assert.Equal(49, run.Iterations.Count);
        // n arrivals by t: t²/2 · (10/10) per s, so t(n) = sqrt(2n) s.
        Assert.All(run.Iterations, i => Assert.Equal(Math.Sqrt(2 * (i.Iteration.Number + 1)), i.Start.TotalSeconds, 1e-6));
    }

    [Fact]
    public void Runners_together_start_what_one_would_at_the_same_instants()
    {
        var scenario = Constant(rate: 70, seconds: 5, vus: 40);
        var parts = Enumerable.Range(0, 3).SelectMany(i =>
        {
            var run = new EngineRun(scenario) { Partition = Partition.Equal(3), Index = i };
            run.Run();
            return run.Iterations.Select(x => (x.Iteration.Number, x.Start));
        });
        var whole = new EngineRun(scenario);
        whole.Run();
        Assert.Equal(whole.Iterations.Select(x => (x.Iteration.Number, x.Start)), parts.Order());
    }

    [Fact]
    public void Started_dropped_and_abandoned_are_the_plan_whatever_happens()
    {
        var random = new Random(7);
        for (var i = 0; i < 40; i++)
        {
            var vus = random.Next(1, 20);
            var run = new EngineRun(
                ("open", Constant(random.Next(1, 300), random.Next(1, 6), vus, vus + random.Next(20))),
                ("shared", new SharedIterationsScenario { Vus = vus, Iterations = vus + random.Next(300), MaxDuration = Ms(random.Next(1000, 3000)), GracefulStop = Ms(random.Next(500)) }),
                ("own", new PerVuIterationsScenario { Vus = vus, Iterations = random.Next(1, 50), MaxDuration = Ms(random.Next(1000, 3000)), StartTime = Ms(random.Next(2000)) }))
            {
                Takes = (_, _) => random.Next(10) == 0 ? null : After(random.Next(500)),
                StopAt = random.Next(2) == 0 ? After(random.Next(8000)) : null,
                KillAt = random.Next(3) == 0 ? After(random.Next(8000)) : null,
            };
            foreach (var scenario in run.Run().Scenarios)
            {
                Assert.Equal(scenario.Planned, scenario.Started + scenario.Dropped + scenario.Abandoned);
                Assert.Equal(scenario.Started, scenario.Completed + scenario.Interrupted);
            }

            Assert.Equal(run.Iterations.Count, run.Last.Scenarios.Sum(s => s.Started));
        }
    }

    private static ConstantArrivalRateScenario Constant(long rate, int seconds, long vus, long? maxVus = null) =>
        new() { Rate = rate, Duration = Duration.FromSeconds(seconds), PreAllocatedVUs = vus, MaxVUs = maxVus ?? vus };
}
