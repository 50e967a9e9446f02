using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Judging.Windows;
using LoadTesting.Model.Observing;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Reporting;

/// <summary>
/// What became of a run: the record behind the summary, <c>--out json</c> and the resource's status. Field names in JSON are these in camelCase;
/// their order is fixed.
/// </summary>
public sealed record RunReport
{
    /// <summary>Version of the record's shape; grows when a field changes its meaning or goes away, not when one is added.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>The shape this report has. Default <see cref="CurrentSchemaVersion"/>.</summary>
    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>The test's name.</summary>
    public required string Test { get; init; }

    /// <summary>The run's unique name; null at the desk when none was given.</summary>
    public string? Run { get; init; }

    /// <summary>Where the run is.</summary>
    public RunPhase Phase { get; init; } = RunPhase.Finished;

    /// <summary>The outcome; null until it is final.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>One of <see cref="Reasons"/>; null until the verdict is final.</summary>
    public string? Reason { get; init; }

    /// <summary>One sentence a person can act on.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>Start of the load (T0); null when it never started.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>End of the load: the last iteration's end; null while it runs.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>Length of the load so far: from T0 to its end. Counter rates are per second of this time, unlike k6's, which setup and teardown dilute.</summary>
    public Duration Elapsed { get; init; }

    /// <summary>The runners.</summary>
    public RunnersReport Runners { get; init; } = new();

    /// <summary>The load in short.</summary>
    public LoadReport Load { get; init; } = new();

    /// <summary>Latency in short, of <c>http_req_duration</c>; null when there were no requests.</summary>
    public LatencyReport? Latency { get; init; }

    /// <summary>Every metric and sub-metric reported, in a fixed order: overall ones by name, each followed by its sub-metrics.</summary>
    public IReadOnlyList<MetricReport> Metrics { get; init; } = [];

    /// <summary>The thresholds in the order of the manifest.</summary>
    public IReadOnlyList<ThresholdReport> Thresholds { get; init; } = [];

    /// <summary>The scenarios in the order of the manifest.</summary>
    public IReadOnlyList<ScenarioReport> Scenarios { get; init; } = [];

    /// <summary>Seconds that the generator itself spoiled, by runner, then cause and time; empty when it kept up.</summary>
    public IReadOnlyList<TaintedSpan> Tainted { get; init; } = [];

    /// <summary>What failed requests failed of, most frequent first.</summary>
    public IReadOnlyList<FailureReport> Failures { get; init; } = [];

    /// <summary>The checks by group, then name.</summary>
    public IReadOnlyList<CheckReport> Checks { get; init; } = [];

    /// <summary>Same key, same load: what a baseline must have in common with the run that is compared with it; null in reports of earlier programs.</summary>
    public string? LoadShape { get; init; }

    /// <summary>The samples of every selector that thresholds name, whole, so that a later run can be compared with this one; by selector key.</summary>
    public IReadOnlyList<SampleReport> Samples { get; init; } = [];

    /// <summary>The marks that were set, in order.</summary>
    public IReadOnlyList<RunMark> Marks { get; init; } = [];

    /// <summary>What was asked of Prometheus, with up to 500 numbers of each query; in the order of the manifest.</summary>
    public IReadOnlyList<QueryReport> Observed { get; init; } = [];

    /// <summary>What was seen to happen to the target's Pods, in order; the first 100.</summary>
    public IReadOnlyList<Happening> Happenings { get; init; } = [];

    /// <summary>One point per second of load.</summary>
    public IReadOnlyList<SeriesPoint> Series { get; init; } = [];
}

/// <summary>Where a run is.</summary>
public enum RunPhase
{
    /// <summary>Seen, not begun.</summary>
    Pending,

    /// <summary>Waits for another run or for permission.</summary>
    Queued,

    /// <summary>Runners start, load their plan, connect.</summary>
    Preparing,

    /// <summary>Load is sent.</summary>
    Running,

    /// <summary>The final data is collected and judged.</summary>
    Evaluating,

    /// <summary>The verdict stands.</summary>
    Finished,
}

/// <summary>The runners of a run.</summary>
public sealed record RunnersReport
{
    /// <summary>How many the test asks for.</summary>
    public int Desired { get; init; } = 1;

    /// <summary>How many were ready at the start.</summary>
    public int Ready { get; init; }

    /// <summary>How many were lost since.</summary>
    public int Lost { get; init; }

    /// <summary>What is covered when runners were lost, e.g. <c>3 of 4 partitions, 91.7% of the plan</c>; null when none was.</summary>
    public string? Coverage { get; init; }

    /// <summary>Latest minus earliest start of the load among them; null when unknown.</summary>
    public Duration? StartSkew { get; init; }
}

/// <summary>The load in short: counts are numbers, the rest is for people.</summary>
public sealed record LoadReport
{
    /// <summary>HTTP exchanges.</summary>
    public long Requests { get; init; }

    /// <summary>Exchanges per second of load, e.g. <c>6289.4/s</c>.</summary>
    public string Rate { get; init; } = "0/s";

    /// <summary>Share of failed exchanges, e.g. <c>0.31%</c>.</summary>
    public string Failed { get; init; } = "0%";

