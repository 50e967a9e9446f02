namespace LoadTesting.Model.Judging;

/// <summary>The part of <see cref="VerdictRule"/> that judges averages of which requests without an answer are no part.</summary>
internal static class UnansweredRule
{
    private const int MostNamed = 3;

    /// <summary>
    /// The verdict of a run of which a threshold on an average holds that would not with 60 s for each unanswered request; null where none does.
    /// </summary>
    public static VerdictDecision? Decide(RunEvidence evidence)
    {
        var doubtful = evidence.Thresholds.Where(t => t is { Ok: true, DependsOnUnanswered: true }).ToList();
        if (doubtful.Count == 0)
        {
            return null;
        }

        var named = string.Join("; ", doubtful.Take(MostNamed).Select(t => $"{t.Metric} {t.Aggregation} {t.Message}")) + (doubtful.Count > MostNamed ? $"; and {doubtful.Count - MostNamed} more" : string.Empty);
        return new(
            Verdict.Invalid,
            Reasons.Unanswered,
            $"an average is only of the requests that were answered, and too many were not: {named}; hold a percentile to the limit, which counts them, or http_req_failed");
    }
}
