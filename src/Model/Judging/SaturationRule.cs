using LoadTesting.Model.Reporting;

namespace LoadTesting.Model.Judging;

/// <summary>The part of <see cref="VerdictRule"/> that judges the generator.</summary>
internal static class SaturationRule
{
    private const int MostNamed = 3;

    /// <summary>Whether what the generator did to itself may be all that broke the threshold.</summary>
    public static bool PutsInDoubt(RunEvidence evidence, ThresholdResult broken)
    {
        if (evidence.LoadSeconds == 0)
        {
            return false;
        }

        // Failures for want of a port or descriptor never reached the target, however few they are.
        var exhausted = Share(evidence, s => s.Cause is TaintCauses.Ports or TaintCauses.Files);
        return (exhausted > 0 && exhausted >= broken.ReplaceShare)
            || (evidence.IsTainted && broken.DependsOnGenerator && Share(evidence, _ => true) >= broken.ReplaceShare);
    }

    /// <summary>The verdict of a run whose generator was at its limits.</summary>
    /// <param name="evidence">The evidence.</param>
    /// <param name="doubtful">The broken thresholds in words; empty when none is.</param>
    public static VerdictDecision Saturated(RunEvidence evidence, string doubtful)
    {
        var spans = evidence.Tainted.OrderByDescending(s => s.Seconds).ThenBy(s => s.Runner).ThenBy(s => s.From ?? int.MaxValue).ThenBy(s => s.Cause, StringComparer.Ordinal).ToList();
        var named = string.Join("; ", spans.Take(MostNamed).Select(TaintText.Describe)) + (spans.Count > MostNamed ? $"; and {spans.Count - MostNamed} more" : string.Empty);
        var share = (double)evidence.TaintedSeconds / Math.Max(1, evidence.LoadSeconds);
        return new(
            Verdict.Invalid,
            Reasons.GeneratorSaturated,
            $"the generator itself was at its limits in {evidence.TaintedSeconds} of {evidence.LoadSeconds} seconds ({HumanFormat.Percent(share)}, {HumanFormat.Percent(evidence.AllowedTaintedShare)} is allowed): {named}"
            + (doubtful.Length == 0 ? string.Empty : $"; {doubtful}, but that may be its own doing") + $"; {TaintText.Advice(evidence)}");
    }

    /// <summary>The verdict of a run whose runners did not start together; null when they did.</summary>
    public static VerdictDecision? Skewed(RunEvidence evidence) => evidence.StartSkew is { } skew && skew > evidence.AllowedStartSkew
        ? new(
            Verdict.Invalid,
            Reasons.StartSkewed,
            $"the runners started within {HumanFormat.Seconds(skew)} of each other, {HumanFormat.Seconds(evidence.AllowedStartSkew)} is allowed: look at the clocks and the load of their nodes, or raise validity.maxStartSkew")
        : null;

    private static double Share(RunEvidence evidence, Func<TaintedSpan, bool> which) =>
        (double)TaintedSpan.DistinctSeconds([.. evidence.Tainted.Where(which)], evidence.LoadSeconds) / evidence.LoadSeconds;
}
