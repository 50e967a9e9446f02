using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Judging;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Reconciling;

/// <summary>
/// What was written into a run's spec after the run was made. API servers since 1.25 refuse it by the rules of the definition, the webhook does
/// everywhere; where there is neither it changes nothing, and is said.
/// </summary>
internal static class RunChanges
{
    /// <summary>Condition: something was written that has no effect.</summary>
    public const string SpecChanged = "SpecChanged";

    /// <summary>Whether what the run would do now is not what it was made with.</summary>
    public static bool IsChanged(LoadTestRun run) => run.Status.Bookkeeping?.Cause is { } made && made != SpecDigest.Of(run.Spec);

    /// <summary>The sentence; null when nothing was written.</summary>
    public static string? Describe(LoadTestRun run)
    {
        var isFinished = run.Status.Phase == RunPhase.Finished;
        return IsChanged(run) ? isFinished
                ? "spec was changed after the run was made; the verdict is that of what it was made with."
                : "spec was changed after the run was made; that has no effect. The run goes on with what it was made with; make a new one for anything else."
            : !run.Spec.Abort && IsStopped(run.Status) ? "spec.abort was taken back; that has no effect. The run is stopped, make a new one."
            : isFinished && run.Status.ObservedGeneration < run.Metadata.Generation ? "spec was changed after the run had ended; that has no effect."
            : null;
    }

    /// <summary>The conditions with, or without, <see cref="SpecChanged"/>. What was said once stays.</summary>
    public static IReadOnlyList<Condition> With(IReadOnlyList<Condition> conditions, LoadTestRun run, DateTimeOffset now) => Describe(run) is { } sentence
        ? conditions.With(new ConditionCause("SpecIsImmutable", sentence, run.Metadata.Generation ?? 0).As(SpecChanged, Condition.True), now)
        : conditions;

    /// <summary>A run that is over and whose spec was written to since: only this is said.</summary>
    public static LoadTestStatus AfterTheEnd(LoadTestRun run, DateTimeOffset now) => run.Status with
    {
        ObservedGeneration = run.Metadata.Generation ?? 0,
        Conditions = [.. With(run.Status.Conditions ?? [], run, now).Select(c => c with { ObservedGeneration = run.Metadata.Generation ?? 0 })],
    };

    private static bool IsStopped(LoadTestStatus status) => status.Bookkeeping?.StopCause == nameof(StopCause.User)
        || (status.Bookkeeping?.Settled?.Reason ?? (status.Verdict is null ? null : status.Reason)) == Reasons.AbortedByUser;
}
