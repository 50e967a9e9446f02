using LoadTesting.Model.Spec;
using static LoadTesting.Runner.Tests.Engine.SpecNs;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>ramping-vus on virtual time.</summary>
public sealed class RampingVusTests
{
    [Fact]
    public void VUs_follow_the_line_up_and_down()
    {
        // Up one VU each 100 ms, then down one each 100 ms; short iterations, so that active VUs are the scheduled ones.
        var scenario = new RampingVusScenario { StartVUs = 0, Stages = [new Stage(Ms(1000), 10), new Stage(Ms(1000), 0)], GracefulStop = Ms(0) };
        var run = new EngineRun(scenario) { Takes = (_, _) => After(7), LookAt = [.. Enumerable.Range(0, 20).Select(i => After((i * 100) + 50))] };
        run.Run();
        Assert.Equal(
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
            run.Seen.OrderBy(s => s.Key).Select(s => s.Value.Scenarios[0].ActiveVUs));
    }

    [Fact]
    public void A_VU_that_is_ramped_down_ends_its_iteration_within_the_graceful_ramp_down()
    {
        var scenario = new RampingVusScenario
        {
            StartVUs = 2, Stages = [new Stage(Ms(1000), 2), new Stage(Ms(0), 1), new Stage(Ms(2000), 1)], GracefulRampDown = Ms(300), GracefulStop = Ms(0),
        };
        var run = new EngineRun(scenario) { Takes = (vu, own) => vu == 1 && own == 2 ? null : After(450) };
        run.Run();
        // The second VU's third iteration began at 900 and never ends: told to stop at 1000, cut off at 1300.
        Assert.Equal([After(450), After(900), After(1300)], run.Iterations.Where(i => i.User == 1).Select(i => i.End));
    }

    [Fact]
    public void An_iteration_goes_on_when_its_VU_is_wanted_again_before_the_cut()
    {
        var scenario = new RampingVusScenario
        {
            StartVUs = 1, Stages = [new Stage(Ms(1000), 1), new Stage(Ms(0), 0), new Stage(Ms(500), 0), new Stage(Ms(0), 1), new Stage(Ms(2000), 1)],
            GracefulRampDown = Ms(1000), GracefulStop = Ms(0),
        };
        var run = new EngineRun(scenario) { Takes = (_, own) => own == 0 ? After(2000) : After(600) };
        run.Run();
        Assert.Equal([(After(0), After(2000)), (After(2000), After(2600)), (After(2600), After(3200))], run.Iterations.Take(3).Select(i => (i.Start, i.End!.Value)));
    }

    [Fact]
    public void A_VU_rests_between_two_turns()
    {
        var scenario = new RampingVusScenario
        {
            StartVUs = 1, Stages = [new Stage(Ms(1000), 1), new Stage(Ms(0), 0), new Stage(Ms(1000), 0), new Stage(Ms(0), 1), new Stage(Ms(1000), 1)],
            GracefulRampDown = Ms(0), GracefulStop = Ms(0),
        };
        var run = new EngineRun(scenario) { Takes = (_, _) => After(250), LookAt = [After(500), After(1500), After(2500)] };
        run.Run();
        Assert.Equal([1, 0, 1], run.Seen.OrderBy(s => s.Key).Select(s => s.Value.Scenarios[0].ActiveVUs));
        Assert.Equal(1, run.UsersMade);
        Assert.DoesNotContain(run.Iterations, i => i.Start >= After(1000) && i.Start < After(2000));
    }

    [Fact]
    public void Stopping_ends_the_ramp()
    {
        var scenario = new RampingVusScenario { StartVUs = 0, Stages = [new Stage(Ms(10_000), 100)] };
        var run = new EngineRun(scenario) { Takes = (_, _) => After(200), StopAt = After(1050) };
        var end = run.Run();
        Assert.True(end.WasStopped);
        Assert.InRange(end.Duration, After(1050), After(1250));
        Assert.Equal(10, run.Iterations.Select(i => i.User).Distinct().Count());
        Assert.All(run.Iterations, i => Assert.True(i.Start <= After(1050)));
    }

    [Fact]
    public void Stopping_cuts_off_what_does_not_end_within_the_graceful_stop_long_before_the_ramp_would()
    {
        var scenario = new RampingVusScenario { StartVUs = 3, Stages = [new Stage(Ms(60_000), 3)], GracefulStop = Ms(300) };
        var run = new EngineRun(scenario) { Takes = (_, _) => null, StopAt = After(1000) };
        var end = run.Run();
        Assert.Equal(After(1300), end.Duration);
        Assert.Equal([After(1300), After(1300), After(1300)], run.Iterations.Select(i => i.End));
        Assert.All(run.Iterations, i => Assert.False(i.RanToEnd));
    }
}
