using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Lifecycle;
using static LoadTesting.Operator.Tests.Lifecycle.Given;

namespace LoadTesting.Operator.Tests.Lifecycle;

public sealed class RunLifecycleTests
{
    private static readonly RunDeadlines Limits = new();

    public static TheoryData<string, RunObservation, RunPhase, string, RunIntent[]> Table => new()
    {
        { "a new run prepares", Run(RunPhase.Pending, 0, Runner(0, PodSight.Absent, null)), RunPhase.Preparing, "Preparing", [] },
        { "a second run queues", Run(RunPhase.Pending, 0) with { MustQueue = true }, RunPhase.Queued, "Queued", [] },
        { "a run of a suspended test is held back", Run(RunPhase.Pending, 0) with { IsHeldBack = true }, RunPhase.Queued, "Suspended", [] },
        { "for as long as it takes", Run(RunPhase.Queued, 1_000_000) with { IsHeldBack = true, MustQueue = true }, RunPhase.Queued, "Suspended", [] },
        { "but it can be stopped", Run(RunPhase.Queued, 1) with { IsHeldBack = true, AbortAsked = true }, RunPhase.Finished, Reasons.AbortedByUser, [] },
        { "and what has begun is not held back", Run(RunPhase.Preparing, 1, Runner(0, PodSight.Absent, null)) with { IsHeldBack = true }, RunPhase.Preparing, "Preparing", [new RunIntent.CreateRunner(0)] },
        { "a bad manifest ends at once", Run(RunPhase.Pending, 0) with { Invalidity = "/x: y" }, RunPhase.Finished, Reasons.InvalidManifest, [] },
        { "objects come before Pods", Run(RunPhase.Preparing, 1, Runner(0, PodSight.Absent, null)) with { SupportExists = false }, RunPhase.Preparing, "Preparing", [new RunIntent.CreateSupportingObjects()] },
        { "only absent Pods are made", Run(RunPhase.Preparing, 1, Runner(0, PodSight.Pending, null), Runner(1, PodSight.Absent, null)), RunPhase.Preparing, "Preparing", [new RunIntent.CreateRunner(1)] },
        { "an image pull may fail for a while", Run(RunPhase.Preparing, 59, Runner(0, PodSight.ImagePullFailing, null)), RunPhase.Preparing, "Preparing", [] },
        { "an image that cannot be pulled", Run(RunPhase.Preparing, 61, Runner(0, PodSight.ImagePullFailing, null)), RunPhase.Evaluating, Reasons.ImagePullFailed, [] },
        { "no node", Run(RunPhase.Preparing, 61, Runner(0, PodSight.Unschedulable, null)), RunPhase.Evaluating, Reasons.Unschedulable, [] },
        { "quota", Run(RunPhase.Preparing, 61, Runner(0, PodSight.Refused, null) with { PodMessage = "exceeded quota: few" }), RunPhase.Evaluating, Reasons.QuotaExceeded, [] },
        { "admission", Run(RunPhase.Preparing, 61, Runner(0, PodSight.Refused, null) with { PodMessage = "denied" }), RunPhase.Evaluating, Reasons.PodRefused, [] },
        { "out of memory before the start", Run(RunPhase.Preparing, 1, Runner(0, PodSight.OutOfMemory, null)), RunPhase.Evaluating, Reasons.OutOfMemory, [] },
        { "ended before the start", Run(RunPhase.Preparing, 1, Runner(0, PodSight.Terminated, null)), RunPhase.Evaluating, Reasons.RunnerFailed, [] },
        { "the agent refuses the plan", Run(RunPhase.Preparing, 1, Runner(0) with { PlanRefusal = "/x" }), RunPhase.Evaluating, Reasons.InvalidManifest, [] },
        { "never ready", Run(RunPhase.Preparing, 301, Runner(0, PodSight.Pending, null)), RunPhase.Evaluating, Reasons.RunnersNotReady, [] },
        { "the target is waited for before setup", Run(RunPhase.Preparing, 1, Runner(0)) with { Target = StageAnswer.Awaited, Setup = StageAnswer.Awaited }, RunPhase.Preparing, "AwaitingTarget", [new RunIntent.AwaitTarget(0)] },
        { "a target that is not ready", Run(RunPhase.Preparing, 1, Runner(0)) with { Target = StageAnswer.Failed, TargetMessage = "x" }, RunPhase.Evaluating, Reasons.TargetNotReady, [] },
        { "setup is asked for", Run(RunPhase.Preparing, 1, Runner(0)) with { Setup = StageAnswer.Awaited }, RunPhase.Preparing, "SettingUp", [new RunIntent.RunSetup(0)] },
        { "setup fails", Run(RunPhase.Preparing, 1, Runner(0)) with { Setup = StageAnswer.Failed }, RunPhase.Evaluating, Reasons.SetupFailed, [] },
        { "setup's job could not be run", Run(RunPhase.Preparing, 1, Runner(0)) with { Setup = StageAnswer.Failed, SetupReason = Reasons.ImagePullFailed, SetupMessage = "x" }, RunPhase.Evaluating, Reasons.ImagePullFailed, [] },
        { "setup takes too long", Run(RunPhase.Preparing, 601, Runner(0)) with { Setup = StageAnswer.Awaited }, RunPhase.Evaluating, Reasons.SetupFailed, [] },
        { "but jobs have their own time", Run(RunPhase.Preparing, 601, Runner(0)) with { Setup = StageAnswer.Awaited, SetupJobs = new(1, TimeSpan.FromMinutes(1)) }, RunPhase.Preparing, "SettingUp", [new RunIntent.RunSetup(0)] },
        { "which ends", Run(RunPhase.Preparing, 961, Runner(0)) with { Setup = StageAnswer.Awaited, SetupJobs = new(1, TimeSpan.FromMinutes(1)) }, RunPhase.Evaluating, Reasons.SetupFailed, [] },
        { "so have those of verify", Ended(301) with { Runners = [Runner(0, agent: AgentStates.Finished)], Verify = StageAnswer.Awaited, LateJobs = new(1, TimeSpan.FromMinutes(1)) }, RunPhase.Evaluating, "Verifying", [new RunIntent.RunVerify(0)] },
        { "all ready: T0 is agreed, not yet posted", Run(RunPhase.Preparing, 1, Runner(0)), RunPhase.Running, "Starting", [] },
        { "T0 is posted on the runner's clock", Started(RunPhase.Running, 1, Runner(0) with { ClockOffset = TimeSpan.FromSeconds(3) }), RunPhase.Running, "Running", [new RunIntent.Start(0, Now.AddSeconds(4))] },
        { "a T0 that nobody heard of is moved", Started(RunPhase.Running, 9, Runner(0)), RunPhase.Running, "Starting", [] },
        { "abort stops", Started(RunPhase.Running, 9, Runner(0, agent: AgentStates.Running)) with { AbortAsked = true }, RunPhase.Evaluating, Reasons.AbortedByUser, [new RunIntent.Stop(0)] },
        { "a threshold stops all", Started(RunPhase.Running, 9, Runner(0, agent: AgentStates.Running)) with { ThresholdAbort = true }, RunPhase.Evaluating, "Evaluating", [new RunIntent.Stop(0, Interrupt: true)] },
        { "a lost runner stops the others", Started(RunPhase.Running, 9, Runner(0, agent: AgentStates.Running), Runner(1, PodSight.Absent, AgentStates.Running)), RunPhase.Evaluating, Reasons.RunnerLost, [new RunIntent.Stop(0)] },
        { "with continue it does not", Started(RunPhase.Running, 9, Runner(0, agent: AgentStates.Running), Runner(1, PodSight.Absent, AgentStates.Running)) with { OnLoss = LossPolicy.Continue }, RunPhase.Running, "Running", [] },
        { "the run's deadline", Started(RunPhase.Running, 93, Runner(0, agent: AgentStates.Running)), RunPhase.Evaluating, Reasons.DeadlineExceeded, [new RunIntent.Stop(0)] },
        { "a runner that never heard of T0 holds nobody up", Started(RunPhase.Evaluating, 3, Runner(0)) with { Outcome = new(Verdict.Aborted, Reasons.AbortedByUser, "x"), Judged = new(Verdict.Aborted, Reasons.AbortedByUser, "y"), EvidenceStored = true }, RunPhase.Finished, Reasons.AbortedByUser, [] },
        { "one that knows T0 does", Started(RunPhase.Evaluating, 3, Runner(0, agent: AgentStates.Armed)) with { Outcome = new(Verdict.Aborted, Reasons.AbortedByUser, "x") }, RunPhase.Evaluating, "Stopping", [new RunIntent.Stop(0)] },
        { "verify before teardown", Ended() with { Verify = StageAnswer.Awaited, Teardown = StageAnswer.Awaited }, RunPhase.Evaluating, "Verifying", [new RunIntent.RunVerify(0)] },
        { "teardown before the evidence", Ended() with { Teardown = StageAnswer.Awaited, Judged = Passed }, RunPhase.Evaluating, "TearingDown", [new RunIntent.RunTeardown(0)] },
        { "evidence before the verdict", Ended() with { Judged = Passed }, RunPhase.Evaluating, "StoringEvidence", [new RunIntent.StoreEvidence(Passed)] },
        { "the verdict", Ended() with { Judged = Passed, EvidenceStored = true }, RunPhase.Finished, Reasons.ThresholdsMet, [] },
        { "a proven break outweighs a lost runner", Ended() with { Outcome = new(Verdict.Invalid, Reasons.RunnerLost, "x"), Judged = Broken, EvidenceStored = true }, RunPhase.Finished, Reasons.ThresholdsFailed, [] },
        { "finished: acknowledge, then delete", Ended() with { Phase = RunPhase.Finished, Outcome = Passed }, RunPhase.Finished, Reasons.ThresholdsMet, [new RunIntent.Acknowledge(0), new RunIntent.DeleteRunners()] },
        { "deletion stops the load", Started(RunPhase.Running, 9, Runner(0, agent: AgentStates.Running)) with { IsDeleted = true }, RunPhase.Finished, Reasons.AbortedByUser, [new RunIntent.Stop(0, Interrupt: true), new RunIntent.DeleteRunners()] },
        { "with replace a lost runner gets a successor, written down first", Started(RunPhase.Running, 9, Runner(0, agent: AgentStates.Running), Runner(1, PodSight.Absent, AgentStates.Running)) with { OnLoss = LossPolicy.Replace }, RunPhase.Running, "Running", [] },
        { "whose Pod is made", Started(RunPhase.Running, 9, Runner(0, agent: AgentStates.Running), Runner(1, PodSight.Absent, null) with { Incarnation = 1 }) with { OnLoss = LossPolicy.Replace }, RunPhase.Running, "Running", [new RunIntent.CreateRunner(1)] },
        { "which takes over at an agreed instant", Started(RunPhase.Running, 9, Runner(0, agent: AgentStates.Running), Runner(1) with { Incarnation = 1, ResumeAt = Now.AddSeconds(1) }) with { OnLoss = LossPolicy.Replace }, RunPhase.Running, "Running", [new RunIntent.Start(1, Now.AddSeconds(-7), Now.AddSeconds(1))] },
        { "one that does not come in time holds nobody up", Started(RunPhase.Running, 63, Runner(0, agent: AgentStates.Finished), Runner(1, PodSight.Unschedulable, null) with { Incarnation = 1 }) with { OnLoss = LossPolicy.Replace }, RunPhase.Evaluating, "Evaluating", [] },
        { "nor the verdict", Started(RunPhase.Evaluating, 9, Runner(0, agent: AgentStates.Finished), Runner(1, PodSight.Unschedulable, null) with { Incarnation = 1 }) with { OnLoss = LossPolicy.Replace, Judged = Passed }, RunPhase.Evaluating, "StoringEvidence", [new RunIntent.StoreEvidence(Passed)] },
        { "the Pod of a replaced runner goes with the others", Ended() with { Phase = RunPhase.Finished, Outcome = Passed, Runners = [Runner(0, PodSight.Absent, AgentStates.Acknowledged)], PodsLeft = 1 }, RunPhase.Finished, Reasons.ThresholdsMet, [new RunIntent.DeleteRunners()] },
        { "the fourth loss is one too many", Started(RunPhase.Running, 9, Runner(0, agent: AgentStates.Finished), Runner(1, PodSight.Terminated, AgentStates.Running) with { Incarnation = 3 }) with { OnLoss = LossPolicy.Replace }, RunPhase.Evaluating, "Evaluating", [] },
        { "a stopped load may end its iterations", Started(RunPhase.Evaluating, 2, Runner(0, agent: AgentStates.Stopping)), RunPhase.Evaluating, "Stopping", [new RunIntent.Stop(0)] },
        { "but not for long", Started(RunPhase.Evaluating, 4, Runner(0, agent: AgentStates.Stopping)), RunPhase.Evaluating, "Stopping", [new RunIntent.Stop(0, Interrupt: true)] },
        { "a container that cannot be made", Run(RunPhase.Preparing, 61, Runner(0, PodSight.ContainerFailing, null)), RunPhase.Evaluating, Reasons.RunnerFailed, [] },
        { "a plan that nobody takes ends at once", Run(RunPhase.Preparing, 1, Runner(0, PodSight.Absent, null)) with { SupportExists = false, Obstacle = new(Hope.None, Reasons.InvalidManifest, "x") }, RunPhase.Evaluating, Reasons.InvalidManifest, [] },
        { "a name that is taken may become free", Run(RunPhase.Preparing, 59, Runner(0, PodSight.Absent, null)) with { SupportExists = false, Obstacle = Taken(59) }, RunPhase.Preparing, "Preparing", [new RunIntent.CreateSupportingObjects()] },
        { "but not for ever", Run(RunPhase.Preparing, 61, Runner(0, PodSight.Absent, null)) with { SupportExists = false, Obstacle = Taken(61) }, RunPhase.Evaluating, Reasons.NameTaken, [] },
        { "what comes late has as long", Run(RunPhase.Preparing, 120, Runner(0, PodSight.Absent, null)) with { SupportExists = false, Obstacle = Taken(30) }, RunPhase.Preparing, "Preparing", [new RunIntent.CreateSupportingObjects()] },
        { "an API server with trouble is waited for as long as the phase lasts", Run(RunPhase.Preparing, 299, Runner(0, PodSight.Absent, null)) with { SupportExists = false, Obstacle = Busy }, RunPhase.Preparing, "Preparing", [new RunIntent.CreateSupportingObjects()] },
        { "and no longer", Run(RunPhase.Preparing, 301, Runner(0, PodSight.Absent, null)) with { SupportExists = false, Obstacle = Busy }, RunPhase.Evaluating, Reasons.RunnersNotReady, [] },
        { "a Pod that no API server takes ends the run at once", Run(RunPhase.Preparing, 1, Runner(0, PodSight.Refused, null) with { Refusal = new(Hope.None, Reasons.PodRefused, "x") }), RunPhase.Evaluating, Reasons.PodRefused, [] },
        { "one that comes late has its minute", Run(RunPhase.Preparing, 100, Runner(0, PodSight.ImagePullFailing, null) with { TroubledSince = Now.AddSeconds(-59) }), RunPhase.Preparing, "Preparing", [] },
        { "and ends after it", Run(RunPhase.Preparing, 100, Runner(0, PodSight.ContainerFailing, null) with { TroubledSince = Now.AddSeconds(-61) }), RunPhase.Evaluating, Reasons.RunnerFailed, [] },
        { "a snapshot that is refused ends a run that has not begun", Run(RunPhase.Pending, 1) with { Obstacle = new(Hope.None, Reasons.ObjectRefused, "x") }, RunPhase.Finished, Reasons.ObjectRefused, [] },
        { "or is said while it may pass", Run(RunPhase.Pending, 1) with { Obstacle = Taken(1) }, RunPhase.Pending, "Pending", [] },
        { "evidence that nobody takes costs a Passed", Ended() with { Judged = Passed, Obstacle = Taken(61) }, RunPhase.Finished, Reasons.NameTaken, [] },
        { "and no other verdict", Ended() with { Judged = Broken, Obstacle = Taken(61) }, RunPhase.Finished, Reasons.ThresholdsFailed, [] },
        { "it may pass", Ended() with { Judged = Passed, Obstacle = Taken(10) }, RunPhase.Evaluating, "StoringEvidence", [new RunIntent.StoreEvidence(Passed)] },
        { "without load nobody waits for evidence", Run(RunPhase.Evaluating, 1, Runner(0, PodSight.Absent, null)) with { Outcome = Error, Obstacle = Taken(0) }, RunPhase.Finished, Reasons.QuotaExceeded, [] },
        { "a Pod being taken away is lost though its runner still answers", Started(RunPhase.Running, 9, Runner(0, PodSight.Deleting, AgentStates.Running)), RunPhase.Evaluating, Reasons.RunnerLost, [] },
        { "a runner that SIGTERM ended is lost before its Pod is seen to go", Started(RunPhase.Running, 9, Runner(0, agent: AgentStates.Running), Runner(1, agent: AgentStates.Terminated)), RunPhase.Evaluating, Reasons.RunnerLost, [new RunIntent.Stop(0)] },
        { "also when it is the only one", Started(RunPhase.Running, 9, Runner(0, agent: AgentStates.Terminated)), RunPhase.Evaluating, Reasons.RunnerLost, [] },
        { "and when nothing is left of its Pod", Started(RunPhase.Running, 9, Runner(0, agent: AgentStates.Finished), Runner(1, PodSight.Absent, AgentStates.Terminated)), RunPhase.Evaluating, Reasons.RunnerLost, [] },
        { "with continue the others go on", Started(RunPhase.Running, 9, Runner(0, agent: AgentStates.Running), Runner(1, agent: AgentStates.Terminated)) with { OnLoss = LossPolicy.Continue }, RunPhase.Running, "Running", [] },
        { "it is not asked to verify", Started(RunPhase.Evaluating, 9, Runner(0, agent: AgentStates.Terminated), Runner(1, agent: AgentStates.Finished)) with { Verify = StageAnswer.Awaited }, RunPhase.Evaluating, "Verifying", [new RunIntent.RunVerify(1)] },
        { "and under fail its share is missing, however late it went", Started(RunPhase.Evaluating, 9, Runner(0, agent: AgentStates.Finished), Runner(1, agent: AgentStates.Terminated)) with { Judged = Passed, EvidenceStored = true }, RunPhase.Finished, Reasons.RunnerLost, [] },
        { "a runner that was lost stays lost, though it came to an end", Started(RunPhase.Running, 9, Runner(0, agent: AgentStates.Running), Runner(1, agent: AgentStates.Finished) with { WasLost = true }), RunPhase.Evaluating, Reasons.RunnerLost, [new RunIntent.Stop(0)] },
        { "without the first runner the second one tears down", Started(RunPhase.Evaluating, 9, Runner(0, PodSight.Absent, AgentStates.Running), Runner(1, agent: AgentStates.Finished)) with { Teardown = StageAnswer.Awaited, Outcome = new(Verdict.Invalid, Reasons.RunnerLost, "x") }, RunPhase.Evaluating, "TearingDown", [new RunIntent.RunTeardown(1)] },
        { "after a failed setup there is no teardown, as in k6", Run(RunPhase.Evaluating, 1, Runner(0)) with { Setup = StageAnswer.Failed, Teardown = StageAnswer.Awaited, Outcome = Broken }, RunPhase.Evaluating, "StoringEvidence", [new RunIntent.StoreEvidence(Broken)] },
        { "an abort is told with what was measured until then", Ended() with { Outcome = new(Verdict.Aborted, Reasons.AbortedByUser, "x"), Judged = new(Verdict.Aborted, Reasons.AbortedByUser, "after 9s"), EvidenceStored = true }, RunPhase.Finished, Reasons.AbortedByUser, [] },
    };

