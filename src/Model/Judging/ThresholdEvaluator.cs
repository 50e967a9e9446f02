using LoadTesting.Metrics;
using LoadTesting.Model.Judging.Baselines;
using LoadTesting.Model.Judging.Windows;

namespace LoadTesting.Model.Judging;

/// <summary>
/// Holds thresholds against the merged samples of all runners, from the run's beginning on (setup and teardown included, as in k6). Called about once a second while the load
/// runs, for aborts, and once at the end.
/// </summary>
public static class ThresholdEvaluator
{
    /// <summary>Evaluates all thresholds, in their order.</summary>
    /// <param name="thresholds">What must hold.</param>
    /// <param name="total">Everything sampled so far by all runners.</param>
    /// <param name="clock">When this is.</param>
    /// <returns>
    /// One result for each. Without samples <see cref="ThresholdResult.NoData"/> is set and nothing is aborted. <see cref="ThresholdResult.RepairShare"/> and
    /// <see cref="ThresholdResult.Incomplete"/> are worked out in the final evaluation only; the shares only of thresholds that hold the whole run against a number. Of a window, a
    /// baseline, another selector or a derived metric they stay 0, which claims nothing: a runner that was lost late has left out little of the run and much of its last window.
    /// </returns>
    public static IReadOnlyList<ThresholdResult> Evaluate(IReadOnlyList<Threshold> thresholds, Snapshot total, RunClock clock) =>
        Evaluate(thresholds, new ThresholdContext(total, clock));

    /// <summary>The same with all that thresholds may look at.</summary>
    internal static IReadOnlyList<ThresholdResult> Evaluate(IReadOnlyList<Threshold> thresholds, ThresholdContext context) =>
        [.. thresholds.Select(t => Evaluate(t, context))];

    private static ThresholdResult Evaluate(Threshold written, ThresholdContext context)
    {
        var (clock, expression) = (context.Clock, written.Expression);
        var isDerived = DerivedMetrics.Contains(written.Metric);
        if (isDerived && !clock.IsFinal)
        {
            return Unknown(written, "known at the end of the run") with { NoData = true };
        }

        var (threshold, why) = Resolve(written, context);
        var measured = double.IsNaN(threshold.Wanted) ? new Measured(null, null, Note: why) : Measure(threshold, context);
        var gap = clock.IsFinal && written.IsObserved ? ObservedThresholds.Gap(written, context) : null;
        if (measured.Observed is not { } observed)
        {
            var isFolded = clock.IsFinal && (FoldedHere(threshold, context.Total) > 0 || IsFoldedElsewhere(threshold, context.Total));
            return ObservedThresholds.WithoutSamples(Unknown(threshold, gap?.Text ?? measured.Note) with { Incomplete = isFolded }, gap, context);
        }

        if (double.IsPositiveInfinity(threshold.Wanted) && !(double.IsPositiveInfinity(observed) && IsUpper(expression.Operator)))
        {
            // A limit that everything keeps would judge nothing.
            return Unknown(threshold, "what it is compared with got no answer, so that there is no limit");
        }

        var comparison = expression.Value is BaselineValue baseline ? BaselineTest.Compare(threshold, baseline, measured, context) : null;
        var ok = !measured.IsBroken && (expression.Operator.Holds(observed, threshold.Wanted) || comparison is { IsSignificant: false });
        var isInDoubt = ok && (expression.Value is BaselineValue limit ? Unanswered.IsInDoubt(threshold, limit, measured, context) : measured.IsInDoubt);
        var looksAtAll = !isDerived && measured.Value is not null && expression is { Window: null, Over: null, Value: NumberValue };
        var repairShare = !ok && clock.IsFinal && looksAtAll ? RepairShare.Of(threshold, measured.Value, observed) : 0;
        double? holdsBelow = !ok && clock.IsFinal ? LoadDependence.HoldsBelowDelivered(threshold, observed, ofWholeRun: expression is { Window: null, Over: null, Value: not SelectorValue }) : null;
        var result = new ThresholdResult
        {
            Metric = threshold.Selector.Key,
            Expression = expression.Text,
            Aggregation = expression.Aggregation.ToString(),
            Observed = observed,
            Wanted = threshold.Wanted,
            Unit = Observation.Unit(threshold.Metric, expression.Aggregation),
            Ok = ok,
            NoData = false,
            Message = ThresholdText.Message(threshold, observed, measured, comparison, isInDoubt),
            AbortRequested = !ok && threshold.Abort is { } abort && (abort.After is not { } delay || delay < clock.Load),
            RepairShare = repairShare,
            ReplaceShare = !ok && clock.IsFinal && looksAtAll && !LoadDependence.IsOwnDoing(threshold) ? ReplaceShare.Of(threshold, measured.Value, observed) : 0,
            DependsOnGenerator = LoadDependence.IsOnGenerator(threshold) || holdsBelow is not null,
            HoldsBelowDelivered = holdsBelow,
            Scenario = threshold.Selector.TryGetTag("scenario", out var scenario) ? scenario : null,
            Unanswered = Unanswered.Count(measured.Value),
            DependsOnUnanswered = isInDoubt,
            Incomplete = clock.IsFinal && IsIncomplete(threshold, measured.Value, context.Total, !ok, repairShare),
        };
        return clock.IsFinal && written.IsObserved ? ObservedThresholds.Doubt(result, gap, expression.OrAbsent, context) : result;
    }

