using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Lifecycle;

namespace LoadTesting.Operator.Tests.Lifecycle;

/// <summary>Observations for tables and laws.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly VerdictDecision Passed = new(Verdict.Passed, Reasons.ThresholdsMet, "2 thresholds hold.");

    public static readonly VerdictDecision Broken = new(Verdict.Failed, Reasons.ThresholdsFailed, "max<500: 900 ms.");

    public static RunnerObservation Runner(int index, PodSight pod = PodSight.Running, string? agent = AgentStates.Ready) => new(index, pod) { Agent = agent, LastHeard = Now };

    public static RunObservation Run(RunPhase phase, double seconds, params RunnerObservation[] runners) =>
        new(Now, phase, Now.AddSeconds(-seconds), runners) { SupportExists = true, MaxDuration = TimeSpan.FromMinutes(1) };

    public static RunObservation Started(RunPhase phase, double seconds, params RunnerObservation[] runners) =>
        Run(phase, seconds, runners) with { StartAt = Now.AddSeconds(2 - seconds) };

    public static Gen<RunObservation> Any { get; } =
        from phase in Gen.Elements(Enum.GetValues<RunPhase>())
        from seconds in Gen.Choose(0, 1000)
        from runners in AnyRunners
        from flags in Gen.Elements(false, true, false).ArrayOf(7)
        from setup in Stage
        from verify in Stage
        from teardown in Stage
        from loss in Gen.Elements(Enum.GetValues<LossPolicy>())
        from judged in Gen.Elements(null, Passed, Broken)
        from outcome in Gen.Elements(null, null, RunLifecycleOutcome)
        select Run(phase, seconds, runners) with
        {
            StartAt = flags[0] || phase == RunPhase.Running ? Now.AddSeconds(2 - seconds) : null,
            AbortAsked = flags[1],
            MustQueue = flags[2],
            SupportExists = flags[3],
            ThresholdAbort = flags[4],
            EvidenceStored = flags[5],
            Invalidity = flags[6] ? "/scenarios: required" : null,
            Setup = setup,
            Verify = verify,
            Teardown = teardown,
            OnLoss = loss,
            Judged = judged,
            Outcome = phase >= RunPhase.Evaluating ? outcome : null,
        };

    private static VerdictDecision RunLifecycleOutcome { get; } = new(Verdict.Invalid, Reasons.RunnerLost, "Runner 0 was lost.");

    private static Gen<StageAnswer> Stage => Gen.Elements(Enum.GetValues<StageAnswer>());

    private static Gen<RunnerObservation[]> AnyRunners =>
        from count in Gen.Choose(1, 4)
        from pods in Gen.Elements(Enum.GetValues<PodSight>()).ArrayOf(count)
        from agents in Gen.Elements(null, AgentStates.Ready, AgentStates.Running, AgentStates.Finished, AgentStates.Terminated).ArrayOf(count)
        from silent in Gen.Choose(0, 10).ArrayOf(count)
        from incarnations in Gen.Elements(0, 0, 0, 1, 3).ArrayOf(count)
        select Enumerable.Range(0, count).Select(i => Runner(i, pods[i], agents[i]) with { LastHeard = Now.AddSeconds(-silent[i]), Incarnation = incarnations[i] }).ToArray();
}