    [Theory]
    [MemberData(nameof(Table), DisableDiscoveryEnumeration = true)]
    public void Every_situation_has_its_step(string situation, RunObservation seen, RunPhase phase, string reason, RunIntent[] intents)
    {
        var decision = RunLifecycle.Decide(seen, Limits);

        Assert.True(phase == decision.Phase && reason == decision.Reason, $"{situation}: wanted {phase} {reason}, got {decision.Phase} {decision.Reason}");
        Assert.Equal(intents, decision.Intents);
    }

    [Fact]
    public void A_deadline_says_what_was_in_the_way()
    {
        var seen = Run(RunPhase.Preparing, 301, Runner(0, PodSight.Absent, null)) with { SupportExists = false, Obstacle = Busy };
        Assert.Equal("0 of 1 runners were ready within 00:05:00. ConfigMap run cannot be made at the moment: 503.", RunLifecycle.Decide(seen, Limits).Message);

        var lost = RunLifecycle.Decide(Ended() with { Judged = Broken, Obstacle = Taken(61) }, Limits);
        Assert.Equal("max<500: 900 ms. The evidence is not stored: ConfigMap run exists already and does not belong to this run. Delete or rename it, or give the LoadTestRun another name.", lost.Message);
    }

    public static TheoryData<RunObservation, double?> Deadlines => new()
    {
        { Run(RunPhase.Pending, 10), 50 },
        { Run(RunPhase.Queued, 10), 86390 },
        { Run(RunPhase.Preparing, 10), 50 },
        { Run(RunPhase.Preparing, 61), 239 },
        { Run(RunPhase.Preparing, 100, Runner(0) with { TroubledSince = Now.AddSeconds(-20) }), 40 },
        { Run(RunPhase.Preparing, 301), 59 },
        { Run(RunPhase.Preparing, 361), 239 },
        { Run(RunPhase.Running, 1), 91 },
        { Run(RunPhase.Running, 100), null },
        { Run(RunPhase.Evaluating, 1), 2 },
        { Run(RunPhase.Evaluating, 4), 56 },
        { Run(RunPhase.Evaluating, 61), 239 },
        { Run(RunPhase.Evaluating, 301), null },
        { Run(RunPhase.Finished, 1), null },
    };

