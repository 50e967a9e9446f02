namespace LoadTesting.Model.Judging;

/// <summary>All that the verdict depends on. Same evidence, same verdict.</summary>
public sealed record RunEvidence
{
    /// <summary>The final evaluation on the merged data of all runners; empty when the test has no thresholds.</summary>
    public IReadOnlyList<ThresholdResult> Thresholds { get; init; } = [];

    /// <summary>What was planned and what came of it, for each scenario in order of the manifest.</summary>
    public IReadOnlyList<ScenarioDelivery> Scenarios { get; init; } = [];

    /// <summary>Least started ÷ planned iterations that every scenario must reach, 0…1. Default 0.99.</summary>
    public double DeliveryFloor { get; init; } = 0.99;

    /// <summary>How <c>setup</c> ended. Default: the test has none.</summary>
    public StageOutcome Setup { get; init; } = StageOutcome.None;

    /// <summary>How <c>verify</c> ended. Default: the test has none.</summary>
    public StageOutcome Verify { get; init; } = StageOutcome.None;

    /// <summary>How <c>teardown</c> ended. Default: the test has none.</summary>
    public StageOutcome Teardown { get; init; } = StageOutcome.None;

    /// <summary>Why the load was stopped before its end; null when it was not. The first cause counts.</summary>
    public RunStop? Stop { get; init; }

    /// <summary>The runners whose final data never came, ascending by index.</summary>
    public IReadOnlyList<LostRunner> LostRunners { get; init; } = [];

    /// <summary>How large a share of the plan may be lost with runners (<c>onLoss: continue</c>), 0…1. Default 0: none (<c>onLoss: fail</c>).</summary>
    public double AllowedLostShare { get; init; }

    /// <summary>How many runners shared the load, ≥ 1. Default 1.</summary>
    public int Runners { get; init; } = 1;

    /// <summary>How many seconds of load there were, a begun one included.</summary>
    public int LoadSeconds { get; init; }

    /// <summary>The seconds that the generator itself spoiled, by runner, then cause and time.</summary>
    public IReadOnlyList<TaintedSpan> Tainted { get; init; } = [];

    /// <summary>Most of the seconds that may be spoiled, 0…1; a single one never counts. Default 5 %.</summary>
    public double AllowedTaintedShare { get; init; } = 0.05;

    /// <summary>Time between the first and the last runner's start; null when unknown.</summary>
    public Spec.Duration? StartSkew { get; init; }

    /// <summary>Largest start skew allowed. Default 250 ms.</summary>
    public Spec.Duration AllowedStartSkew { get; init; } = Spec.Duration.FromMilliseconds(250);

    /// <summary>What the load came to, for sentences. Default: nothing.</summary>
    public MeasuredLoad Measured { get; init; } = new(0, 0, 0, null);

    /// <summary>What kept the test from being carried out; null when nothing did.</summary>
    public RunFailure? Failure { get; init; }

    /// <summary>How many seconds were spoiled on at least one runner.</summary>
    public int TaintedSeconds => TaintedSpan.DistinctSeconds(Tainted, LoadSeconds);

    /// <summary>Whether more seconds were spoiled than allowed.</summary>
    public bool IsTainted => TaintedSeconds >= 2 && TaintedSeconds > AllowedTaintedShare * LoadSeconds;

    /// <summary>Share of the plan whose samples are lost, 0…1.</summary>
    public double LostShare => Math.Clamp(LostRunners.Sum(r => r.LostShare), 0, 1);
}

/// <summary>How a once-per-run stage ended.</summary>
/// <param name="State">What happened.</param>
/// <param name="Message">What failed, as one clause without full stop; null when nothing did.</param>
public sealed record StageOutcome(StageState State, string? Message = null)
{
    /// <summary>The test has no such stage, or it was not reached.</summary>
    public static readonly StageOutcome None = new(StageState.None);

    /// <summary>All steps went well.</summary>
    public static readonly StageOutcome Succeeded = new(StageState.Succeeded);

    /// <summary>
    /// Why the stage could not be carried out, one of <see cref="Reasons"/> for Error; null when its own steps failed. What could not be carried out says nothing about the target.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>A step failed or the stage took too long.</summary>
    /// <param name="message">What failed.</param>
    /// <param name="reason">See <see cref="Reason"/>.</param>
    public static StageOutcome Failed(string message, string? reason = null) => new(StageState.Failed, message) { Reason = reason };
}

/// <summary>State of a once-per-run stage at the end.</summary>
public enum StageState
{
    /// <summary>Absent, or not reached.</summary>
    None,

    /// <summary>All steps went well.</summary>
    Succeeded,

    /// <summary>A step failed or the stage took too long.</summary>
    Failed,
}

/// <summary>Who stopped the load early.</summary>
public enum StopCause
{
    /// <summary>A person, a signal, or <c>spec.abort</c>.</summary>
    User,

    /// <summary>A broken threshold with <c>abort</c>.</summary>
    Threshold,

    /// <summary>An <c>abort</c> step of the test, or an extract with <c>onMissing: failRun</c>.</summary>
    Test,
}

/// <summary>The load was stopped early.</summary>
/// <param name="Cause">By whom.</param>
/// <param name="After">When, since the load began.</param>
/// <param name="Why">The reason that the test itself gave; null for other causes.</param>
public sealed record RunStop(StopCause Cause, Spec.Duration After, string? Why = null);

/// <summary>A runner whose final data never came.</summary>
/// <param name="Index">0-based.</param>
/// <param name="LostShare">Share of the whole plan whose samples are missing with it, 0…1: its part of the load times the time after its last snapshot.</param>
/// <param name="Cause">What became of it, as one clause, e.g. <c>its Pod was deleted 12 s after the start</c>; null when unknown.</param>
public sealed record LostRunner(int Index, double LostShare, string? Cause = null);

/// <summary>What kept the test from being carried out.</summary>
/// <param name="Reason">One of <see cref="Reasons"/> for Error.</param>
/// <param name="Message">One sentence a person can act on.</param>
public sealed record RunFailure(string Reason, string Message);
