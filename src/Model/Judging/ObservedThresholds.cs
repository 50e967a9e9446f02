using LoadTesting.Model.Observing;

namespace LoadTesting.Model.Judging;

/// <summary>
/// What missing observations mean for a threshold. One that holds on too few of them does not hold: what was not seen may have broken it. One that is broken stays so, unless the missing
/// samples could mend it. Neither generator nor lost runners have a part in these numbers.
/// </summary>
internal static class ObservedThresholds
{
    /// <summary>What is missing; null when nothing is known of what was observed.</summary>
    public static ObservationGap? Gap(Threshold threshold, ThresholdContext context) => context.Observations is not { } log ? null
        : log.Gap(threshold.Metric, context.Clock.Load) ?? (threshold.Subject is { } subject ? log.Gap(subject.Metric, context.Clock.Load) : null);

    /// <summary>A threshold without samples. <c>or absent</c> speaks of empty answers; that nobody answered is no absence.</summary>
    public static ThresholdResult WithoutSamples(ThresholdResult result, ObservationGap? gap, ThresholdContext context) =>
        gap is null || (result.Ok && gap.Failed <= 1 - context.ObservedRatio) ? result : result with { Ok = false, Unobserved = gap.Text, Message = $"no samples ({gap.Text})" };

    /// <summary>A threshold with samples, of which some may be missing.</summary>
    /// <param name="result">As far as the samples go.</param>
    /// <param name="gap">What is missing; null = nothing.</param>
    /// <param name="mayBeAbsent">The threshold says <c>or absent</c>: empty answers are none that are missing.</param>
    /// <param name="context">What is allowed to be missing.</param>
    public static ThresholdResult Doubt(ThresholdResult result, ObservationGap? gap, bool mayBeAbsent, ThresholdContext context)
    {
        var missing = (mayBeAbsent ? gap?.Failed : gap?.Share) ?? 0;
        var isDoubtful = missing > 1 - context.ObservedRatio && (result.Ok || missing >= result.RepairShare);
        return isDoubtful
            ? result with { Incomplete = true, Unobserved = gap!.Text, AbortRequested = false }
            : result with { RepairShare = result.Ok ? 0 : 1, ReplaceShare = result.Ok ? 0 : 1 };
    }
}