    [Theory]
    [MemberData(nameof(Deadlines), DisableDiscoveryEnumeration = true)]
    public void The_next_deadline_is_known_whatever_fails_meanwhile(RunObservation seen, double? seconds) =>
        Assert.Equal(seconds, (RunLifecycle.NextDeadline(seen, Limits) - Now)?.TotalSeconds);

    [Fact]
    public void Nothing_but_time_changes_a_decision_before_the_next_deadline() => Holds(seen =>
    {
        // Runners' silence, an agreed start and the end of the plan are heard on the heartbeat, not on a deadline.
        seen = seen with { Phase = RunPhase.Preparing, StartAt = null, Outcome = null };
        var until = RunLifecycle.NextDeadline(seen, Limits) ?? seen.Now.AddDays(1);
        var (now, then) = (RunLifecycle.Decide(seen, Limits), RunLifecycle.Decide(seen with { Now = until }, Limits));
        return now.Phase == then.Phase && now.Reason == then.Reason;
    });

    [Fact]
    public void Deciding_twice_gives_the_same() => Holds(seen =>
    {
        var (one, two) = (RunLifecycle.Decide(seen, Limits), RunLifecycle.Decide(seen, Limits));
        IReadOnlyList<RunIntent> none = [];
        RunDecision Bare(RunDecision decision) => decision with { Intents = none, Replaced = [], Resumed = [] };
        return Bare(one) == Bare(two) && one.Intents.SequenceEqual(two.Intents) && one.Replaced.SequenceEqual(two.Replaced) && one.Resumed.SequenceEqual(two.Resumed);
    });

