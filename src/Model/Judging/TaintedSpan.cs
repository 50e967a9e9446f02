using System.Globalization;
using LoadTesting.Metrics;

namespace LoadTesting.Model.Judging;

/// <summary>Seconds that follow each other and were spoiled by the generator itself.</summary>
/// <param name="Runner">0-based index of the runner.</param>
/// <param name="Cause">One of <see cref="TaintCauses"/>.</param>
/// <param name="From">The first second, from T0; null where there were too many spans to name.</param>
/// <param name="Seconds">How many.</param>
/// <param name="Worst">The worst reading in these seconds of what the cause is measured by: a share, or milliseconds; null where there is none.</param>
public sealed record TaintedSpan(int Runner, string Cause, int? From, int Seconds, double? Worst)
{
    /// <summary>The spans in one runner's samples, in order of cause and time.</summary>
    public static IReadOnlyList<TaintedSpan> Of(int runner, Snapshot samples) =>
    [
        .. samples.Series
            .Where(s => s.Key.Metric == BuiltInMetrics.TaintedSeconds)
            .Select(s => new TaintedSpan(
                runner,
                s.Key.Tags.TryGet("cause", out var cause) ? cause : "unknown",
                s.Key.Tags.TryGet("from", out var from) && int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var second) ? second : null,
                (int)Math.Clamp(((CounterValue)s.Value).Sum, 0, int.MaxValue),
                WorstOf(cause, s.Key.Tags, samples)))
            .OrderBy(s => s.Cause, StringComparer.Ordinal).ThenBy(s => s.From ?? int.MaxValue),
    ];

    /// <summary>How many different seconds the spans have; those without a name count as different ones, up to the number of seconds there were.</summary>
    public static int DistinctSeconds(IReadOnlyList<TaintedSpan> spans, int seconds)
    {
        var known = new HashSet<int>();
        long unknown = 0;
        foreach (var span in spans)
        {
            if (span.From is not { } from)
            {
                unknown += span.Seconds;
                continue;
            }

            for (var s = from; s < seconds && s - from < span.Seconds; s++)
            {
                known.Add(s);
            }
        }

        return (int)Math.Min(seconds, known.Count + unknown);
    }

    private static double? WorstOf(string? cause, TagSet span, Snapshot samples)
    {
        if (samples.Find(new SeriesKey(BuiltInMetrics.TaintedReading, span)) is not HistogramSnapshot { Max: { } worst })
        {
            return null;
        }

        return cause is TaintCauses.SendLag or TaintCauses.Stall or TaintCauses.Gc ? Observation.InUnit(worst, BuiltInMetrics.SendLag) : worst;
    }
}
