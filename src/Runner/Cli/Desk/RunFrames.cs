using LoadTesting.Metrics;
using LoadTesting.Model.Collecting;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Planning;
using LoadTesting.Runner.Cli.Views;
using LoadTesting.Runner.Engine;

namespace LoadTesting.Runner.Cli.Desk;

/// <summary>Makes frames for the view out of the workers' progress and the merged numbers.</summary>
internal sealed class RunFrames(string test, IReadOnlyList<WorkerPlan> plans, ThresholdSet thresholds)
{
    private readonly TimeSpan _planned = plans
        .SelectMany(p => p.Scenarios)
        .Select(s => (s.Spec.StartTime + s.RegularDuration).ToTimeSpan())
        .DefaultIfEmpty()
        .Max();

    private IReadOnlyList<OpenThreshold> _open = [];

    /// <summary>Remembers how the thresholds stand.</summary>
    /// <param name="results">One for each threshold, in their order.</param>
    public void Thresholds(IReadOnlyList<ThresholdResult> results) => _open =
    [
        .. thresholds.Thresholds.Zip(results)
            .Where(p => p.Second.Broken)
            .Select(p => new OpenThreshold(
                $"{p.Second.Metric} {p.Second.Expression}: {p.Second.Message}",
                BreachOutlooks.Of(p.First, p.Second.Observed ?? 0, p.Second.Wanted))),
    ];

    public LiveFrame Next(string stage, TimeSpan elapsed, IReadOnlyList<EngineProgress> workers, RunCollector collector)
    {
        var total = collector.Total;
        var failed = total.Select(BuiltInMetrics.HttpReqFailed) as RateValue;
        var duration = total.Select(BuiltInMetrics.HttpReqDuration) as HistogramSnapshot;
        return new LiveFrame
        {
            Test = test,
            Stage = stage,
            Elapsed = elapsed > TimeSpan.Zero ? elapsed : TimeSpan.Zero,
            Planned = _planned,
            Scenarios =
            [
                .. workers.SelectMany(w => w.Scenarios).GroupBy(s => s.Name).Select(g => new ScenarioFrame(
                    g.Key,
                    g.First().Executor,
                    g.Average(s => s.Fraction),
                    g.Sum(s => (long)s.ActiveVUs),
                    g.Sum(s => (long)s.MaxVUs),
                    g.Sum(s => s.Completed),
                    g.Sum(s => s.Dropped),
                    g.Min(s => s.State).ToString())),
            ],
            Requests = total.Select(BuiltInMetrics.HttpReqs) is CounterValue requests ? (long)requests.Sum : 0,
            ErrorRate = failed?.Rate ?? 0,
            Dropped = workers.SelectMany(w => w.Scenarios).Sum(s => s.Dropped),
            Latency = duration is { Count: > 0 } ? (Milliseconds(duration, 50), Milliseconds(duration, 95), Milliseconds(duration, 99)) : null,
            Series = collector.Series,
            Thresholds = _open,
        };
    }

    private static double Milliseconds(HistogramSnapshot histogram, double percent) => (histogram.Percentile(percent) ?? 0) * 1000;
}
