using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Lifecycle;

/// <summary>
/// The life of a run as a pure function of what is seen. No arrow leads backwards; an error or an abort settles the outcome and goes on to Evaluating, so that
/// teardown and evidence are not skipped.
/// <code>
/// Pending ──▶ Queued ──▶ Preparing ──▶ Running ──▶ Evaluating ──▶ Finished (acknowledge, delete Pods)
///    │           │           │            │             ▲
///    │           │           │            └─ finished, ThresholdAbort, RunnerLost, AbortedByUser, DeadlineExceeded
///    │           │           └─ ImagePullFailed, Unschedulable, QuotaExceeded, PodRefused, OutOfMemory, RunnerFailed, InvalidManifest,
///    │           │              RunnersNotReady, SetupFailed, AbortedByUser
///    └───────────┴─ InvalidManifest, AbortedByUser, DeadlineExceeded ──▶ Finished
/// </code>
/// T0 is written before it is posted: an operator that dies in between posts the same instant. A T0 that went by before any runner knew of it is moved.
/// A runner that is lost after the start is made again only where the policy says replace, and then as another incarnation that resumes the share from a later instant:
/// nothing that was sent is sent again, and what its predecessor said last still counts.
/// </summary>
public static class RunLifecycle
{
    /// <summary>The next step of a run.</summary>
    public static RunDecision Decide(RunObservation seen, RunDeadlines limits) => seen switch
    {
        { IsDeleted: true } => Delete(seen, limits),
        { Phase: RunPhase.Finished } => CleanUp(seen, limits),
        { Phase: RunPhase.Evaluating } => Evaluation.Decide(seen, limits),
        { Phase: RunPhase.Running } => Run(seen, limits),
        { AbortAsked: true } => Settle(seen, limits, Aborted(seen)),
        { Invalidity: { } problems } => Settle(seen, limits, Error(Reasons.InvalidManifest, problems)),
        { Phase: RunPhase.Pending or RunPhase.Queued, Obstacle: { } obstacle } when obstacle.IsOver(seen.Now, seen.PhaseSince, limits) => Settle(seen, limits, Error(obstacle.Reason, obstacle.Message)),
        { Phase: RunPhase.Pending, Obstacle: { } obstacle } => Stay(seen, limits, "Pending", obstacle.Message),
        { Phase: RunPhase.Preparing } => Preparation.Decide(seen, limits),
        { IsHeldBack: true } => Stay(seen, limits, "Suspended", "spec.suspend of the test holds it back.") with { Phase = RunPhase.Queued },
        { MustQueue: true } when seen.Phase == RunPhase.Queued && Waited(seen) > limits.Queue =>
            Settle(seen, limits, Error(Reasons.DeadlineExceeded, $"Another run of the same test did not end within {limits.Queue}.")),
        { MustQueue: true } => Stay(seen, limits, "Queued", "Waits for another run of the same test.") with { Phase = RunPhase.Queued },
        _ => Stay(seen, limits, "Preparing", "Runners are being made.") with { Phase = RunPhase.Preparing },
    };

    internal static VerdictDecision Aborted(RunObservation seen) => new(
        Verdict.Aborted,
        Reasons.AbortedByUser,
        seen.ReplacedBy is { } by ? $"Stopped: the spec of the test was changed, and run {by} replaces this one (spec.onChange)." : "Stopped by spec.abort.");

    internal static VerdictDecision Error(string reason, string message) => new(Verdict.Error, reason, message);

