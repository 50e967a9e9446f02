using LoadTesting.Metrics;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Judging.Windows;

/// <summary>
/// <c>recovery_time{mark:NAME}</c>: the time from a mark to the first instant from which the service level holds for 30 s (tag <c>hold</c> changes that). The service level
/// is the test's own thresholds on rates and trends that look at the whole run, or those of the metric that the tag <c>metric</c> names, each held to every
/// single second. A second in which nothing was sampled does not hold, nor does one whose average holds only without the requests that were not answered.
/// </summary>
internal static class RecoveryTime
{
    private static readonly Duration StandardHold = Duration.FromSeconds(30);

    /// <summary>Whether a threshold is part of the service level.</summary>
    public static bool IsObjective(Threshold threshold) => threshold is
    {
        Metric.Type: MetricType.Rate or MetricType.Trend,
        Expression: { Window: null, Over: null, Value: NumberValue, Aggregation.Kind: AggregationKind.Rate or AggregationKind.Avg or AggregationKind.Min or AggregationKind.Max or AggregationKind.Med or AggregationKind.Percentile },
    };

    /// <summary>The longest hold time that a selector asks for.</summary>
    public static Duration Hold(MetricSelector selector) =>
        selector.TryGetTag("hold", out var text) && Duration.TryParseWithUnit(text, out var hold) && hold > Duration.Zero ? hold : StandardHold;

    public static Measured Measure(MetricSelector selector, RunWindows windows)
    {
        selector.TryGetTag("mark", out var name);
        var objectives = windows.Objectives.Where(o => !selector.TryGetTag("metric", out var metric) || o.Metric.Name == metric).ToList();
        var marks = windows.Marks.Where(m => m.Name == name).ToList();
        if (marks.Count == 0 || objectives.Count == 0)
        {
            return new(null, null, Note: marks.Count == 0 ? $"no mark '{name}' was set" : "no threshold says what the service level is");
        }

        // The slowest recovery counts when something happened several times.
        return marks.Select(m => After(m, objectives, windows, Hold(selector).Seconds)).MaxBy(m => m.IsBroken ? double.MaxValue : m.Observed ?? double.MaxValue / 2);
    }

    private static Measured After(RunMark mark, List<Threshold> objectives, RunWindows windows, double hold)
    {
        var cells = windows.Cells(objectives[0].Selector);
        var goodSince = double.NaN;
        for (var i = 0; i < cells.Count; i++)
        {
            var (from, to) = cells.Bounds(i);
            if (to <= mark.From.Seconds)
            {
                continue;
            }

            if (!IsGood(objectives, windows, i))
            {
                goodSince = double.NaN;
                continue;
            }

            goodSince = double.IsNaN(goodSince) ? Math.Max(from, mark.From.Seconds) : goodSince;
            if (to - goodSince >= hold - 0.11)
            {
                return new(null, Math.Round((goodSince - mark.From.Seconds) * 1000, 6), $"from second {HumanFormat.Number(Math.Round(goodSince, 3))} on");
            }
        }

        var left = Math.Max(0, windows.Load.Seconds - mark.From.Seconds);
        return double.IsNaN(goodSince)
            ? new(null, Math.Round(left * 1000, 6), Note: $"not recovered when the load ended {HumanFormat.Time(left * 1000)} after the mark", IsBroken: true)
            : new(null, null, Note: $"the load ended before the service level had held for {HumanFormat.Time(hold * 1000)}: make the run longer");
    }

    private static bool IsGood(List<Threshold> objectives, RunWindows windows, int cell)
    {
        var seen = false;
        foreach (var objective in objectives)
        {
            var cells = windows.Cells(objective.Selector);
            if (cell >= cells.Count || cells.Between(cell, cell + 1) is not { } value
                || Observation.Of(value, objective.Metric, objective.Expression.Aggregation, 1) is not { } observed)
            {
                continue;
            }

            seen = true;
            if (!objective.Expression.Operator.Holds(observed, objective.Wanted) || Unanswered.IsInDoubt(objective, value))
            {
                return false;
            }
        }

        return seen;
    }
}
