using LoadTesting.Metrics;
using LoadTesting.Model.Judging.Windows;

namespace LoadTesting.Model.Judging.Baselines;

/// <summary>A number beside that of the baseline run.</summary>
/// <param name="Name">The baseline run.</param>
/// <param name="Baseline">Its number, without the factor.</param>
/// <param name="IsSignificant">Whether the difference beyond the factor is more than chance explains; null where that cannot be said (counts, gauges, extremes).</param>
internal sealed record BaselineComparison(string Name, double Baseline, bool? IsSignificant);

/// <summary>
/// Whether a number is beyond the baseline's by more than chance explains. One-sided z-tests at 0.5 %, on the merged histograms alone, so that the same data gives the
/// same answer:
/// <list type="bullet">
/// <item>percentiles: difference of logarithms over its standard error, each side's taken from the order statistics one binomial standard error around the rank (Woodruff 1952; McKean and
/// Schrader 1984), plus the width of a bucket. Distribution-free; latencies are not normal, and their tails least of all;</item>
/// <item>averages: difference of logarithms over the standard errors of the means, with variances from the buckets, of the samples that have a number;</item>
/// <item>rates: difference of two proportions, each with Agresti and Coull's two added trials.</item>
/// </list>
/// A percentile without an answer is beyond any baseline, by whatever chance. Where only the order statistic above a percentile has none, its error is the
/// one below: an infinite one would explain everything. Samples are taken as independent. Mann and Whitney's test, which others use, asks whether one run
/// tends to be slower: a p(99) that doubled alone escapes it.
/// </summary>
internal static class BaselineTest
{
    /// <summary>Quantile of the normal distribution for 0.5 % on one side.</summary>
    public const double Critical = 2.5758;

    // A bucket of schema 8 is 2^(1/256) wide; a uniform error within it has this standard deviation of the logarithm.
    private static readonly double BucketDeviation = Math.Log(2) / 256 / Math.Sqrt(12);

    /// <summary>Compares a measured number with the baseline's; null without one.</summary>
    public static BaselineComparison? Compare(Threshold threshold, BaselineValue wanted, Measured measured, ThresholdContext context)
    {
        if (context.Baseline is not { } run || threshold.Resolved is not { } limit)
        {
            return null;
        }

        var isUpper = threshold.Expression.Operator is ComparisonOperator.Less or ComparisonOperator.LessOrEqual;
        var z = (measured.Value, run.Find(threshold.Selector)) switch
        {
            (HistogramSnapshot now, HistogramSnapshot before) => Trend(threshold.Expression.Aggregation, now, before, wanted.Factor),
            (RateValue now, RateValue before) when threshold.Expression.Aggregation.Kind == AggregationKind.Rate => Proportions(now, before, wanted.Factor),
            _ => null,
        };
        return new(run.Name, limit / wanted.Factor, z is { } score ? (isUpper ? score : -score) > Critical : null);
    }

    /// <summary>
    /// Whether the mean, samples without a number taken as <paramref name="overflowValue"/>, is beyond factor × before by more than chance explains; null
    /// where that cannot be said.
    /// </summary>
    internal static bool? IsWorse(Threshold threshold, HistogramSnapshot now, HistogramSnapshot before, double factor, double overflowValue)
    {
        if (Mean(now, overflowValue) is not { } a || Mean(before, overflowValue) is not { } b)
        {
            return null;
        }

        var z = Score(a, b, factor);
        return (threshold.Expression.Operator is ComparisonOperator.Less or ComparisonOperator.LessOrEqual ? z : -z) > Critical;
    }

    /// <summary>How many standard errors now is above factor × before; null where the aggregation has no such error.</summary>
    internal static double? Trend(Aggregation aggregation, HistogramSnapshot now, HistogramSnapshot before, double factor)
    {
        Func<HistogramSnapshot, (double Log, double Error)?>? estimate = aggregation.Kind switch
        {
            AggregationKind.Med or AggregationKind.Percentile when aggregation.Percentile is > 0 and < 100 => h => Quantile(h, aggregation.Percentile / 100),
            AggregationKind.Avg => h => Mean(h, null),
            _ => null,
        };
        if (estimate is null || estimate(now) is not { } a || estimate(before) is not { } b)
        {
            return null;
        }

        return Score(a, b, factor);
    }

    private static double Score((double Log, double Error) a, (double Log, double Error) b, double factor) =>
        (a.Log - b.Log - Math.Log(factor)) / Math.Sqrt((a.Error * a.Error) + (b.Error * b.Error) + (2 * BucketDeviation * BucketDeviation));

    private static (double Log, double Error)? Quantile(HistogramSnapshot histogram, double share)
    {
        var spread = Math.Sqrt(share * (1 - share) / histogram.Count);
        var (low, value, high) = (histogram.Quantile(Math.Max(0, share - spread)), histogram.Quantile(share), histogram.Quantile(Math.Min(1, share + spread)));
        if (!(low > 0 && value > 0 && high > 0) || double.IsInfinity(value.Value))
        {
            return null;
        }

        var error = double.IsInfinity(high.Value) ? Math.Log(value.Value) - Math.Log(low.Value) : (Math.Log(high.Value) - Math.Log(low.Value)) / 2;
        return (Math.Log(value.Value), error);
    }

    private static (double Log, double Error)? Mean(HistogramSnapshot histogram, double? overflowValue)
    {
        var count = overflowValue is null ? histogram.FiniteCount : histogram.Count;
        var average = overflowValue is { } value ? histogram.AverageWith(value) : histogram.Average;
        if (average is not { } mean || !(mean > 0 && double.IsFinite(mean)) || count < 2)
        {
            return null;
        }

        var squares = histogram.Buckets().Where(b => double.IsFinite(b.Upper)).Sum(b => b.Count * Math.Pow(((b.Lower + b.Upper) / 2) - mean, 2))
            + (overflowValue is { } each && histogram.OverflowCount > 0 ? histogram.OverflowCount * Math.Pow(each - mean, 2) : 0);
        return (Math.Log(mean), Math.Sqrt(squares / (count - 1) / count) / mean);
    }

    internal static double? Proportions(RateValue now, RateValue before, double factor)
    {
        if (now.Total == 0 || before.Total == 0)
        {
            return null;
        }

        var (p, q) = ((now.Trues + 1.0) / (now.Total + 2.0), (before.Trues + 1.0) / (before.Total + 2.0));
        return (p - factor * q) / Math.Sqrt((p * (1 - p) / (now.Total + 2)) + (factor * factor * q * (1 - q) / (before.Total + 2)));
    }
}
