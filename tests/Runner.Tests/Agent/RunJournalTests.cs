using LoadTesting.Metrics;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Agent;

namespace LoadTesting.Runner.Tests.Agent;

/// <summary>The texts of a runner's log; that they come, AgentProcessTests show.</summary>
public sealed class RunJournalTests
{
    private static readonly ConstantVusScenario Constant = new() { Vus = 4, Duration = Duration.FromSeconds(10), StartTime = Duration.FromSeconds(5) };

    private static readonly RampingArrivalRateScenario Ramp = new()
    {
        StartRate = 0, PreAllocatedVUs = 2, MaxVUs = 4,
        Stages = [new(Duration.FromSeconds(10), 50), new(Duration.FromSeconds(60), 50), new(Duration.Zero, 100), new(Duration.FromSeconds(5), 0)],
    };

    [Fact]
    public void The_share_is_told_as_at_the_desk() => Assert.Equal(
        "ramp: Up to 50.00 iterations/s for 1m15s over 4 stages (maxVUs: 1-2, gracefulStop: 30s); vus: 2 looping VUs for 10s (startTime: 5s, gracefulStop: 30s)",
        RunJournal.Plan(Plan(2, ("vus", Constant), ("ramp", Ramp))));

    [Fact]
    public void Stages_are_told_when_they_begin() => Assert.Equal(
        [
            "0s scenario ramp, stage 1 of 4: goes from 0 to 50 per 1s in 10s, all runners together",
            "5s scenario vus begins",
            "10s scenario ramp, stage 2 of 4: stays at 50 per 1s for 1m0s, all runners together",
            "1m10s scenario ramp, stage 3 of 4: jumps to 100 per 1s, all runners together",
            "1m10s scenario ramp, stage 4 of 4: goes from 100 to 0 per 1s in 5s, all runners together",
        ],
        RunJournal.Milestones(Plan(2, ("vus", Constant), ("ramp", Ramp))).Select(m => $"{m.At} {m.Text}"));

    [Fact]
    public void However_many_stages_and_scenarios_there_are_the_log_stays_short()
    {
        var long1 = new RampingVusScenario { Stages = [.. Enumerable.Range(0, 500).Select(i => new Stage(Duration.FromSeconds(1), i % 7))] };
        var plan = Plan(1, [.. Enumerable.Range(0, 300).Select(i => ($"s{i:000}", (ScenarioSpec)long1))]);
        var milestones = RunJournal.Milestones(plan);
        Assert.Equal(RunJournal.MostMilestones, milestones.Count);
        Assert.Equal($"and {(300 * 500) - RunJournal.MostMilestones + 1} more stages from here on, which are not listed", milestones[^1].Text);
        Assert.EndsWith("; and 297 more scenarios", RunJournal.Plan(plan), StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_and_causes_are_those_of_the_measurements()
    {
        var recorder = new WorkerRecorder();
        recorder.Counter(BuiltInMetrics.HttpReqs, TagSet.Empty).Add(2000);
        recorder.Counter(BuiltInMetrics.Iterations, TagSet.Empty).Add(1351);
        Fail(recorder, 7, ("name", "a"), ("error", "dial: connection refused"), ("error_code", "1212"));
        Fail(recorder, 5, ("name", "b"), ("error", "dial: connection refused"), ("error_code", "1212"));
        Fail(recorder, 8, ("name", "b"), ("status", "503"));
        var measured = recorder.TakeSnapshot();
        Assert.Equal("1,351 iterations, 0 dropped, 0 cut off, 2,000 requests, 20 failed (1%)", RunJournal.Counts(measured));
        Assert.Equal("dial: connection refused (error 1212) 12×; status 503 8×", RunJournal.Causes(measured));
        Assert.Null(RunJournal.Causes(Snapshot.Empty));
        Assert.Equal("0 iterations, 0 dropped, 0 cut off, 0 requests, 0 failed (0%)", RunJournal.Counts(Snapshot.Empty));
    }

    private static void Fail(WorkerRecorder recorder, int times, params (string, string)[] tags)
    {
        var series = recorder.Rate(BuiltInMetrics.HttpReqFailed, TagSet.Of(tags));
        for (var i = 0; i < times; i++)
        {
            series.Add(true);
        }
    }

    private static WorkerPlan Plan(int runners, params (string Name, ScenarioSpec Spec)[] scenarios) => Planner.PlanWorker(
        new LoadTestSpec { Scenarios = new OrderedMap<ScenarioSpec>(scenarios.Select(s => KeyValuePair.Create(s.Name, s.Spec))) }, 0, runners);
}
