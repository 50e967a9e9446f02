using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Judging.Baselines;
using LoadTesting.Model.Judging.Windows;
using LoadTesting.Model.Observing;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Collecting;

/// <summary>
/// Merge and judge of one run, for both hosts: takes the workers' snapshots in as they come, and once a second says how things stand. No clock, no I/O;
/// everything it knows can be rebuilt from the workers' snapshots, except the past seconds of the time series and
/// of windows, which then begin with one coarse piece, and marks, which the caller sets again. Not synchronised.
/// </summary>
public sealed class RunCollector
{
    private readonly LoadTestSpec _spec;
    private readonly ThresholdSet _thresholds;
    private readonly SnapshotSet _workers;
    private readonly SeriesBuilder _series = new();
    private readonly RunWindows _windows;

    /// <summary>For a run of <paramref name="workers"/> workers.</summary>
    public RunCollector(LoadTestSpec spec, ThresholdSet thresholds, int workers)
    {
        _spec = spec;
        _thresholds = thresholds;
        _workers = new SnapshotSet(workers);
        _windows = new RunWindows(spec, thresholds);
        Observations = new ObservationLog(spec);
    }

    /// <summary>The latest snapshots.</summary>
    public SnapshotSet Workers => _workers;

    /// <summary>The seconds so far.</summary>
    public IReadOnlyList<SeriesPoint> Series => _series.Points;

    /// <summary>What was observed of the target; whoever hosts the run asks and looks.</summary>
    public ObservationLog Observations { get; }

    /// <summary>Everything sampled by all workers and observed of the target, as far as it is known.</summary>
    public Snapshot Total => Observations.Snapshot is { Series.Count: > 0 } observed ? Snapshot.Merge(_workers.Total(), observed) : _workers.Total();

    /// <summary>Length of the load by the workers' own clocks: the latest offset of their snapshots.</summary>
    public Duration Load => new(Math.Max(0, Enumerable.Range(0, _workers.Workers).Max(w => _workers.Latest(w)?.OffsetNanoseconds ?? 0)));

    /// <summary>Why a step of the test ended the run on some worker; null as long as none did. Whoever hosts the run ends it everywhere.</summary>
    public string? AbortReason => ReasonIn(Total);

    /// <summary>What thresholds with <c>baseline</c> compare with; null = nothing, and such thresholds have no samples.</summary>
    public RunBaseline? Baseline { get; set; }

    /// <summary>The marks that were set.</summary>
    public IReadOnlyList<RunMark> Marks => _windows.Marks;

    /// <summary>Sets a mark that thresholds can look at. May be repeated, and may come late: it counts for what is evaluated afterwards.</summary>
    public void Mark(RunMark mark) => _windows.Mark(mark);

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
        _windows.Add(load, total);
        return load > Duration.Zero ? ThresholdEvaluator.Evaluate(_thresholds.Thresholds, Context(total, new RunClock(load, IsFinal: false))) : [];
    }

    /// <summary>
    /// The load has ended everywhere and every worker was read since: closes the series, so that verify and teardown are not taken for load.
    /// </summary>
    /// <returns><see cref="Load"/>.</returns>
    public Duration EndLoad()
    {
        var load = Load;
        _workers.Tick();
        _series.Finish(load, Total);
        _windows.Finish(load, Total);
        return load;
    }

    /// <summary>The last observations are in: what came after <see cref="EndLoad"/> belongs to the load's last second.</summary>
    public void EndObservations(Duration load) => _windows.Finish(load, Total, m => ObservedMetrics.IsObserved(m, _spec));

    /// <summary>Judges: the caller brings what the metrics cannot know.</summary>
    /// <param name="load">Length of the load, from <see cref="EndLoad"/>.</param>
    /// <param name="circumstances">
    /// Stages, stop, lost runners, failure, and the start skew where the caller knows better than the runners' own clocks; thresholds, scenarios and what the generators
    /// say about themselves are filled in here, and the limits that the spec sets.
    /// </param>
    public (RunEvidence Evidence, VerdictDecision Decision) Finish(Duration load, RunEvidence circumstances)
    {
        var total = Total;
        var evidence = GeneratorEvidence.Add(circumstances, _spec, load, _workers) with
        {
            // A host that stops all workers because one asked for it may not know why.
            Stop = circumstances.Stop is null or { Cause: StopCause.Threshold } && ReasonIn(total) is { } reason ? new RunStop(StopCause.Test, circumstances.Stop?.After ?? load, reason) : circumstances.Stop,
            Scenarios = ScenarioDeliveries.Of(_spec, total),
            Failure = circumstances.Failure ?? Exhausted(total),
            Measured = MeasuredLoad.Of(total),
        };
        var context = Context(total, new RunClock(load, IsFinal: true)) with { Evidence = evidence };
        evidence = evidence with { Thresholds = ThresholdEvaluator.Evaluate(_thresholds.Thresholds, context) };
        return (evidence, VerdictRule.Decide(evidence));
    }

    private ThresholdContext Context(Snapshot total, RunClock clock) => new(total, clock) { Windows = _windows, Baseline = Baseline, Observations = Observations, ObservedRatio = _spec.Validity.ObservedRatio.Value };

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

    private RunFailure? Exhausted(Snapshot total)
    {
        var feeder = _spec.Data.FirstOrDefault(d => d.OnExhausted == ExhaustionPolicy.Fail && total.Select(BuiltInMetrics.DataExhausted, TagSet.Of(("data", d.Name))) is not null);
        return feeder is null ? null : new RunFailure(
            Reasons.DataExhausted,
            $"the unique rows of feeder '{feeder.Name}' ran out before the load's end: give it more rows, or say onExhausted: stop (then its scenarios end there) or wrap");
    }
}
