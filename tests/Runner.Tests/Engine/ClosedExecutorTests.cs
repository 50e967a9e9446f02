using System.Collections.Concurrent;
using LoadTesting.Metrics;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine;
using LoadTesting.Runner.Http;
using LoadTesting.Runner.Loops;
using static LoadTesting.Runner.Tests.Engine.SpecNs;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>shared-iterations, per-vu-iterations and constant-vus on virtual time.</summary>
public sealed class ClosedExecutorTests
{
    [Fact]
    public void Shared_iterations_are_all_run_and_each_number_once()
    {
        var run = new EngineRun(new SharedIterationsScenario { Vus = 7, Iterations = 40 }) { Takes = (vu, _) => After(10 + vu) };
        var end = run.Run().Scenarios[0];
        Assert.Equal((40, 40, 40, 0, 0), (end.Planned, end.Started, end.Completed, end.Dropped, end.Abandoned));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (long)i), run.Iterations.Select(i => i.Iteration.Number).Order());
        Assert.Equal(1, run.Last.Scenarios[0].Fraction);
    }

    [Fact]
    public void A_fast_VU_takes_over_what_a_slow_one_leaves_in_shared_iterations()
    {
        var run = new EngineRun(new SharedIterationsScenario { Vus = 2, Iterations = 12 }) { Takes = (vu, _) => After(vu == 0 ? 100 : 10) };
        run.Run();
        Assert.Equal(2, run.Iterations.Count(i => i.User == 0));
        Assert.Equal(10, run.Iterations.Count(i => i.User == 1));
    }

    [Fact]
    public void Shared_iterations_drop_what_has_not_begun_when_the_time_is_over()
    {
        var run = new EngineRun(new SharedIterationsScenario { Vus = 3, Iterations = 100, MaxDuration = Ms(1000), GracefulStop = Ms(50) }) { Takes = (_, _) => After(400) };
        var end = run.Run().Scenarios[0];
        Assert.Equal((9, 6, 3, 91), (end.Started, end.Completed, end.Interrupted, end.Dropped));
        var dropped = Assert.IsType<CounterValue>(run.Recorders.TakeSnapshot().Select("dropped_iterations", TagSet.Of(("scenario", "s"))));
        Assert.Equal(91, dropped.Sum);
    }

    [Theory]
    [InlineData("constant")]
    [InlineData("ramping")]
    public void A_replacement_goes_on_with_iteration_numbers_that_its_predecessor_cannot_have_reached(string kind)
    {
        EngineRun Run(int resumeAt) => new(kind == "constant"
            ? new ConstantVusScenario { Vus = 4, Duration = Ms(2000) }
            : new RampingVusScenario { StartVUs = 4, Stages = [new Stage(Ms(2000), 8)] })
        {
            Takes = (_, _) => After(1), Partition = Model.Planning.Partition.Equal(2), Index = 1, ResumeAt = Ms(resumeAt),
        };
        var (whole, rest) = (Run(0), Run(1000));
        whole.Run();
        rest.Run();

        // The first of them does not stop at the instant at which it is replaced: the worst case.
        var numbers = whole.Iterations.Concat(rest.Iterations).Select(i => i.Iteration.Number).ToList();
        Assert.Equal(numbers.Count, numbers.Distinct().Count());
        Assert.All(rest.Iterations, i => Assert.True(i.Start >= After(1000), $"{i}"));
        Assert.InRange(rest.Iterations.Count, 500, whole.Iterations.Count);
    }

    [Fact]
    public void Per_vu_iterations_stay_each_with_its_VU()
    {
        var run = new EngineRun(new PerVuIterationsScenario { Vus = 3, Iterations = 5, MaxDuration = Ms(1000), GracefulStop = Ms(0) })
        {
            Takes = (vu, _) => After(vu == 1 ? 301 : 1),
        };
        var end = run.Run().Scenarios[0];
        Assert.Equal((15, 14, 13, 1, 1), (end.Planned, end.Started, end.Completed, end.Interrupted, end.Dropped));
        Assert.Equal([5, 4, 5], run.Iterations.GroupBy(i => i.User).OrderBy(g => g.Key).Select(g => g.Count()));
    }

    [Fact]
    public void Constant_VUs_loop_until_the_time_is_over_and_what_runs_may_end()
    {
        var run = new EngineRun(new ConstantVusScenario { Vus = 4, Duration = Ms(1000), GracefulStop = Ms(500) }) { Takes = (_, _) => After(300), LookAt = [After(500), After(1100)] };
        var end = run.Run();
        Assert.Equal((16, 16, 0), (end.Scenarios[0].Started, end.Scenarios[0].Completed, end.Scenarios[0].Interrupted));
        Assert.Equal(After(1200), end.Duration);
        Assert.Equal((4, ScenarioState.Running), (run.Seen[After(500)].Scenarios[0].ActiveVUs, run.Seen[After(500)].Scenarios[0].State));
        Assert.Equal(ScenarioState.Stopping, run.Seen[After(1100)].Scenarios[0].State);
        Assert.Equal(0, run.Last.Scenarios[0].ActiveVUs);
    }

    [Fact]
    public void The_graceful_stop_ends_in_an_interruption_at_the_exact_instant()
    {
        var run = new EngineRun(new ConstantVusScenario { Vus = 2, Duration = Ms(1000), GracefulStop = Ms(250) }) { Takes = (_, _) => null };
        var end = run.Run();
        Assert.Equal((2, 0, 2), (end.Scenarios[0].Started, end.Scenarios[0].Completed, end.Scenarios[0].Interrupted));
        Assert.All(run.Iterations, i => Assert.Equal(After(1250), i.End));
    }

    [Fact]
    public void Stopping_lets_iterations_end_and_abandons_the_rest_of_the_plan()
    {
        var run = new EngineRun(new SharedIterationsScenario { Vus = 2, Iterations = 100, GracefulStop = Ms(1000) }) { Takes = (_, _) => After(400), StopAt = After(500) };
        var end = run.Run();
        var scenario = end.Scenarios[0];
        Assert.True(end.WasStopped);
        Assert.Equal((4, 4, 0, 0, 96), (scenario.Started, scenario.Completed, scenario.Interrupted, scenario.Dropped, scenario.Abandoned));
        Assert.Equal(After(800), end.Duration);
    }

    [Fact]
    public void Stopping_interrupts_what_does_not_end_within_the_graceful_stop()
    {
        var run = new EngineRun(new ConstantVusScenario { Vus = 1, Duration = Ms(60_000), GracefulStop = Ms(1000) }) { Takes = (_, _) => null, StopAt = After(500) };
        run.Run();
        Assert.Equal(After(1500), run.Iterations.Single().End);
    }

    [Fact]
    public void A_hard_stop_interrupts_at_once()
    {
        var run = new EngineRun(new PerVuIterationsScenario { Vus = 2, Iterations = 10 }) { Takes = (_, _) => After(400), KillAt = After(500) };
        var end = run.Run();
        Assert.Equal(After(500), end.Duration);
        var scenario = end.Scenarios[0];
        Assert.Equal((4, 2, 2, 0, 16), (scenario.Started, scenario.Completed, scenario.Interrupted, scenario.Dropped, scenario.Abandoned));
    }

    [Fact]
    public void Scenarios_begin_at_their_start_times_and_share_VUs_where_they_follow_each_other()
    {
        var run = new EngineRun(
            ("first", new ConstantVusScenario { Vus = 5, Duration = Ms(1000), GracefulStop = Ms(0) }),
            ("second", new ConstantVusScenario { Vus = 4, Duration = Ms(1000), StartTime = Ms(1000), GracefulStop = Ms(0) }))
        {
            Takes = (_, _) => After(100),
        };
        run.Run();
        Assert.Equal(5, run.UsersMade);
        Assert.Equal(After(1000), run.Iterations.Where(i => i.Iteration.Scenario == 1).Min(i => i.Start));
    }

    [Fact]
    public void A_scenario_that_was_stopped_before_its_start_abandons_its_plan()
    {
        var run = new EngineRun(new SharedIterationsScenario { Vus = 1, Iterations = 9, StartTime = Ms(5000) }) { StopAt = After(100) };
        var scenario = run.Run().Scenarios[0];
        Assert.Equal((9, 0, 9), (scenario.Planned, scenario.Started, scenario.Abandoned));
    }

    [Fact]
    public void Active_and_initialised_VUs_are_sampled_every_second_with_the_run_tags_only()
    {
        var run = new EngineRun(new ConstantVusScenario { Vus = 6, Duration = Ms(3000), GracefulStop = Ms(0) }) { Takes = (_, _) => After(100) };
        run.Run();
        var vus = Assert.IsType<GaugeValue>(run.Recorders.TakeSnapshot().Find(new SeriesKey(BuiltInMetrics.Vus, TagSet.Empty)));
        Assert.Equal(6, vus.Max);
        var most = Assert.IsType<GaugeValue>(run.Recorders.TakeSnapshot().Find(new SeriesKey(BuiltInMetrics.VusMax, TagSet.Empty)));
        Assert.Equal((6, 6), (most.Min, most.Max));
    }

    [SkippableFact]
    public async Task Users_who_never_wait_leave_the_others_on_their_loop_a_turn()
    {
        var spec = new LoadTestSpec
        {
            Flows = LiveRun.Map<IReadOnlyList<StepSpec>>(("flow", [new SleepStep { Min = Ms(1), Max = Ms(1) }])),
            Scenarios = LiveRun.Map<ScenarioSpec>(("s", new SharedIterationsScenario { Vus = 1, Iterations = 1 })),
        };
        await using var senders = SenderFactories.Create(CompiledTest.Compile(spec, new Dictionary<string, string>()).Test!.Http, TimeProvider.System);
        Skip.IfNot(senders is ILoopHost, "there are no event loops here");
        var loops = ((ILoopHost)senders).LoopCount;

        // More users on each loop than there are loops: if one of each took all iterations, no more users than loops would have any.
        spec = spec with { Scenarios = LiveRun.Map<ScenarioSpec>(("s", new SharedIterationsScenario { Vus = loops * (loops + 1), Iterations = 10_000 })) };
        var test = CompiledTest.Compile(spec, new Dictionary<string, string>()).Test!;
        var ran = new ConcurrentDictionary<int, bool>();
        await using var engine = new LoadEngine(
            Planner.PlanWorker(spec, 0, 1), test, new RecorderShards(test, loops), senders, new EngineOptions { WarmsUp = false }, index => new NeverWaits(() => ran[index] = true));
        await engine.PrepareAsync(default);
        var end = await engine.RunAsync(TimeProvider.System.GetTimestamp(), default, default);
        Assert.Equal(10_000, end.Scenarios[0].Completed);
        Assert.True(ran.Count > loops, $"{ran.Count} users of {loops * (loops + 1)} on {loops} loops had a turn");
    }

    private sealed class NeverWaits(Action ran) : IVirtualUser
    {
        public ValueTask<StepsEnd> RunAsync(Iteration iteration, CancellationToken interrupt)
        {
            ran();
            iteration.Tally.End(StepsEnd.Completed);
            return new ValueTask<StepsEnd>(StepsEnd.Completed);
        }

        public ValueTask DisposeAsync() => default;
    }
}
