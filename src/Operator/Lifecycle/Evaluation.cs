using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Lifecycle;

/// <summary>Evaluating: last snapshots, verify, teardown, verdict, evidence; in this order.</summary>
internal static class Evaluation
{
    public static RunDecision Decide(RunObservation seen, RunDeadlines limits)
    {
        if (RunLifecycle.Waited(seen) > limits.Evaluate + limits.Of(seen.LateJobs))
        {
            return Conclude(seen, limits);
        }

        if (seen.StartAt is not null && seen.Runners.Any(r =>
            !r.IsFinished && !r.IsComing && !r.IsLost(seen.Now, limits.Silence) && !r.HasNothingToEnd(seen.Now, limits.Silence)))
        {
            return RunLifecycle.Stay(seen, limits, "Stopping", "The last iterations end.", RunLifecycle.Stops(seen, interrupt: RunLifecycle.Waited(seen) > limits.StopGrace));
        }

        var stageRunner = RunLifecycle.StageRunner(seen, limits);
        if (stageRunner is { } verifier && seen.StartAt is not null && seen.Outcome is null && seen.Verify == StageAnswer.Awaited)
        {
            return RunLifecycle.Stay(seen, limits, "Verifying", "Verify runs.", new RunIntent.RunVerify(verifier));
        }

        // Whatever setup left behind is removed whether the run went well or not; as in k6 and at the desk, not after a failed setup.
        if (stageRunner is { } cleaner && seen.Teardown == StageAnswer.Awaited && (seen.StartAt is not null || seen.Setup == StageAnswer.Succeeded))
        {
            return RunLifecycle.Stay(seen, limits, "TearingDown", "Teardown runs.", new RunIntent.RunTeardown(cleaner));
        }

        if (seen.StartAt is not null && seen.Judged is null)
        {
            return RunLifecycle.Stay(seen, limits, "Judging", "The evidence is being judged.");
        }

        return seen.EvidenceStored || EvidenceIsGivenUp(seen, limits) ? Conclude(seen, limits) : RunLifecycle.Stay(seen, limits, "StoringEvidence", "The evidence is being stored.", new RunIntent.StoreEvidence(Final(seen with { EvidenceStored = true })));
    }

    private static RunDecision Conclude(RunObservation seen, RunDeadlines limits)
    {
        var outcome = Final(seen);
        return RunLifecycle.Stay(seen, limits, outcome.Reason, outcome.Message) with { Phase = RunPhase.Finished, Outcome = outcome };
    }

    /// <summary>
    /// The evidence cannot be stored. Of a run without load there is little to keep, and the one that refused its objects has been waited for once already:
    /// it is over at the first refusal.
    /// </summary>
    private static bool EvidenceIsGivenUp(RunObservation seen, RunDeadlines limits) => seen.Obstacle is { } obstacle
        && (obstacle.IsOver(seen.Now, seen.PhaseSince, limits) || (seen.StartAt is null && (obstacle.Hope == Hope.Somebody || RunLifecycle.Waited(seen) > limits.Obstacle)));

    private static VerdictDecision Final(RunObservation seen) =>
        Judged(seen) is var outcome && seen is { EvidenceStored: false, Obstacle: { } obstacle } && outcome.Message.Contains(obstacle.Message, StringComparison.Ordinal) == false
            ? outcome with { Message = $"{outcome.Message} The evidence is not stored: {obstacle.Message}" }
            : outcome;

    private static VerdictDecision Judged(RunObservation seen) => seen switch
    {
        // The rule looked at everything that there is: it knows whether the missing samples could mend what is broken, and how far an abort came.
        { Outcome.Reason: Reasons.RunnerLost, Judged: { Verdict: Verdict.Failed or Verdict.Invalid } judged } => judged,
        { Outcome.Verdict: Verdict.Aborted, Judged: { Verdict: Verdict.Aborted } judged } =>
            seen.ReplacedBy is not { } by ? judged
            : judged with { Message = $"{judged.Message}; run {by} of the test's changed spec replaces this one (spec.onChange)" },
        { Outcome: { } settled } => settled,
        { Judged.Verdict: Verdict.Passed or Verdict.Unjudged, OnLoss: LossPolicy.Fail } when seen.Runners.Count(r => r.IsFinished && !r.WasLost) is var whole && whole < seen.Runners.Count =>
            new(Verdict.Invalid, Reasons.RunnerLost, $"{whole} of {seen.Runners.Count} runners delivered their final snapshot."),
        // A gate opens only when everything that belongs to the run was done; what is missing here ran out of time.
        { Judged.Verdict: Verdict.Passed or Verdict.Unjudged, EvidenceStored: false, Obstacle: { } obstacle } =>
            RunLifecycle.Error(obstacle.Reason, $"The run came to its end, but its evidence is not stored: {obstacle.Message}"),
        { Judged.Verdict: Verdict.Passed or Verdict.Unjudged } when seen.Verify == StageAnswer.Awaited || seen.Teardown == StageAnswer.Awaited || !seen.EvidenceStored =>
            RunLifecycle.Error(Reasons.DeadlineExceeded, "Verify, teardown or storing the evidence did not end in time."),
        { Judged: { } judged } => judged,
        _ => RunLifecycle.Error(Reasons.DeadlineExceeded, "The evidence was not complete in time."),
    };
}