    /// <summary>
    /// When time alone changes what is decided, at the latest: a pass that fails is tried again by then, however often it failed before. The nearest instant
    /// that has not gone by; null in a phase without one.
    /// </summary>
    public static DateTimeOffset? NextDeadline(RunObservation seen, RunDeadlines limits)
    {
        TimeSpan[] limitsOfPhase = seen.Phase switch
        {
            RunPhase.Pending => [limits.Obstacle],
            RunPhase.Queued => [limits.Queue],
            RunPhase.Preparing => [limits.Obstacle, limits.Ready, limits.Ready + seen.TargetTimeout + limits.Obstacle, limits.Ready + seen.TargetTimeout + limits.Setup + limits.Of(seen.SetupJobs)],
            RunPhase.Running => [limits.StartLead + seen.MaxDuration + limits.RunGrace],
            RunPhase.Evaluating => [limits.StopGrace, limits.Obstacle, limits.Evaluate + limits.Of(seen.LateJobs)],
            _ => [],
        };
        var obstacles = seen.Runners.Select(r => r.TroubledSince).Append(seen.Obstacle?.Since).OfType<DateTimeOffset>().Select(since => since + limits.Obstacle);
        return limitsOfPhase.Select(l => seen.PhaseSince + l).Concat(obstacles).Where(at => at >= seen.Now).Select(at => (DateTimeOffset?)at).Min();
    }

    internal static TimeSpan Waited(RunObservation seen) => seen.Now - seen.PhaseSince;

    internal static RunDecision Stay(RunObservation seen, RunDeadlines limits, string reason, string message, params IReadOnlyList<RunIntent> intents) =>
        new(seen.Phase, reason, message) { StartAt = seen.StartAt, Outcome = seen.Outcome, Intents = intents, LookAgain = seen.Now + limits.Beat };

    /// <summary>Settles an outcome: before any Pod was made the run is over, after that Evaluating winds it up.</summary>
    internal static RunDecision Settle(RunObservation seen, RunDeadlines limits, VerdictDecision outcome) =>
        Stay(seen, limits, outcome.Reason, outcome.Message, seen.StartAt is null ? [] : Stops(seen, interrupt: false)) with
        {
            Phase = seen.Phase is RunPhase.Preparing or RunPhase.Running ? RunPhase.Evaluating : RunPhase.Finished,
            Outcome = outcome,
        };

    internal static IReadOnlyList<RunIntent> Stops(RunObservation seen, bool interrupt) =>
        [.. seen.Runners.Where(r => r.Pod == PodSight.Running && !r.IsFinished && !r.WasTerminated).Select(r => new RunIntent.Stop(r.Index, interrupt))];

    /// <summary>
    /// Who runs what runs once: the first runner, and when it was lost the first that is left. Null when none can. A runner that is not the first has its final snapshot
    /// already, so what it samples in verify and teardown is not in the metrics.
    /// </summary>
    internal static int? StageRunner(RunObservation seen, RunDeadlines limits) =>
        seen.Runners.FirstOrDefault(r => r.Answers(seen.Now, limits.Silence))?.Index;

