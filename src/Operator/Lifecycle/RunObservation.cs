using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Lifecycle;

/// <summary>Everything that the next step of a run depends on. Two equal observations have the same decision.</summary>
/// <param name="Now">The present instant.</param>
/// <param name="Phase">The phase in the status; Pending where there is none.</param>
/// <param name="PhaseSince">When that phase was entered; must outlive the operator, so it is part of the status.</param>
/// <param name="Runners">One per index of the plan, in order.</param>
public sealed record RunObservation(DateTimeOffset Now, RunPhase Phase, DateTimeOffset PhaseSince, IReadOnlyList<RunnerObservation> Runners)
{
    /// <summary>T0 in the status; null before it was agreed.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>What an earlier decision settled (<see cref="RunDecision.Outcome"/>); from the status.</summary>
    public VerdictDecision? Outcome { get; init; }

    /// <summary>All problems of the manifest in one sentence; null if it is valid.</summary>
    public string? Invalidity { get; init; }

    /// <summary>spec.abort.</summary>
    public bool AbortAsked { get; init; }

    /// <summary>The run is being deleted and somebody's finalizer (foreground deletion) holds it; we have none.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>How many Pods of the run exist, those of replaced runners included.</summary>
    public int PodsLeft { get; init; }

    /// <summary>Another run of the same test is not finished and goes first.</summary>
    public bool MustQueue { get; init; }

    /// <summary>What is in the way of an object that the run needs beside its Pods; null when nothing is.</summary>
    public Obstacle? Obstacle { get; init; }

    /// <summary>The test is suspended, and the run has not begun.</summary>
    public bool IsHeldBack { get; init; }

    /// <summary>The run of a newer spec for which this one was stopped; null when it was not stopped for one.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>Plan ConfigMap and token Secret exist and are ours.</summary>
    public bool SupportExists { get; init; }

    /// <summary>Waiting for the target (<c>spec.ready</c>).</summary>
    public StageAnswer Target { get; init; }

    /// <summary>What of the target was not ready.</summary>
    public string? TargetMessage { get; init; }

    /// <summary>How long the target may take.</summary>
    public TimeSpan TargetTimeout { get; init; }

    /// <summary>Setup.</summary>
    public StageAnswer Setup { get; init; }

    /// <summary>Verify.</summary>
    public StageAnswer Verify { get; init; }

    /// <summary>Teardown.</summary>
    public StageAnswer Teardown { get; init; }

    /// <summary>What a failed setup said.</summary>
    public string? SetupMessage { get; init; }

    /// <summary>Why setup could not be carried out; null when its own steps failed.</summary>
    public string? SetupReason { get; init; }

    /// <summary>The jobs of setup.</summary>
    public JobTimes SetupJobs { get; init; }

    /// <summary>The jobs of verify and teardown.</summary>
    public JobTimes LateJobs { get; init; }

    /// <summary>Longest possible time from T0 to the end of the last iteration.</summary>
    public TimeSpan MaxDuration { get; init; }

    /// <summary>Time from T0 to the end of the plan: what iterations in flight may take after it is not in it. Null = <see cref="MaxDuration"/>.</summary>
    public TimeSpan? PlannedDuration { get; init; }

    /// <summary>What becomes of the run when a runner is lost.</summary>
    public LossPolicy OnLoss { get; init; }

    /// <summary>A broken threshold with abort asks to stop.</summary>
    public bool ThresholdAbort { get; init; }

    /// <summary>The verdict rule over all evidence, answers of the stages included; null until every snapshot that can come is in.</summary>
    public VerdictDecision? Judged { get; init; }

    /// <summary>The evidence is stored outside of runners and operator.</summary>
    public bool EvidenceStored { get; init; }
}

/// <summary>Jobs and the time that their programs may run, one after the other.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Timeouts">Sum of their timeouts.</param>
public readonly record struct JobTimes(int Count, TimeSpan Timeouts)
{
    /// <summary>Both together.</summary>
    public static JobTimes operator +(JobTimes left, JobTimes right) => new(left.Count + right.Count, left.Timeouts + right.Timeouts);
}
