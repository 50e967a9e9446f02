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
        var test = new LoadTest { Metadata = new ObjectMeta { Name = "t", Uid = "u", Generation = 2 }, Spec = new JsonObject { ["target"] = "http://new" }, Status = Passed(1) };
        var old = new LoadTestRun { Metadata = new ObjectMeta { Name = "t-1" }, Spec = new LoadTestRunSpec { LoadTestRef = new LoadTestReference { Name = "t" } }, Status = Passed(1) };
        var seen = TestObserver.Observe(test, new(), [old]);
        var decision = TestLifecycle.Decide(seen);

        var next = TestStatus.Next(test, seen, decision, [old], null, Now);

        Assert.True(decision.CreatesRun);
        Assert.Equal((2, null, "True", "Unknown"), (next.ObservedGeneration, next.Verdict, next.Conditions!.Find("Reconciling")?.Status, next.Conditions!.Find("Ready")!.Status));
    }

    [Fact]
    public void What_says_when_runs_are_made_is_no_cause_for_one_and_the_order_of_fields_is_none()
    {
        static string Cause(string spec) => SpecDigest.Of(JsonNode.Parse(spec)!.AsObject());

        var cause = Cause("""{"target":"http://a","http":{"timeout":"1s","redirects":2}}""");
        Assert.Equal(cause, Cause("""{"suspend":true,"history":{"passed":1},"onChange":"replace","http":{"redirects":2,"timeout":"1s"},"target":"http://a","env":null}"""));
        Assert.NotEqual(cause, Cause("""{"target":"http://b","http":{"timeout":"1s","redirects":2}}"""));
        Assert.NotEqual(cause, Cause("""{"target":"http://a","http":{"timeout":"1s","redirects":3}}"""));
    }

    [Fact]
    public void A_run_has_the_digest_of_its_test_exactly_when_it_changes_nothing()
    {
        var snapshot = JsonNode.Parse("""{"target":"http://a"}""")!.AsObject();
        var run = new LoadTestRunSpec { LoadTestRef = new LoadTestReference { Name = "t" }, Snapshot = snapshot };

        LoadTestRunSpec[] changed = [run with { Target = "http://a" }, run with { Profile = "" }, run with { Variables = [] }, run with { Target = "http://b" }];
        Assert.Equal(SpecDigest.Of(snapshot), SpecDigest.Of(run));
        Assert.Equal(SpecDigest.Of(snapshot), SpecDigest.Of(run with { Abort = true }));
        Assert.Equal(changed.Length + 1, changed.Select(SpecDigest.Of).Append(SpecDigest.Of(run)).Distinct().Count());
    }

    [Fact]
    public void Suspend_says_what_it_does_to_a_run_that_has_begun()
    {
        var test = new LoadTest { Metadata = new ObjectMeta { Name = "t", Uid = "u", Generation = 2 }, Spec = new JsonObject { ["target"] = "http://a", ["suspend"] = true } };
        var name = LoadTesting.Operator.Workloads.Names.Run("t", "u", 1);
        var run = new LoadTestRun
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                Annotations = new Dictionary<string, string> { ["loadtest.dev/sequence"] = "1", ["loadtest.dev/generation"] = "1" },
                OwnerReferences = [new OwnerReference { ApiVersion = LoadTestResources.ApiVersion, Kind = "LoadTest", Name = "t", Uid = "u", Controller = true }],
            },
            Spec = new LoadTestRunSpec { LoadTestRef = new LoadTestReference { Name = "t" }, Snapshot = new JsonObject { ["target"] = "http://a" } },
            Status = new LoadTestStatus { Phase = RunPhase.Running, Reason = "Running", Message = "Load is being sent." },
        };
        test = test with { Status = new LoadTestStatus { Bookkeeping = new Bookkeeping { Uid = "u", Sequence = 1, Started = true, Cause = SpecDigest.Of(test.Spec) } } };
        var seen = TestObserver.Observe(test, new() { Suspend = true }, [run]);

        var next = TestStatus.Next(test, seen, TestLifecycle.Decide(seen), [run], null, Now);

        Assert.Equal("Load is being sent. spec.suspend holds back further runs, not this one.", next.Message);
        var note = Assert.Single(TestStatus.Notes(test.Status, next));
        Assert.Equal((false, "Suspended", $"spec.suspend holds back further runs. Run {name} has begun and goes on; `loadtest stop` ends it."), note);
        Assert.Empty(TestStatus.Notes(next, next));

        var changed = test with { Spec = new JsonObject { ["target"] = "http://b", ["suspend"] = true } };
        seen = TestObserver.Observe(changed, new() { Suspend = true }, [run]);
        next = TestStatus.Next(changed, seen, TestLifecycle.Decide(seen), [run], null, Now);
        Assert.Equal($"spec.suspend holds back the run of this spec. Run {name} has begun and goes on; `loadtest stop` ends it.", next.Message);
    }

    [Fact]
    public void A_run_that_is_not_taken_is_an_error_after_a_minute_with_its_cause()
    {
        var test = new LoadTest { Metadata = new ObjectMeta { Name = "t", Uid = "u", Generation = 2 }, Spec = new JsonObject { ["target"] = "http://new" }, Status = Passed(1) };
        var decision = TestLifecycle.Decide(TestObserver.Observe(test, new(), []));
        var (quota, broken) = (new Obstacle(Hope.Somebody, Reasons.QuotaExceeded, "No room."), new Obstacle(Hope.None, Reasons.ObjectRefused, "Too large."));

        var first = TestStatus.Refused(test, decision, quota, new RunDeadlines(), Now);
        var later = TestStatus.Refused(test with { Status = first }, decision, quota, new RunDeadlines(), Now.AddSeconds(61));
        var atOnce = TestStatus.Refused(test, decision, broken, new RunDeadlines(), Now);

        Assert.Equal((RunPhase.Pending, null, Reasons.QuotaExceeded, "Unknown"), (first.Phase, first.Verdict, first.Reason, first.Conditions!.Find("Succeeded")!.Status));
        Assert.Equal((RunPhase.Finished, "Error", "No room.", "True"), (later.Phase, later.Verdict, later.Message, later.Conditions!.Find("Stalled")!.Status));
        Assert.Equal("Error", atOnce.Verdict);
        Assert.All([first, later, atOnce], s => Assert.False(s.Bookkeeping!.Started));
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
