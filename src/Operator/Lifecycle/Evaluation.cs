using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Lifecycle;

/// <summary>Evaluating: last snapshots, verify, teardown, verdict, evidence; in this order.</summary>
internal static class Evaluation
{
    public static RunDecision Decide(RunObservation seen, RunDeadlines limits)
    {
        if (RunLifecycle.Waited(seen) > limits.Evaluate)
        {
            return Conclude(seen, limits);
        }

        if (seen.StartAt is not null && seen.Runners.Any(r => !r.IsFinished && !r.IsLost(seen.Now, limits.Silence)))
        {
            return RunLifecycle.Stay(seen, limits, "Stopping", "The last iterations end.", RunLifecycle.Stops(seen));
        }

        var first = seen.Runners.Any(r => r.Index == 0 && r.Pod == PodSight.Running && seen.Now - r.LastHeard <= limits.Silence);
        if (first && seen.StartAt is not null && seen.Outcome is null && seen.Verify == StageAnswer.Awaited)
        {
            return RunLifecycle.Stay(seen, limits, "Verifying", "Verify runs.", new RunIntent.RunVerify());
        }

        // Whatever setup left behind is removed whether the run went well or not.
        if (first && seen.Teardown == StageAnswer.Awaited && (seen.StartAt is not null || seen.Setup is StageAnswer.Succeeded or StageAnswer.Failed))
        {
            return RunLifecycle.Stay(seen, limits, "TearingDown", "Teardown runs.", new RunIntent.RunTeardown());
        }

        if (seen.StartAt is not null && seen.Judged is null)
        {
            return RunLifecycle.Stay(seen, limits, "Judging", "The evidence is being judged.");
        }

        return seen.EvidenceStored ? Conclude(seen, limits) : RunLifecycle.Stay(seen, limits, "StoringEvidence", "The evidence is being stored.", new RunIntent.StoreEvidence());
    }

    private static RunDecision Conclude(RunObservation seen, RunDeadlines limits)
    {
        var outcome = Final(seen);
        return RunLifecycle.Stay(seen, limits, outcome.Reason, outcome.Message) with { Phase = RunPhase.Finished, Outcome = outcome };
    }

    private static VerdictDecision Final(RunObservation seen) => seen switch
    {
        // A threshold that the missing samples could not mend stays proven.
        { Outcome.Reason: Reasons.RunnerLost, Judged: { Verdict: Verdict.Failed } proven } => proven,
        { Outcome: { } settled } => settled,
        { Judged.Verdict: Verdict.Passed, OnLoss: LossPolicy.Fail } when seen.Runners.Count(r => r.IsFinished) is var whole && whole < seen.Runners.Count =>
            new(Verdict.Invalid, Reasons.RunnerLost, $"{whole} of {seen.Runners.Count} runners delivered their final snapshot."),
        // A gate opens only when everything that belongs to the run was done; what is missing here ran out of time.
        { Judged.Verdict: Verdict.Passed } when seen.Verify == StageAnswer.Awaited || seen.Teardown == StageAnswer.Awaited || !seen.EvidenceStored =>
            RunLifecycle.Error(Reasons.DeadlineExceeded, "Verify, teardown or storing the evidence did not end in time."),
        { Judged: { } judged } => judged,
        _ => RunLifecycle.Error(Reasons.DeadlineExceeded, "The evidence was not complete in time."),
    };
}
