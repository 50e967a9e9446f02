using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Judging;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Lifecycle;

namespace LoadTesting.Operator.Reconciling;

/// <summary>What a test's status says: its newest run's words, under the test's own generation.</summary>
internal static class TestStatus
{
    private static readonly string[] Mirrored = ["RunnersReady", "Degraded"];

    /// <summary>The status to write. Pure.</summary>
    /// <param name="test">The test as known.</param>
    /// <param name="seen">What was decided on.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="run">The run to mirror; null when there is none.</param>
    /// <param name="problems">All problems of the spec; null when it is valid.</param>
    /// <param name="now">The present instant.</param>
    public static LoadTestStatus Next(LoadTest test, TestObservation seen, TestDecision decision, LoadTestRun? run, string? problems, DateTimeOffset now)
    {
        var generation = test.Metadata.Generation ?? 0;
        var book = new Bookkeeping { Cause = decision.CreatesRun ? seen.Cause : test.Status.Bookkeeping?.Cause ?? seen.Runs.LastOrDefault(r => r.Cause is not null)?.Cause };
        var status = (decision.Standing, run) switch
        {
            (TestStanding.Invalid, _) => new LoadTestStatus
            {
                Phase = RunPhase.Finished, Verdict = nameof(Verdict.Error), Reason = Reasons.InvalidManifest, Message = problems, Run = run?.Metadata.Name,
            },
            (TestStanding.Mirrors, { } mirrored) => Mirror(mirrored),
            (TestStanding.Forgotten, _) => test.Status,
            (TestStanding.Suspended, _) => new LoadTestStatus { Phase = RunPhase.Pending, Reason = "Suspended", Message = "spec.suspend holds back the run of this spec.", Run = run?.Metadata.Name },
            _ => new LoadTestStatus { Phase = RunPhase.Pending, Reason = "RunCreated", Message = "A run is being made." },
        };
        var conditions = (IReadOnlyList<Condition>)[.. (test.Status.Conditions ?? []).Where(c => !Mirrored.Contains(c.Type)), .. Extra(decision, run, generation)];
        var cause = new ConditionCause(status.Reason ?? "Pending", status.Message ?? "", generation);
        return status with
        {
            ObservedGeneration = generation,
            Bookkeeping = book,
            Conditions = RunStatus.Outcome(conditions, status, cause, now),
        };
    }

    private static LoadTestStatus Mirror(LoadTestRun run) => run.Status with
    {
        Phase = run.Status.Phase ?? RunPhase.Pending,
        Reason = run.Status.Reason ?? "RunCreated",
        Message = run.Status.Message ?? "The run has been made.",
        Run = run.Metadata.Name,
    };

    private static IEnumerable<Condition> Extra(TestDecision decision, LoadTestRun? run, long generation) => decision.Standing != TestStanding.Mirrors ? [] :
        (run?.Status.Conditions ?? []).Where(c => Mirrored.Contains(c.Type)).Select(c => c with { ObservedGeneration = generation });
}
