namespace LoadTesting.Model.Reporting;

/// <summary>One second of the run over all runners.</summary>
public sealed record SeriesPoint
{
    /// <summary>Whole seconds from the start of the load to the start of this second, ≥ 0.</summary>
    public required int Second { get; init; }

    /// <summary>HTTP exchanges that ended in this second.</summary>
    public long Requests { get; init; }

    /// <summary>The same per second; differs from <see cref="Requests"/> only in a last second that was not full, and where the point is <see cref="Estimated"/>.</summary>
    public double Rate { get; init; }

    /// <summary>Failed exchanges.</summary>
    public long Failed { get; init; }

    /// <summary>Failed ÷ all exchanges, 0…1; null without exchanges.</summary>
    public double? ErrorRate { get; init; }

    /// <summary>
    /// Median of http_req_duration, ms; null without exchanges, +∞ (in JSON null, beside <c>unanswered</c>) where half of them or more got no complete
    /// answer.
    /// </summary>
    public double? P50 { get; init; }

    /// <summary>95th percentile, ms; as the median.</summary>
    public double? P95 { get; init; }

    /// <summary>99th percentile, ms; as the median.</summary>
    public double? P99 { get; init; }

    /// <summary>Exchanges that ended in this second without a complete answer; the percentiles count them as longer than any limit.</summary>
    public long Unanswered { get; init; }

    /// <summary>Active virtual users at the end of the second.</summary>
    public long Vus { get; init; }

    /// <summary>Iterations completed.</summary>
    public long Iterations { get; init; }

    /// <summary>Iterations dropped.</summary>
    public long Dropped { get; init; }

    /// <summary>99th percentile of the send lag, ms; null where no open model started anything.</summary>
    public double? SendLagP99 { get; init; }

    /// <summary>Bytes received.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Bytes sent.</summary>
    public long BytesSent { get; init; }

    /// <summary>
    /// No snapshot was taken at the end of this second, so its counts are this second's share of a longer interval, and the percentiles are those of the interval. Default false.
    /// </summary>
    public bool Estimated { get; init; }
}
