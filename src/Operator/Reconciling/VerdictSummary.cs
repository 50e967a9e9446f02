using LoadTesting.Operator.Api;
using Phase = LoadTesting.Operator.Api.RunPhase;

namespace LoadTesting.Operator.Reconciling;

/// <summary>
/// What a person wants to know, in a few lines. <c>kubectl describe</c> prints a status by the names of its fields, so this one has a name that comes last,
/// behind the long list of metrics and directly before the events.
/// </summary>
internal static class VerdictSummary
{
    // Nobody reads more at a glance; all of them stand in `thresholds`.
    private const int MostThresholds = 10;

    /// <summary>The lines for a status whose other fields are final.</summary>
    public static IReadOnlyList<string>? Of(LoadTestStatus status)
    {
        if (status.Phase is null && status.Message is null)
        {
            return null;
        }

        var lines = new List<string> { $"{status.Verdict ?? status.Phase?.ToString() ?? "Pending"} ({status.Reason}): {status.Message}" };
        var broken = (status.Thresholds ?? []).Where(t => !t.Ok).ToList();
        lines.AddRange(broken.Take(MostThresholds).Select(t => $"✗ {t.Metric} {t.Expression}: {t.Message}"));
        if (broken.Count > MostThresholds)
        {
            lines.Add($"✗ and {broken.Count - MostThresholds} more");
        }

        if (status is { Phase: Phase.Finished, Thresholds: { Count: > 0 } all } && all.Count > broken.Count)
        {
            lines.Add($"✓ {all.Count - broken.Count} of {all.Count} thresholds hold");
        }

        if (status.Conditions is { Count: > 0 } conditions)
        {
            lines.Add(string.Join(' ', conditions.Select(c => $"{c.Type}={c.Status}")));
        }

        return lines;
    }
}
