using LoadTesting.Metrics;

namespace LoadTesting.Model.Judging.Windows;

/// <summary>
/// <c>longest_gap</c>: the longest time from the begin of the first to the end of the last failing request of one episode; a second without failures ends an episode. Read from
/// <see cref="BuiltInMetrics.FailingAt"/>, so it is the same for any number of runners and outlives an operator. Exact where the episode has the run's first and last failure, else within
/// 0.27 % of the time since T0. Without failures it is 0, without requests it has no value.
/// </summary>
internal static class LongestGap
{
    private const double Pause = 1.0;

    public static Measured Measure(MetricSelector selector, Snapshot total)
    {
        if (total.Select(BuiltInMetrics.FailingAt, selector) is not HistogramSnapshot { Count: > 0 } instants)
        {
            return total.Select(BuiltInMetrics.HttpReqs, selector) is null ? new(null, null) : new(null, 0);
        }

        var (longest, at) = (0.0, 0.0);
        double begin = instants.Min!.Value, end = begin;
        foreach (var (lower, upper, _) in instants.Buckets())
        {
            var (from, to) = (Math.Max(lower, instants.Min!.Value), Math.Min(upper, instants.Max!.Value));
            if (from - end > Pause)
            {
                begin = from;
            }

            end = Math.Max(end, to);
            if (end - begin > longest)
            {
                (longest, at) = (end - begin, begin);
            }
        }

        return new(null, Math.Round(longest * 1000, 6), $"from second {Reporting.HumanFormat.Number(Math.Round(at, 2))} on");
    }
}
