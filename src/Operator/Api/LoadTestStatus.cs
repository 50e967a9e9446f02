using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Operator.Api.Schema;

namespace LoadTesting.Operator.Api;

/// <summary>
/// What every gate reads. A LoadTestRun's status tells of that run; a LoadTest's status mirrors its newest run, so that one object is enough.
/// Flat strings stand beside conditions, because some tools can address only one of the two.
/// </summary>
public sealed record LoadTestStatus
{
    /// <summary>The generation that the status speaks of; -1 until the operator has looked, so that kstatus never takes "not looked at yet" for "passed".</summary>
    [Schema(Default = -1)]
    public long ObservedGeneration { get; init; } = -1;

    /// <summary>Where the run is.</summary>
    public RunPhase? Phase { get; init; }

    /// <summary>Passed, Unjudged, Failed, Invalid, Aborted or Error; absent until it is final.</summary>
    public string? Verdict { get; init; }

    /// <summary>Why, as one CamelCase word (docs/verdict.md).</summary>
    public string? Reason { get; init; }

    /// <summary>One sentence a person can act on.</summary>
    public string? Message { get; init; }

    /// <summary>Share of the planned time that has gone by, e.g. 63%.</summary>
    public string? Progress { get; init; }

    /// <summary>Time since the load began, e.g. 16s.</summary>
    public string? Elapsed { get; init; }

    /// <summary>Name of the LoadTestRun that this status mirrors.</summary>
    public string? Run { get; init; }

    /// <summary>T0: the agreed start of the load.</summary>
    [Schema(Format = "date-time")]
    public string? StartTime { get; init; }

    /// <summary>When the verdict became final.</summary>
    [Schema(Format = "date-time")]
    public string? CompletionTime { get; init; }

    /// <summary>The runners.</summary>
    public RunnersStatus? Runners { get; init; }

    /// <summary>The load in short.</summary>
    public LoadStatus? Load { get; init; }

    /// <summary>Latency in short, for people.</summary>
    public LatencyStatus? Latency { get; init; }

    /// <summary>
    /// Metrics and sub-metrics with plain numbers in their unit. A number that is beyond all, because requests got no answer, is absent; `unanswered` says
    /// how many.
    /// </summary>
    public IReadOnlyList<JsonObject>? Metrics { get; init; }

    /// <summary>Every threshold with what was observed.</summary>
    public IReadOnlyList<ThresholdStatus>? Thresholds { get; init; }

    /// <summary>What happened to the target's Pods (spec.observe.pods) and when, since the start; the first 20.</summary>
    public IReadOnlyList<string>? Happenings { get; init; }

    /// <summary>Name of the ConfigMap with the run's evidence (effective spec, merged histograms, one-second series, log tails).</summary>
    public string? Evidence { get; init; }

    /// <summary>What the operator must know again after a restart; not for people, not for gates.</summary>
    public Bookkeeping? Bookkeeping { get; init; }

    /// <summary>
    /// The verdict, its cause, broken thresholds and conditions in a few lines for people; of everything that stands here `kubectl describe` prints this
    /// last. For programs are the other fields.
    /// </summary>
    public IReadOnlyList<string>? VerdictSummary { get; init; }

    /// <summary>Whether lists stand in it that grow with the test.</summary>
    internal bool HasMeasurements => Metrics is not null || Thresholds is not null || Happenings is not null;

    /// <summary>The same without those lists.</summary>
    internal LoadTestStatus WithoutMeasurements() => this with { Metrics = null, Thresholds = null, Happenings = null };