    [Fact]
    public void No_phase_leads_backwards() => Holds(seen => RunLifecycle.Decide(seen, Limits).Phase >= seen.Phase);

    [Fact]
    public void A_finished_run_only_cleans_up() => Holds(seen => RunLifecycle.Decide(seen with { Phase = RunPhase.Finished }, Limits) is { Phase: RunPhase.Finished } done
        && done.Intents.All(i => i is RunIntent.Acknowledge or RunIntent.DeleteRunners));

    [Fact]
    public void Pods_are_made_only_where_there_are_none_and_only_before_the_start() => Holds(seen => RunLifecycle.Decide(seen, Limits).Intents.OfType<RunIntent.CreateRunner>()
        .All(c => (seen.Phase == RunPhase.Preparing || seen.Runners[c.Index].Incarnation > 0) && seen.Runners[c.Index].Pod is PodSight.Absent or PodSight.Refused));

    [Fact]
    public void Time_alone_ends_every_run() => Holds(seen => Elapse(seen) is { Phase: RunPhase.Finished, Outcome: not null });

    [Fact]
    public void With_a_runner_lost_and_the_policy_fail_no_run_passes() => Holds(seen =>
    {
        var lost = seen.Runners.Select((r, i) => i > 0 ? r : r with { Pod = PodSight.Terminated, Agent = AgentStates.Running }).ToList();
        return Elapse(seen with { Runners = lost, OnLoss = LossPolicy.Fail, Judged = Passed, EvidenceStored = true }).Outcome?.Verdict != Verdict.Passed;
    });

