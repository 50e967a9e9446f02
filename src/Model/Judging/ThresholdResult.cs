namespace LoadTesting.Model.Judging;

/// <summary>One threshold, judged on the samples so far.</summary>
public sealed record ThresholdResult
{
    /// <summary>The selector's key, e.g. <c>http_req_duration{name:order}</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>The expression as written.</summary>
    public required string Expression { get; init; }

    /// <summary>The left side's notation, e.g. <c>p(95)</c>.</summary>
    public required string Aggregation { get; init; }

    /// <summary>
    /// The measured value in <see cref="Unit"/>; +∞ where it is beyond every limit, because requests were not answered; null when there are no samples.
    /// </summary>
    public required double? Observed { get; init; }

    /// <summary>The value compared with, in <see cref="Unit"/>.</summary>
    public required double Wanted { get; init; }

    /// <summary><c>ms</c>, <c>B</c>, <c>/s</c>, <c>B/s</c>, or empty for counts and fractions.</summary>
    public required string Unit { get; init; }

    /// <summary>Whether the threshold holds. Without samples true only with <c>or absent</c>.</summary>
    public required bool Ok { get; init; }

    /// <summary>There were no samples to judge.</summary>
    public required bool NoData { get; init; }

    /// <summary>For people, without the metric's name: <c>6.2 ms, limit 20 ms</c>.</summary>
    public required string Message { get; init; }

    /// <summary>The threshold is broken, wants the run stopped, and its delay is over.</summary>
    public bool AbortRequested { get; init; }

    /// <summary>
    /// How large a share of all samples (0…1) would have to be missing before the missing ones, whatever their values, could make this broken threshold
    /// hold; 1 = nothing could (a count above its limit), 0 = any missing sample might (a minimum). 0 where <see cref="Ok"/> or <see cref="NoData"/>.
    /// A smaller missing share leaves the breach proven.
    /// </summary>
    public double RepairShare { get; init; }

    /// <summary>
    /// How large a share of all samples (0…1) would have to be other ones before this broken threshold could hold; what a spoiled second measured is in doubt to
    /// that extent. 0 where <see cref="Ok"/> or <see cref="NoData"/>.
    /// </summary>
    public double ReplaceShare { get; init; }

    /// <summary>A slow generator makes this number worse: it is a time, or a least amount. Default false: an outcome such as a failed request is none of its doing.</summary>
    public bool DependsOnGenerator { get; init; }

    /// <summary>
    /// More load could make this broken threshold hold: it wants a least amount, or one that is not yet reached. The most of the plan, as a share (0…1), that
    /// may have been delivered for that: amounts are taken to grow with the load, and 1 is any missing part. Null = no further load could; what was not sent
    /// does not excuse it.
    /// </summary>
    public double? HoldsBelowDelivered { get; init; }

    /// <summary>The scenario whose samples it speaks of; null = all.</summary>
    public string? Scenario { get; init; }

    /// <summary>
    /// Samples that may belong here went to the metric's overflow series (too many different tag sets), and there are so many of them that they could turn the result
    /// round. Default false.
    /// </summary>
    public bool Incomplete { get; init; }

    /// <summary>
    /// What is missing of what <c>observe</c> was to see, where it is too much for this threshold to hold, or to be proven broken; null where enough was seen. <see cref="Incomplete"/> or
    /// <see cref="NoData"/> is set with it.
    /// </summary>
    public string? Unobserved { get; init; }

    /// <summary>Of the samples judged, those without a number: requests that got no complete answer. Default 0.</summary>
    public long Unanswered { get; init; }

    /// <summary>
    /// It holds, but on an average that <see cref="Unanswered"/> samples are not in, and would not with 60 s for each of them. Default false.
    /// </summary>
    public bool DependsOnUnanswered { get; init; }

    /// <summary>Measured, wholly enough, and not holding.</summary>
    public bool Broken => !Ok && !NoData && !Incomplete;
}