    private static Measured Measure(Threshold threshold, ThresholdContext context)
    {
        if (DerivedMetrics.Contains(threshold.Metric))
        {
            return DerivedMetrics.Measure(threshold, context);
        }

        if (threshold.Expression.Window is not null || threshold.Expression.Over is not null)
        {
            return context.Windows?.Measure(threshold, context.Clock.IsFinal) ?? new(null, null, Note: "the run was not looked at by seconds");
        }

        var value = context.Total.Select(threshold.Metric, threshold.Selector);
        var observed = Observation.Of(value, threshold.Metric, threshold.Expression.Aggregation, context.Clock.Load.Seconds);
        return new(value, observed, IsInDoubt: Unanswered.IsInDoubt(threshold, value));
    }

    private static bool IsUpper(ComparisonOperator comparison) => comparison is ComparisonOperator.Less or ComparisonOperator.LessOrEqual;

    /// <summary>The threshold with the value that must be measured first, or why there is none.</summary>
    private static (Threshold Threshold, string? Why) Resolve(Threshold threshold, ThresholdContext context)
    {
        var aggregation = threshold.Expression.Aggregation;
        switch (threshold.Expression.Value)
        {
            case SelectorValue other when threshold.Subject is { } subject:
                var seen = Observation.Of(context.Total.Select(subject.Metric, subject.Selector), subject.Metric, aggregation, context.Clock.Load.Seconds);
                return (threshold with { Resolved = seen * other.Factor }, $"no samples of {other.Selector.Key} to compare with");
            case BaselineValue baseline:
                if (context.Baseline is not { } run)
                {
                    return (threshold, "there is no baseline to compare with: name a run (spec.baseline; at the desk --baseline FILE)");
                }

                var before = Observation.Of(run.Find(threshold.Selector), threshold.Metric, aggregation, run.Load.Seconds);
                return (threshold with { Resolved = before * baseline.Factor }, run.Mismatch ?? $"the baseline {run.Name} has no samples of {threshold.Selector.Key}");
            default:
                return (threshold, null);
        }
    }

    private static ThresholdResult Unknown(Threshold threshold, string? why) => new()
    {
        Metric = threshold.Selector.Key,
        Expression = threshold.Expression.Text,
        Aggregation = threshold.Expression.Aggregation.ToString(),
        Observed = null,
        Wanted = double.IsFinite(threshold.Wanted) ? threshold.Wanted : 0,
        Unit = Observation.Unit(threshold.Metric, threshold.Expression.Aggregation),
        Ok = threshold.Expression.OrAbsent,
        NoData = true,
        // Against nothing is not the same as without samples.
        Message = threshold.Expression is { Value: BaselineValue, OrAbsent: false } && why is not null ? why
            : (threshold.Expression.OrAbsent ? "no samples, which is allowed" : "no samples") + (why is null ? string.Empty : $" ({why})"),
    };

    /// <summary>Whether the overflow series holds enough samples that could be this selector's to turn the result round.</summary>
    private static bool IsIncomplete(Threshold threshold, SeriesValue? value, Snapshot total, bool broken, double repairShare)
    {
        if (IsFoldedElsewhere(threshold, total))
        {
            return true;
        }

        var folded = FoldedHere(threshold, total);
        if (folded <= 0)
        {
            return false;
        }

        double seen = value switch
        {
            RateValue rate => rate.Total,
            HistogramSnapshot histogram => histogram.Count,
            DistinctValue distinct => distinct.Count,
            _ => 0,
        };
        return !broken || folded / (seen + folded) >= repairShare;
    }

    /// <summary>Samples in the overflow series that may be the selector's own.</summary>
    private static double FoldedHere(Threshold threshold, Snapshot total) => threshold.Selector.Tags.Count == 0 ? 0
        : total.OverflowSamples(threshold.Metric == DerivedMetrics.LongestGap ? BuiltInMetrics.FailingAt : threshold.Metric);

    /// <summary>Whether samples may be missing in what a derived metric speaks of, or in what the value is compared with: nothing tells in whose favour.</summary>
    private static bool IsFoldedElsewhere(Threshold threshold, Snapshot total) =>
        threshold.Subject is { Selector.Tags.Count: > 0 } subject && total.OverflowSamples(subject.Metric) > 0;
}
