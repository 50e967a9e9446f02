using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Collecting;

/// <summary>
/// Merge and judge of one run, for both hosts: takes the workers' snapshots in as they come, and once a second says how things stand. No clock, no I/O;
/// everything it knows can be rebuilt from the workers' snapshots, except the past seconds of the time series. Not synchronised.
/// </summary>
public sealed class RunCollector
{
    private readonly LoadTestSpec _spec;
    private readonly ThresholdSet _thresholds;
    private readonly SnapshotSet _workers;
    private readonly SeriesBuilder _series = new();

    /// <summary>For a run of <paramref name="workers"/> workers.</summary>
    public RunCollector(LoadTestSpec spec, ThresholdSet thresholds, int workers)
    {
        _spec = spec;
        _thresholds = thresholds;
        _workers = new SnapshotSet(workers);
    }

    /// <summary>The latest snapshots.</summary>
    public SnapshotSet Workers => _workers;

    /// <summary>The seconds so far.</summary>
    public IReadOnlyList<SeriesPoint> Series => _series.Points;

    /// <summary>Everything sampled by all workers, as far as it is known.</summary>
    public Snapshot Total => _workers.Total();

    /// <summary>Why a step of the test ended the run on some worker; null as long as none did. Whoever hosts the run ends it everywhere.</summary>
    public string? AbortReason => ReasonIn(Total);

    /// <summary>Takes a worker's snapshot in; one that is not newer changes nothing.</summary>
    public OfferResult Offer(WorkerSnapshot snapshot) => _workers.Offer(snapshot);

    /// <summary>Ends a collection round.</summary>
    /// <param name="load">Time since T0; not above zero before the start.</param>
    /// <returns>The thresholds as they stand; empty before the start.</returns>
    public IReadOnlyList<ThresholdResult> Tick(Duration load)
    {
        _workers.Tick();
        var total = Total;
        _series.Add(load, total);
        return load > Duration.Zero
            ? ThresholdEvaluator.Evaluate(_thresholds.Thresholds, total, new RunClock(load, IsFinal: false))
            : [];
    }

    /// <summary>
    /// The load has ended everywhere and every worker was read since: closes the series, so that verify and teardown are not taken for load.
    /// </summary>
    /// <returns>Length of the load by the workers' own clocks: the latest offset of their snapshots.</returns>
    public Duration EndLoad()
    {
        var load = new Duration(Math.Max(0, Enumerable.Range(0, _workers.Workers).Max(w => _workers.Latest(w)?.OffsetNanoseconds ?? 0)));
        _workers.Tick();
        _series.Finish(load, Total);
        return load;
    }

    /// <summary>Judges: the caller brings what the metrics cannot know.</summary>
    /// <param name="load">Length of the load, from <see cref="EndLoad"/>.</param>
    /// <param name="circumstances">Stages, stop, lost runners, failure; thresholds and scenarios are filled in here.</param>
    public (RunEvidence Evidence, VerdictDecision Decision) Finish(Duration load, RunEvidence circumstances)
    {
        var total = Total;
        var evidence = circumstances with
        {
            // A host that stops all workers because one asked for it may not know why.
            Stop = circumstances.Stop is null or { Cause: StopCause.Threshold } && ReasonIn(total) is { } reason ? new RunStop(StopCause.Test, circumstances.Stop?.After ?? load, reason) : circumstances.Stop,
            Thresholds = ThresholdEvaluator.Evaluate(_thresholds.Thresholds, total, new RunClock(load, IsFinal: true)),
            Scenarios = ScenarioDeliveries.Of(_spec, total),
        };
        return (evidence, VerdictRule.Decide(evidence));
    }

    private static string? ReasonIn(Snapshot total)
    {
        foreach (var (key, _) in total.Series)
        {
            if (key.Metric == BuiltInMetrics.TestAborts)
            {
                return key.Tags.TryGet("reason", out var reason) ? reason : "no reason given";
            }
        }

        return null;
    }
}