    private static RunDecision Run(RunObservation seen, RunDeadlines limits)
    {
        if (seen.AbortAsked)
        {
            return Settle(seen, limits, Aborted(seen));
        }

        var lost = seen.Runners.Where(r => r.IsLost(seen.Now, limits.Silence)).ToList();
        if (lost.Count > 0 && (seen.OnLoss == LossPolicy.Fail || (lost.Count == seen.Runners.Count && seen.OnLoss != LossPolicy.Replace)))
        {
            var message = $"Runner {string.Join(", ", lost.Select(r => r.Index))} of {seen.Runners.Count} was lost. {lost[0].PodMessage}".TrimEnd();
            return Settle(seen, limits, new(Verdict.Invalid, Reasons.RunnerLost, message));
        }

        // Who would take over when the plan has ended has nothing left to take over.
        var planEnds = seen.StartAt + (seen.PlannedDuration ?? seen.MaxDuration);
        var isTooLate = seen.Now + limits.StartLead >= planEnds;
        var replaceable = seen.OnLoss != LossPolicy.Replace || planEnds is null || isTooLate ? []
            : lost.Where(r => !r.WasLost && r.Incarnation < limits.Replacements).ToList();
        var isOver = seen.StartAt is { } t0 && seen.Now >= t0 + seen.MaxDuration;
        if (seen.ThresholdAbort || seen.Runners.All(r => r.IsFinished || (lost.Contains(r) && !replaceable.Contains(r)) || (r.IsComing && (isOver || (isTooLate && r.ResumeAt is null)))))
        {
            // As at the desk and in k6: a threshold that aborts does not wait for iterations in flight.
            return Stay(seen, limits, "Evaluating", "The load has ended.", Stops(seen, interrupt: seen.ThresholdAbort)) with { Phase = RunPhase.Evaluating };
        }

        if (Waited(seen) > limits.StartLead + seen.MaxDuration + limits.RunGrace)
        {
            return Settle(seen, limits, Error(Reasons.DeadlineExceeded, $"The load did not end within {seen.MaxDuration} and {limits.RunGrace} of grace."));
        }

        // Not one runner has heard of T0 and it is over: the operator was away. A fresh instant keeps the runners together.
        if (seen.StartAt is not { } start || (start <= seen.Now && seen.Runners.All(r => r is { IsReady: true, Incarnation: 0 })))
        {
            start = seen.Now + limits.StartLead;
            return Stay(seen, limits, "Starting", "The start instant is agreed anew.") with { StartAt = start };
        }

        var ready = seen.Runners.Where(r => r.IsReady).ToList();
        var starts = ready.Where(r => r.Incarnation == 0 || r.ResumeAt is not null)
            .Select(r => new RunIntent.Start(r.Index, start + r.ClockOffset, r.ResumeAt + r.ClockOffset));
        var retires = seen.Runners.Where(r => r.IsHaunted).Select(r => new RunIntent.DeletePredecessors(r.Index));
        var makes = seen.Runners.Where(r => r.IsComing && r.Pod is PodSight.Absent or PodSight.Refused).Select(r => new RunIntent.CreateRunner(r.Index));
        return Stay(seen, limits, "Running", lost.Count == 0 ? "Load is being sent." : $"Load is being sent; {lost.Count} of {seen.Runners.Count} runners were lost.", [.. retires, .. makes, .. starts]) with
        {
            Replaced = [.. replaceable.Select(r => r.Index)],
            Resumed = isTooLate ? [] : [.. ready.Where(r => r is { Incarnation: > 0, ResumeAt: null }).Select(r => new Resumption(r.Index, seen.Now + limits.StartLead))],
        };
    }

    private static RunDecision CleanUp(RunObservation seen, RunDeadlines limits)
    {
        var outcome = seen.Outcome ?? Error(Reasons.InternalError, "The run is finished and its outcome is not in the status.");
        var gone = IsGone(seen);
        IEnumerable<RunIntent> acks = seen.Runners.Where(r => r.Pod == PodSight.Running && r.Agent == Model.Contract.AgentStates.Finished)
            .Select(r => new RunIntent.Acknowledge(r.Index));
        return Stay(seen, limits, outcome.Reason, outcome.Message, gone ? [] : [.. acks, new RunIntent.DeleteRunners()]) with
        {
            Outcome = outcome,
            LookAgain = gone ? null : seen.Now + limits.Beat,
        };
    }

    private static bool IsGone(RunObservation seen) => seen.PodsLeft == 0 && seen.Runners.All(r => r.Pod is PodSight.Absent or PodSight.Refused);

    private static RunDecision Delete(RunObservation seen, RunDeadlines limits)
    {
        var gone = IsGone(seen);
        var outcome = seen.Outcome ?? (Aborted(seen) with { Message = "The run was deleted." });
        return Stay(seen, limits, outcome.Reason, outcome.Message, gone ? [] : [.. Stops(seen, interrupt: true), new RunIntent.DeleteRunners()]) with
        {
            Phase = RunPhase.Finished,
            Outcome = outcome,
            LookAgain = gone ? null : seen.Now + limits.Beat,
        };
    }
}