    [Fact]
    public void A_replacement_is_agreed_before_it_is_started()
    {
        var seen = Started(RunPhase.Running, 9, Runner(0, agent: AgentStates.Running), Runner(1) with { Incarnation = 1 }) with { OnLoss = LossPolicy.Replace };

        var decision = RunLifecycle.Decide(seen, Limits);

        Assert.Empty(decision.Intents);
        Assert.Equal([new Resumption(1, Now + Limits.StartLead)], decision.Resumed);
        Assert.Equal([1], RunLifecycle.Decide(seen with { Runners = [seen.Runners[0], Runner(1, PodSight.Absent, AgentStates.Running)] }, Limits).Replaced);
    }

    /// <summary>A plan of 60 s and 30 s of grace: the replacement is ready after so many seconds.</summary>
    [Theory]
    [InlineData(10, true, RunPhase.Running)]
    [InlineData(57, true, RunPhase.Running)]
    [InlineData(58, false, RunPhase.Evaluating)]
    [InlineData(70, false, RunPhase.Evaluating)]
    public void Nobody_takes_over_when_the_plan_has_ended(int after, bool resumes, RunPhase phase)
    {
        var seen = Started(RunPhase.Running, after + 2, Runner(0, agent: AgentStates.Finished), Runner(1) with { Incarnation = 1 }) with
        {
            OnLoss = LossPolicy.Replace, PlannedDuration = TimeSpan.FromSeconds(60), MaxDuration = TimeSpan.FromSeconds(90),
        };

        var decision = RunLifecycle.Decide(seen, Limits);

        Assert.Equal((resumes, phase), (decision.Resumed.Count == 1, decision.Phase));
        Assert.All(decision.Resumed, r => Assert.True(r.At < seen.StartAt!.Value.AddSeconds(60)));
        // Nor is anybody made for what is over.
        var lost = seen with { Runners = [Runner(0, agent: AgentStates.Running), Runner(1, PodSight.Absent, AgentStates.Running)] };
        Assert.Equal(resumes, RunLifecycle.Decide(lost, Limits).Replaced.Count == 1);
    }

