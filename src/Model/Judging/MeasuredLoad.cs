using LoadTesting.Metrics;
using LoadTesting.Model.Reporting;

namespace LoadTesting.Model.Judging;

/// <summary>What a load came to, in the few numbers that a verdict's sentence has room for.</summary>
/// <param name="Iterations">Completed iterations.</param>
/// <param name="Requests">Requests.</param>
/// <param name="FailedShare">Share of them that failed, 0…1.</param>
/// <param name="P95">Their p(95) in milliseconds; null without samples.</param>
public sealed record MeasuredLoad(long Iterations, long Requests, double FailedShare, double? P95)
{
    /// <summary>Requests of scenarios that went to the target.</summary>
    public long Sent { get; init; }

    /// <summary>Those of them that were answered completely.</summary>
    public long Answered { get; init; }

    /// <summary>E.g. <c>5626 requests sent, 5620 answered</c>.</summary>
    public string Traffic => Sent == 0 ? "no request was sent" : $"{Many(Sent)} sent, {(Answered == Sent ? "all" : HumanFormat.Count(Answered))} answered";

    /// <summary>E.g. <c>5626 requests, 100% failed, p(95) 3.1ms</c>.</summary>
    public string Sentence => Requests == 0
        ? $"{HumanFormat.Count(Iterations)} {(Iterations == 1 ? "iteration" : "iterations")} and no request"
        : $"{Many(Requests)}, {HumanFormat.Percent(FailedShare)} failed" + (P95 is { } p95 ? $", p(95) {HumanFormat.Time(p95)}" : string.Empty);

    /// <summary>Those of a run.</summary>
    /// <param name="total">Everything sampled by all runners.</param>
    public static MeasuredLoad Of(Snapshot total) => new(
        Count(total, BuiltInMetrics.Iterations),
        Count(total, BuiltInMetrics.HttpReqs),
        (total.Select(BuiltInMetrics.HttpReqFailed) as RateValue)?.Rate ?? 0,
        total.Select(BuiltInMetrics.HttpReqDuration) is HistogramSnapshot { Count: > 0 } times && times.Percentile(95) is { } seconds
            ? Observation.InUnit(seconds, BuiltInMetrics.HttpReqDuration) : null)
    {
        Sent = Count(total, BuiltInMetrics.RequestsAnswered) + Count(total, BuiltInMetrics.RequestsUnanswered),
        Answered = Count(total, BuiltInMetrics.RequestsAnswered),
    };

    private static string Many(long count) => $"{HumanFormat.Count(count)} {(count == 1 ? "request" : "requests")}";

    private static long Count(Snapshot total, MetricDefinition metric) => total.Select(metric) is CounterValue counter ? (long)Math.Round(counter.Sum) : 0;
}