    /// <summary>Ready, Reconciling, Stalled (kstatus), RunnersReady, Complete, Succeeded, Degraded.</summary>
    [Schema(ListType = "map", ListMapKey = "type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }
}

/// <summary>Phases of a run, in order.</summary>
public enum RunPhase
{
    /// <summary>Seen, nothing done yet.</summary>
    Pending,

    /// <summary>Waits for another run of the same test.</summary>
    Queued,

    /// <summary>Runner Pods come up, load their plan, warm connections; setup runs.</summary>
    Preparing,

    /// <summary>Load is being sent.</summary>
    Running,

    /// <summary>The load has ended; final snapshots, verify and teardown.</summary>
    Evaluating,

    /// <summary>The verdict is final.</summary>
    Finished,
}

/// <summary>The runners of a run.</summary>
public sealed record RunnersStatus
{
    /// <summary>How many share the load.</summary>
    public int Desired { get; init; }

    /// <summary>How many are ready or running.</summary>
    public int Ready { get; init; }

    /// <summary>How many were lost after the start.</summary>
    public int Lost { get; init; }

    /// <summary>Which, and what became of them.</summary>
    public IReadOnlyList<LostRunnerStatus>? LostRunners { get; init; }

    /// <summary>Latest minus earliest achieved start, e.g. 3ms.</summary>
    public string? StartSkew { get; init; }
}

/// <summary>A runner that did not deliver its whole share.</summary>
public sealed record LostRunnerStatus
{
    /// <summary>0-based.</summary>
    public int Index { get; init; }

    /// <summary>What became of it.</summary>
    public string? Cause { get; init; }

    /// <summary>Which of the runners of this index it was; absent for the first.</summary>
    public int? Incarnation { get; init; }

    /// <summary>Time from T0 to its last sign of life, e.g. 12.5s.</summary>
    public string? LostAfter { get; init; }

    /// <summary>Whether another takes its place (onLoss: replace).</summary>
    public bool? Replaced { get; init; }

    /// <summary>When the other takes over, from T0; absent before that is agreed.</summary>
    public string? ResumedAfter { get; init; }
}

/// <summary>The load in short.</summary>
public sealed record LoadStatus
{
    /// <summary>HTTP exchanges.</summary>
    public long Requests { get; init; }

    /// <summary>Exchanges per second of load, e.g. 6289.4/s.</summary>
    public string? Rate { get; init; }

    /// <summary>Share of failed exchanges, e.g. 0.31%.</summary>
    public string? Failed { get; init; }

    /// <summary>Started ÷ planned iterations, e.g. 100%.</summary>
    public string? Delivered { get; init; }

    /// <summary>Iterations that were due and could not be started.</summary>
    public long Dropped { get; init; }

    /// <summary>Virtual users: active now, or most at once when finished.</summary>
    public long Vus { get; init; }
}

/// <summary>Latency in short, e.g. 2.89ms; "no answer" where the number would be that of a request without a complete answer.</summary>
public sealed record LatencyStatus
{
    /// <summary>Mean of the answered requests.</summary>
    public string? Avg { get; init; }

    /// <summary>Median.</summary>
    public string? Med { get; init; }

    /// <summary>90th percentile.</summary>
    public string? P90 { get; init; }

    /// <summary>95th percentile.</summary>
    public string? P95 { get; init; }

    /// <summary>99th percentile.</summary>
    public string? P99 { get; init; }

    /// <summary>Maximum.</summary>
    public string? Max { get; init; }

    /// <summary>
    /// Requests that got no complete answer, where there were any: refused, reset, timed out, cut off, malformed. They are longer than any limit.
    /// </summary>
    public long? Unanswered { get; init; }
}

/// <summary>A threshold with what was observed.</summary>
public sealed record ThresholdStatus
{
    /// <summary>Metric key.</summary>
    public string? Metric { get; init; }

    /// <summary>As written.</summary>
    public string? Expression { get; init; }

    /// <summary>Measured value in the unit; absent without samples, and where it is beyond every number because requests got no answer.</summary>
    public double? Observed { get; init; }

    /// <summary>ms, B, /s or B/s; absent for counts and fractions.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether it holds.</summary>
    public bool Ok { get; init; }

    /// <summary>It neither holds nor is broken for certain; absent where it is certain.</summary>
    public bool? InDoubt { get; init; }

    /// <summary>Of the samples judged, those of requests that got no complete answer; absent where all did.</summary>
    public long? Unanswered { get; init; }

    /// <summary>For people, e.g. 6.2 ms, limit 20 ms.</summary>
    public string? Message { get; init; }
}
