using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Control;

/// <summary>
/// The three conditions by which kstatus (Flux, Helm, kpt) knows an object's fate: <see cref="Ready"/>, and two that are abnormal when True and
/// present only then, <see cref="Reconciling"/> (still at it) and <see cref="Stalled"/> (will not get there without a change). Each transition
/// below is one list, hence one write: no observer sees half of it.
/// </summary>
public static class KstatusConditions
{
    /// <summary>The desired state is reached.</summary>
    public const string Ready = "Ready";

    /// <summary>Working towards the desired state.</summary>
    public const string Reconciling = "Reconciling";

    /// <summary>Failed; only a change of the desired state can help.</summary>
    public const string Stalled = "Stalled";

    /// <summary>At work: Reconciling=True, Ready=Unknown, no Stalled. kstatus: InProgress.</summary>
    public static IReadOnlyList<Condition> Progressing(this IReadOnlyList<Condition> conditions, ConditionCause cause, DateTimeOffset now) => conditions
        .Without(Stalled)
        .With(cause.As(Reconciling, Condition.True), now)
        .With(cause.As(Ready, Condition.Unknown), now);

    /// <summary>Reached: Ready=True, neither Reconciling nor Stalled. kstatus: Current.</summary>
    public static IReadOnlyList<Condition> Reached(this IReadOnlyList<Condition> conditions, ConditionCause cause, DateTimeOffset now) => conditions
        .Without(Reconciling)
        .Without(Stalled)
        .With(cause.As(Ready, Condition.True), now);

    /// <summary>Failed: Stalled=True, Ready=False, no Reconciling. kstatus: Failed.</summary>
    public static IReadOnlyList<Condition> StalledBy(this IReadOnlyList<Condition> conditions, ConditionCause cause, DateTimeOffset now) => conditions
        .Without(Reconciling)
        .With(cause.As(Stalled, Condition.True), now)
        .With(cause.As(Ready, Condition.False), now);
}
