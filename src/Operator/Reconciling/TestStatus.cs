using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Judging;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Lifecycle;
using LoadTesting.Operator.Workloads;

namespace LoadTesting.Operator.Reconciling;

/// <summary>What a test's status says: the words of the run that answers its present spec, under the test's own generation.</summary>
internal static class TestStatus
{
    /// <summary>Condition: spec.suspend is set, and what that means at the moment.</summary>
    public const string Suspended = "Suspended";

    private static readonly string[] Mirrored = ["RunnersReady", "Degraded", "SpecChanged"];

    /// <summary>The status to write. Pure.</summary>
    /// <param name="test">The test as known.</param>
    /// <param name="seen">What was decided on.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="runs">The runs that name the test.</param>
    /// <param name="problems">All problems of the spec; null when it is valid.</param>
    /// <param name="now">The present instant.</param>
    public static LoadTestStatus Next(
        LoadTest test, TestObservation seen, TestDecision decision, IReadOnlyList<LoadTestRun> runs, string? problems, DateTimeOffset now)
    {
        var generation = test.Metadata.Generation ?? 0;
        var run = runs.FirstOrDefault(r => r.Metadata.Name == decision.Mirrored);
        var going = runs.LastOrDefault(r => RunWorld.HasBegun(r) && TestObserver.SequenceOf(r, test) is not null)?.Metadata.Name;
        var own = Names.Run(test.Metadata.Name!, test.Metadata.Uid!, decision.Handled.Sequence);
        var status = (decision.Standing, run) switch
        {
            (TestStanding.Invalid, _) => Ended(Verdict.Error, Reasons.InvalidManifest, problems),
            (TestStanding.Mirrors, { } mirrored) => Mirror(mirrored),
            (TestStanding.Forgotten, _) when HasVerdictOf(test, decision.Handled) => test.Status,
            (TestStanding.Forgotten, _) => Ended(Verdict.Aborted, Reasons.AbortedByUser, $"Run {own} was deleted before it had a verdict.") with { Run = own },
            (TestStanding.Suspended, _) => Waits(Suspended, $"spec.suspend holds back the run of this spec.{GoesOn(going)}"),
            _ => Waits("RunCreated", "A run is being made.") with { Run = own },
        };
        var holds = seen.IsSuspended && decision.Standing != TestStanding.Suspended && status.Phase != RunPhase.Finished;
        if (holds)
        {
            status = status with { Message = $"{status.Message} spec.suspend holds back further runs, not this one." };
        }

        var conditions = (IReadOnlyList<Condition>)[.. (test.Status.Conditions ?? []).Where(c => !Mirrored.Contains(c.Type)), .. Extra(run, generation)];
        conditions = !seen.IsSuspended ? conditions.Without(Suspended) : conditions.With(
            new ConditionCause(Suspended, $"spec.suspend holds back further runs.{GoesOn(going)}", generation).As(Suspended, Condition.True), now);
        status = status with
        {
            ObservedGeneration = generation,
            Bookkeeping = Book(test, decision.Handled),
            Conditions = RunStatus.Outcome(conditions, status, new ConditionCause(status.Reason ?? "Pending", status.Message ?? "", generation), now),
        };
        return status with { VerdictSummary = VerdictSummary.Of(status) };
    }

    /// <summary>
    /// The status while the API server does not take the run: what is in the way, and after <see cref="RunDeadlines.Obstacle"/> an Error, which ends when the
    /// run is taken after all. Pure.
    /// </summary>
    public static LoadTestStatus Refused(LoadTest test, TestDecision decision, Obstacle obstacle, RunDeadlines limits, DateTimeOffset now)
    {
        var generation = test.Metadata.Generation ?? 0;
        var known = test.Status.Bookkeeping;
        var isKnown = test.Status.Reason == obstacle.Reason && known?.Sequence == decision.Handled.Sequence && known.Uid == test.Metadata.Uid;
        var since = (isKnown ? Instants.Read(known!.PhaseTime) : null) ?? now;
        var isOver = obstacle.IsOver(now, since, limits);
        var status = new LoadTestStatus
        {
            ObservedGeneration = generation,
            Phase = isOver ? RunPhase.Finished : RunPhase.Pending,
            Verdict = isOver ? nameof(Verdict.Error) : null,
            Reason = obstacle.Reason,
            Message = obstacle.Message,
            Bookkeeping = Book(test, decision.Handled with { IsStarted = false }) with { PhaseTime = Instants.Write(since) },
        };
        var conditions = (IReadOnlyList<Condition>)[.. (test.Status.Conditions ?? []).Where(c => c.Type != Suspended && !Mirrored.Contains(c.Type))];
        return status with { Conditions = RunStatus.Outcome(conditions, status, new ConditionCause(obstacle.Reason, obstacle.Message, generation), now) };
    }

    /// <summary>Whether the status holds the verdict of the run of a cause, which may be deleted by now.</summary>
    public static bool HasVerdictOf(LoadTest test, TestCause cause) =>
        test.Status is { Phase: RunPhase.Finished, Verdict: not null, Run: not null, Bookkeeping: { } book }
        && (book.Sequence ?? 0) == cause.Sequence && (book.Uid is null || book.Uid == test.Metadata.Uid);

    /// <summary>What a change of the status tells people beside what the runs tell.</summary>
    public static IEnumerable<(bool IsWarning, string Reason, string Note)> Notes(LoadTestStatus before, LoadTestStatus after)
    {
        if (after.Reason == Reasons.InvalidManifest && after.Run is null && (before.Reason != after.Reason || before.Message != after.Message))
        {
            yield return (true, Reasons.InvalidManifest, after.Message!);
        }

        if (after.Conditions?.Find(Suspended) is { } suspended && before.Conditions?.Find(Suspended) is null)
        {
            yield return (false, Suspended, suspended.Message!);
        }
    }

    private static LoadTestStatus Ended(Verdict verdict, string reason, string? message) =>
        new() { Phase = RunPhase.Finished, Verdict = verdict.ToString(), Reason = reason, Message = message };

    private static LoadTestStatus Waits(string reason, string message) => new() { Phase = RunPhase.Pending, Reason = reason, Message = message };

    private static Bookkeeping Book(LoadTest test, TestCause handled) =>
        new() { Uid = test.Metadata.Uid, Sequence = handled.Sequence, Cause = handled.Spec, Rerun = handled.Rerun, Started = handled.IsStarted };

    private static string GoesOn(string? run) => run is null ? "" : $" Run {run} has begun and goes on; `loadtest stop` ends it.";

    private static LoadTestStatus Mirror(LoadTestRun run) => run.Status with
    {
        Phase = run.Status.Phase ?? RunPhase.Pending,
        Reason = run.Status.Reason ?? "RunCreated",
        Message = run.Status.Message ?? "The run has been made.",
        Run = run.Metadata.Name,
    };

    private static IEnumerable<Condition> Extra(LoadTestRun? run, long generation) =>
        (run?.Status.Conditions ?? []).Where(c => Mirrored.Contains(c.Type)).Select(c => c with { ObservedGeneration = generation });
}