    [Fact]
    public void A_predecessor_that_still_runs_is_taken_away_before_its_successor_is_made()
    {
        var seen = Started(RunPhase.Running, 9, Runner(0, agent: AgentStates.Running), Runner(1, PodSight.Absent, null) with { Incarnation = 1, IsHaunted = true }) with { OnLoss = LossPolicy.Replace };

        Assert.Equal([new RunIntent.DeletePredecessors(1), new RunIntent.CreateRunner(1)], RunLifecycle.Decide(seen, Limits).Intents);
    }

    [Theory]
    [InlineData(PodSight.Running, AgentStates.Running, 1, 0, false)]
    [InlineData(PodSight.Running, AgentStates.Running, 3, 0, true)]
    [InlineData(PodSight.Running, AgentStates.Finished, 9, 0, false)]
    [InlineData(PodSight.Deleting, AgentStates.Running, 0, 0, true)]
    [InlineData(PodSight.Absent, AgentStates.Finished, 0, 0, true)]
    [InlineData(PodSight.Running, AgentStates.Running, 0, 1, true)]
    public void Half_a_silence_is_enough_to_keep_what_was_said(PodSight pod, string agent, int silent, int incarnation, bool expected)
    {
        var runner = Runner(0, pod, agent) with { LastHeard = Now.AddSeconds(-silent), Incarnation = incarnation };
        Assert.Equal(expected, runner.MayBeTheLast(new Metrics.WorkerSnapshot(0, 1, 1, false, Metrics.Snapshot.Empty), Now, Limits.Silence));
    }

