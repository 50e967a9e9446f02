using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Judging;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Lifecycle;
using LoadTesting.Operator.Reconciling;

namespace LoadTesting.Operator.Tests.Reconciling;

/// <summary>What gates read, under every phase and verdict.</summary>
public sealed class StatusTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string?> Verdicts => [null, .. Enum.GetNames<Verdict>()];

    [Theory]
    [MemberData(nameof(Verdicts))]
    public void Only_Passed_opens_a_gate_and_every_other_verdict_stalls_in_one_write(string? verdict)
    {
        var status = new LoadTestStatus { Phase = verdict is null ? RunPhase.Running : RunPhase.Finished, Verdict = verdict, Reason = "Why", Message = "How." };

        var conditions = RunStatus.Outcome([], status, new ConditionCause("Why", "How.", 3), Now);

        (string, string?, string?, string, string) expected = verdict switch
        {
            null => ("Unknown", "True", null, "False", "Unknown"),
            nameof(Verdict.Passed) => ("True", null, null, "True", "True"),
            _ => ("False", null, "True", "True", "False"),
        };
        Assert.Equal(expected, (conditions.Find("Ready")!.Status, conditions.Find("Reconciling")?.Status, conditions.Find("Stalled")?.Status, conditions.Find("Complete")!.Status, conditions.Find("Succeeded")!.Status));
        Assert.All(conditions, c => Assert.Equal((3L, "Why"), (c.ObservedGeneration, c.Reason)));
    }

    [Fact]
    public void A_new_generation_is_not_judged_by_the_run_of_an_older_one()
    {
        var test = new LoadTest { Metadata = new ObjectMeta { Name = "t", Generation = 2 }, Spec = new JsonObject { ["target"] = "http://new" }, Status = Passed(1) };
        var old = new LoadTestRun { Metadata = new ObjectMeta { Name = "t-1" }, Spec = new LoadTestRunSpec { LoadTestRef = new LoadTestReference { Name = "t" } }, Status = Passed(1) };
        var seen = new TestObservation(TestCause.Of(test), [new KnownRun("t-1", "older", IsOwned: true, IsFinished: true, IsPassed: true)]) { HandledCause = "older" };
        var decision = TestLifecycle.Decide(seen);

        var next = TestStatus.Next(test, seen, decision, decision.Mirrored is null ? null : old, null, Now);

        Assert.True(decision.CreatesRun);
        Assert.Equal((2, null, "True", "Unknown"), (next.ObservedGeneration, next.Verdict, next.Conditions!.Find("Reconciling")?.Status, next.Conditions!.Find("Ready")!.Status));
    }

    [Fact]
    public void Suspend_and_history_are_no_cause_for_a_run_and_the_order_of_fields_is_none()
    {
        string Cause(string spec, string? rerun = null) => TestCause.Of(new LoadTest
        {
            Spec = JsonNode.Parse(spec)!.AsObject(),
            Metadata = new ObjectMeta { Annotations = rerun is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["loadtest.dev/rerun"] = rerun } },
        });

        var cause = Cause("""{"target":"http://a","http":{"timeout":"1s","redirects":2}}""");
        Assert.Equal(cause, Cause("""{"suspend":true,"history":{"passed":1},"http":{"redirects":2,"timeout":"1s"},"target":"http://a"}"""));
        Assert.NotEqual(cause, Cause("""{"target":"http://b","http":{"timeout":"1s","redirects":2}}"""));
        Assert.NotEqual(cause, Cause("""{"target":"http://a","http":{"timeout":"1s","redirects":2}}""", rerun: "1"));
    }

    [Fact]
    public void A_status_survives_the_way_through_the_API_server()
    {
        var status = Passed(1) with
        {
            Bookkeeping = new Bookkeeping { PhaseTime = Instants.Write(Now.AddTicks(1234567)), Settled = new SettledOutcome { Verdict = "Invalid", Reason = "RunnerLost", Message = "m" }, Setup = new StageStatus { Ok = true } },
            Runners = new RunnersStatus { Desired = 2, Lost = 1, LostRunners = [new LostRunnerStatus { Index = 1, Cause = "c", LostAfter = "1.5s", Replaced = true, ResumedAfter = "3s" }] },
        };

        var run = new LoadTestRun { Metadata = new ObjectMeta { Name = "r" }, Spec = new LoadTestRunSpec { LoadTestRef = new LoadTestReference { Name = "t" } }, Status = status };
        var read = System.Text.Json.JsonSerializer.Deserialize(System.Text.Json.JsonSerializer.Serialize(run, LoadTestResources.LoadTestRuns.TypeInfo), LoadTestResources.LoadTestRuns.TypeInfo)!;

        Assert.Equal(LoadTestResources.ToJson(status).ToJsonString(), LoadTestResources.ToJson(read.Status).ToJsonString());
        Assert.Equal(Now.AddTicks(1234567), Instants.Read(read.Status.Bookkeeping!.PhaseTime));
        Assert.Equal(RunPhase.Finished, read.Status.Phase);
    }

    private static LoadTestStatus Passed(long generation) => new()
    {
        ObservedGeneration = generation, Phase = RunPhase.Finished, Verdict = nameof(Verdict.Passed), Reason = Reasons.ThresholdsMet, Message = "all held", Run = "t-1",
    };
}
