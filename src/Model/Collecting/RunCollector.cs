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
    private readonly IReadOnlyDictionary<string, long?> _planned;

    /// <summary>For a run of <paramref name="workers"/> workers.</summary>
    public RunCollector(LoadTestSpec spec, ThresholdSet thresholds, int workers)
    {
        _spec = spec;
        _thresholds = thresholds;
        _workers = new SnapshotSet(workers);
        _planned = DeliveryCount.Planned(spec);
    }

    /// <summary>The latest snapshots.</summary>
    public SnapshotSet Workers => _workers;

    /// <summary>The seconds so far.</summary>
    public IReadOnlyList<SeriesPoint> Series => _series.Points;

    /// <summary>Everything sampled by all workers, as far as it is known.</summary>
    public Snapshot Total => _workers.Total();

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
    /// Length of the load by the workers' own clocks: the latest offset of their snapshots (final ones are taken when the last iteration has ended).
    /// </summary>
    public Duration LoadLength() => new(Math.Max(0, Enumerable.Range(0, _workers.Workers)
        .Select(w => _workers.Latest(w)?.OffsetNanoseconds ?? 0)
        .Max()));

    /// <summary>Closes the series and judges: the caller brings what the metrics cannot know.</summary>
    /// <param name="load">Length of the load.</param>
    /// <param name="circumstances">Stages, stop, lost runners, failure; thresholds and scenarios are filled in here.</param>
    public (RunEvidence Evidence, VerdictDecision Decision) Finish(Duration load, RunEvidence circumstances)
    {
        _workers.Tick();
        var total = Total;
        _series.Finish(load, total);
        var evidence = circumstances with
        {
            Thresholds = ThresholdEvaluator.Evaluate(_thresholds.Thresholds, total, new RunClock(load, IsFinal: true)),
            Scenarios = DeliveryCount.Of(_spec, _planned, total),
        };
        return (evidence, VerdictRule.Decide(evidence));
    }

    /// <summary>The deliveries as they stand.</summary>
    public IReadOnlyList<ScenarioDelivery> Deliveries() => DeliveryCount.Of(_spec, _planned, Total);
}