    private static Obstacle Busy { get; } = new(Hope.Retry, Reasons.ObjectRefused, "ConfigMap run cannot be made at the moment: 503.");

    private static VerdictDecision Error { get; } = new(Verdict.Error, Reasons.QuotaExceeded, "x");

    private static Obstacle Taken(double seconds) => Obstacle.Taken("ConfigMap run") with { Since = Now.AddSeconds(-seconds) };

    private static RunObservation Ended(double seconds = 9) => Started(RunPhase.Evaluating, seconds, Runner(0, agent: AgentStates.Finished));

    private static void Holds(Func<RunObservation, bool> law) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Any.ToArbitrary(), law));

    /// <summary>Nothing happens but time, in steps of 30 s for two days.</summary>
    private static RunDecision Elapse(RunObservation seen)
    {
        var decision = RunLifecycle.Decide(seen, Limits);
        for (var step = 0; step < 6000 && decision.Phase != RunPhase.Finished; step++)
        {
            var now = seen.Now.AddSeconds(30);
            seen = seen with
            {
                Now = now,
                PhaseSince = decision.Phase == seen.Phase ? seen.PhaseSince : seen.Now,
                Phase = decision.Phase,
                StartAt = decision.StartAt,
                Outcome = decision.Outcome,
            };
            decision = RunLifecycle.Decide(seen, Limits);
        }

        return decision;
    }
}
