using LoadTesting.Metrics;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Judging.Windows;

/// <summary>
/// The run by seconds, as far as thresholds ask for it: one <see cref="CellSeries"/> for each selector with a window, a drift, or a part in a recovery. Resolution is one second;
/// what finished in a second counts for it. A collector that begins in the middle of a run (an operator that was restarted) has one coarse cell for all that
/// was before. Not synchronised.
/// </summary>
public sealed class RunWindows
{
    private readonly Dictionary<string, (MetricDefinition Metric, MetricSelector Selector, CellSeries Cells)> _series = new(StringComparer.Ordinal);
    private readonly WindowFrame _frame;
    private readonly List<RunMark> _marks = [];
    private Duration _load;

    /// <summary>For a test and its thresholds.</summary>
    public RunWindows(LoadTestSpec spec, ThresholdSet thresholds)
    {
        _frame = new WindowFrame(spec);
        Objectives = [.. thresholds.Thresholds.Where(RecoveryTime.IsObjective)];
        foreach (var threshold in thresholds.Thresholds)
        {
            if (threshold.Expression.Window is not null || threshold.Expression.Over is not null)
            {
                Track(threshold.Metric, threshold.Selector);
            }

            if (threshold.Metric == DerivedMetrics.Drift && threshold.Subject is { } subject)
            {
                Track(subject.Metric, subject.Selector);
            }
        }

        foreach (var objective in thresholds.Thresholds.Any(t => t.Metric == DerivedMetrics.RecoveryTime) ? Objectives : [])
        {
            Track(objective.Metric, objective.Selector);
        }
    }

    /// <summary>The marks in the order in which they were set.</summary>
    public IReadOnlyList<RunMark> Marks => _marks;

    /// <summary>Length of the load so far.</summary>
    internal Duration Load => _load;

    /// <summary>The thresholds that together are the service level that a recovery reaches again.</summary>
    internal IReadOnlyList<Threshold> Objectives { get; }

    /// <summary>Sets a mark. Setting the same one again changes nothing.</summary>
    public void Mark(RunMark mark)
    {
        if (!_marks.Contains(mark))
        {
            _marks.Add(mark);
        }
    }

    /// <summary>Takes the merged data of all runners in, about once a second.</summary>
    /// <param name="load">Time since T0; not above zero before the start.</param>
    /// <param name="total">Everything sampled so far.</param>
    public void Add(Duration load, Snapshot total) => Each(load, total, load > Duration.Zero
        ? (cells, value) => cells.Add(load.Seconds, value)
        : (cells, value) => cells.Begin(value));

    /// <summary>The load has ended.</summary>
    /// <param name="load">Its length.</param>
    /// <param name="total">Everything sampled.</param>
    /// <param name="which">Only of these metrics, once more; null = of all.</param>
    public void Finish(Duration load, Snapshot total, Predicate<MetricDefinition>? which = null) => Each(load, total, (cells, value) => cells.Finish(load.Seconds, value), which);

    /// <summary>The cells of a tracked selector.</summary>
    internal CellSeries Cells(MetricSelector selector) => _series[selector.Key].Cells;

    /// <summary>The spans in which <c>steady</c> holds for a selector.</summary>
    internal IReadOnlyList<(double From, double To)> Steady(MetricSelector selector) => _frame.Of(new ThresholdWindow(WindowKind.Steady, null), selector, _marks, _load);

    /// <summary>Looks at a threshold's window.</summary>
    /// <param name="threshold">Has a window or slides.</param>
    /// <param name="isFinal">The run is over; else of sliding windows only the newest is looked at: the others had their turn.</param>
    internal Measured Measure(Threshold threshold, bool isFinal)
    {
        var expression = threshold.Expression;
        var spans = _frame.Of(expression.Window, threshold.Selector, _marks, _load);
        if (spans.Count == 0)
        {
            return new(null, null, Note: expression.Window is { Kind: not WindowKind.Steady, Name: { } name } ? $"no mark '{name}' was set" : "there was no steady part");
        }

        var cells = Cells(threshold.Selector);
        var runs = spans.Select(s => CellRange.Of(cells, s.From, s.To)).Where(r => r.End > r.From).ToList();
        return expression.Over is { } length ? Slide(threshold, cells, runs, length.Seconds, isFinal) : Whole(threshold, cells, runs);
    }

    private Measured Whole(Threshold threshold, CellSeries cells, List<CellRange> runs)
    {
        var seconds = runs.Sum(r => r.Seconds(cells));
        if (threshold.Metric.Type == MetricType.Gauge)
        {
            return Worst(threshold, runs.SelectMany(r => r.Each()).Select(r => Single(threshold, cells, r)));
        }

        var values = runs.Select(r => cells.Between(r.From, r.End)).OfType<SeriesValue>().ToList();
        var value = values.Count == 0 ? null : SeriesValue.Merge(values);
        var where = runs.Count == 0 ? null : runs[0].Describe(cells, runs[^1]);
        return new(value, Observation.Of(value, threshold.Metric, threshold.Expression.Aggregation, seconds), where, IsInDoubt: Unanswered.IsInDoubt(threshold, value));
    }

    private static Measured Slide(Threshold threshold, CellSeries cells, List<CellRange> runs, double length, bool isFinal)
    {
        var windows = runs.SelectMany(r => r.Windows(cells, length, newestOnly: !isFinal));
        return Worst(threshold, windows.Select(w => Single(threshold, cells, w)));
    }

    private static Measured Single(Threshold threshold, CellSeries cells, CellRange range)
    {
        var value = cells.Between(range.From, range.End);
        var observed = Observation.Of(value, threshold.Metric, threshold.Expression.Aggregation, range.Seconds(cells));
        return new(value, observed, range.Describe(cells, range), IsInDoubt: Unanswered.IsInDoubt(threshold, value));
    }

    /// <summary>The measurement that is furthest from holding; the first among equals. Where all hold, and of one that is in doubt, that one.</summary>
    private static Measured Worst(Threshold threshold, IEnumerable<Measured> measured)
    {
        Measured? worst = null;
        Measured? doubtful = null;
        foreach (var one in measured)
        {
            if (one.Observed is { } observed && (worst?.Observed is not { } so || IsWorse(threshold, observed, so)))
            {
                worst = one;
            }

            doubtful ??= one is { Observed: not null, IsInDoubt: true } ? one : null;
        }

        return worst?.Observed is { } least && doubtful is { } doubt && threshold.Expression.Operator.Holds(least, threshold.Wanted) ? doubt : worst ?? new(null, null);
    }

    private static bool IsWorse(Threshold threshold, double observed, double than) => threshold.Expression.Operator switch
    {
        ComparisonOperator.Less or ComparisonOperator.LessOrEqual => observed > than,
        ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual => observed < than,
        ComparisonOperator.Equal => Math.Abs(observed - threshold.Wanted) > Math.Abs(than - threshold.Wanted),
        _ => Math.Abs(observed - threshold.Wanted) < Math.Abs(than - threshold.Wanted),
    };

    private void Track(MetricDefinition metric, MetricSelector selector) => _series.TryAdd(selector.Key, (metric, selector, new CellSeries()));

    private void Each(Duration load, Snapshot total, Action<CellSeries, SeriesValue?> change, Predicate<MetricDefinition>? which = null)
    {
        _load = load;
        foreach (var (metric, selector, cells) in _series.Values.Where(s => which is null || which(s.Metric)))
        {
            change(cells, total.Select(metric, selector));
        }
    }
}