    /// <summary>
    /// Started ÷ planned iterations, without those that an error of the test itself ended, over all scenarios that plan iterations, e.g. <c>100%</c>; null
    /// when none does.
    /// </summary>
    public string? Delivered { get; init; }

    /// <summary>Iterations that were due and could not be started.</summary>
    public long Dropped { get; init; }

    /// <summary>Iterations started and cut off.</summary>
    public long Interrupted { get; init; }

    /// <summary>Most virtual users that were active at once.</summary>
    public long Vus { get; init; }
}

/// <summary>Latency in short, for people: e.g. <c>2.89ms</c>, or <c>no answer</c> where the number would be that of a request that was not answered.</summary>
/// <param name="Avg">Mean of the answered requests.</param>
/// <param name="Med">Median of all requests, as the percentiles.</param>
/// <param name="P90">90th percentile.</param>
/// <param name="P95">95th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="Max">Longest.</param>
/// <param name="Unanswered">Requests that got no complete answer. Default 0.</param>
public sealed record LatencyReport(string Avg, string Med, string P90, string P95, string P99, string Max, long Unanswered = 0);

/// <summary>A metric or sub-metric with its values.</summary>
/// <param name="Name">Selector key, e.g. <c>http_req_duration{name:order}</c>.</param>
/// <param name="Type"><c>counter</c>, <c>gauge</c>, <c>rate</c> or <c>trend</c>.</param>
/// <param name="Unit"><c>ms</c>, <c>B</c> or empty.</param>
/// <param name="Values">
/// In <paramref name="Unit"/>. Counter: <c>count</c>, <c>rate</c> (per second of load). Gauge: <c>value min max</c>. Rate: <c>rate passes fails</c>. Trend:
/// <c>count avg min med p90 p95 p99 max</c> and <c>pN</c> for each percentile that a threshold uses, and <c>unanswered</c> where requests got no complete
/// answer: they are longer than any limit, so that a percentile may be +∞; average and minimum are of the others. In JSON the values stand beside the other
/// fields, +∞ as null.
/// </param>
public sealed record MetricReport(string Name, string Type, string Unit, OrderedMap<double> Values);

/// <summary>A threshold as it ended.</summary>
public sealed record ThresholdReport
{
    /// <summary>Selector key.</summary>
    public required string Metric { get; init; }

    /// <summary>As written.</summary>
    public required string Expression { get; init; }

    /// <summary>
    /// The measured value in <see cref="Unit"/>; null without samples, +∞ (in JSON null, beside <c>unanswered</c>) where requests that it counts were not
    /// answered.
    /// </summary>
    public double? Observed { get; init; }

    /// <summary><c>ms</c>, <c>B</c>, <c>/s</c>, <c>B/s</c> or empty.</summary>
    public string Unit { get; init; } = string.Empty;

    /// <summary>Whether it holds.</summary>
    public required bool Ok { get; init; }

    /// <summary>There were no samples.</summary>
    public bool NoData { get; init; }

    /// <summary>
    /// It neither holds nor is broken for certain: samples are missing, or an average left out requests that were not answered. Default false.
    /// </summary>
    public bool InDoubt { get; init; }

    /// <summary>Of the samples judged, those of requests that got no complete answer. Default 0.</summary>
    public long Unanswered { get; init; }

    /// <summary>For people: <c>6.2 ms, limit 20 ms</c>.</summary>
    public required string Message { get; init; }
}

/// <summary>A scenario's plan and what came of it.</summary>
public sealed record ScenarioReport
{
    /// <summary>The scenario's key.</summary>
    public required string Name { get; init; }

    /// <summary>E.g. <c>ramping-vus</c>.</summary>
    public required string Executor { get; init; }

    /// <summary>Planned iterations; null where only VUs and time are planned.</summary>
    public long? Planned { get; init; }

    /// <summary>Iterations begun.</summary>
    public long Started { get; init; }

    /// <summary>Iterations finished.</summary>
    public long Completed { get; init; }

    /// <summary>Due, but not begun.</summary>
    public long Dropped { get; init; }

    /// <summary>Begun and cut off.</summary>
    public long Interrupted { get; init; }

    /// <summary>Planned, but never due.</summary>
    public long Abandoned { get; init; }

    /// <summary>Of the finished ones, those that an error of the test itself ended.</summary>
    public long TestErrors { get; init; }

    /// <summary>Requests that went to the target.</summary>
    public long Sent { get; init; }

    /// <summary>Those of them that were answered completely.</summary>
    public long Answered { get; init; }
}

/// <summary>All samples of a selector.</summary>
/// <param name="Name">Selector key.</param>
/// <param name="Value">Their sum: a histogram, counts of a rate, or a counter.</param>
public sealed record SampleReport(string Name, SeriesValue Value);

/// <summary>A check's outcomes.</summary>
/// <param name="Group">Group path, e.g. <c>::login</c>; empty for the root.</param>
/// <param name="Name">The check's name.</param>
/// <param name="Passes">How often it held.</param>
/// <param name="Fails">How often not.</param>
public sealed record CheckReport(string Group, string Name, long Passes, long Fails);
