using LoadTesting.Metrics;

namespace LoadTesting.Model.Reporting;

/// <summary>Failed requests of one kind: the first thing to look at when a run went wrong.</summary>
/// <param name="Request">The request's name.</param>
/// <param name="Cause">What went wrong: <c>status 503</c>, or the transport error with k6's code, as in <c>connection refused (error 1212)</c>.</param>
/// <param name="Count">How many.</param>
public sealed record FailureReport(string Request, string Cause, long Count)
{
    /// <summary>Kinds listed; a target that fails in a thousand ways is described by the most frequent ones.</summary>
    public const int Most = 20;

    /// <summary>The failures in a run's data, most frequent first.</summary>
    public static IReadOnlyList<FailureReport> Of(Snapshot total) =>
    [
        .. total.Series
            .Where(s => s.Key.Metric == BuiltInMetrics.HttpReqFailed && ((RateValue)s.Value).Trues > 0)
            .GroupBy(s => (Request: Tag(s.Key.Tags, "name"), Cause: CauseOf(s.Key.Tags)))
            .Select(g => new FailureReport(g.Key.Request, g.Key.Cause, g.Sum(s => ((RateValue)s.Value).Trues)))
            .OrderByDescending(f => f.Count).ThenBy(f => f.Request, StringComparer.Ordinal).ThenBy(f => f.Cause, StringComparer.Ordinal)
            .Take(Most),
    ];

    private static string CauseOf(TagSet tags)
    {
        var (status, error, code) = (Tag(tags, "status"), Tag(tags, "error"), Tag(tags, "error_code"));
        return status is not ("" or "0") && error.Length == 0 ? $"status {status}"
            : error.Length > 0 ? $"{error} (error {code})"
            : code.Length > 0 ? $"error {code}"
            : "samples beyond the bound of series";
    }

    private static string Tag(TagSet tags, string key) => tags.TryGet(key, out var value) ? value : string.Empty;
}
