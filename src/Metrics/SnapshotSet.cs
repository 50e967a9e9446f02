namespace LoadTesting.Metrics;

/// <summary>
/// The latest snapshot of every worker of a run. Snapshots are totals since the worker's beginning, so a newer one replaces the older and is never added to it;
/// scraping twice, or late, or in the wrong order changes nothing. A worker that fell silent keeps counting with what it said last. Not synchronised.
/// </summary>
public sealed class SnapshotSet
{
    private readonly WorkerSnapshot?[] _latest;
    private readonly GaugeTracker _gauges = new();
    private Snapshot? _merged;

    /// <summary>For a run of <paramref name="workers"/> workers, at least 1.</summary>
    public SnapshotSet(int workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        _latest = new WorkerSnapshot?[workers];
    }

    /// <summary>How many workers the run has.</summary>
    public int Workers => _latest.Length;

    /// <summary>Workers of which nothing was heard yet, ascending.</summary>
    public IEnumerable<int> Missing => Enumerable.Range(0, Workers).Where(w => _latest[w] is null);

    /// <summary>Workers that have finished, ascending.</summary>
    public IEnumerable<int> Final => Enumerable.Range(0, Workers).Where(w => _latest[w] is { IsFinal: true });

    /// <summary>Whether all workers have finished.</summary>
    public bool IsComplete => _latest.All(s => s is { IsFinal: true });

    /// <summary>The latest snapshot of a worker; null when there is none.</summary>
    public WorkerSnapshot? Latest(int worker) => (uint)worker < (uint)_latest.Length ? _latest[worker] : null;

    /// <summary>Takes a snapshot in, if it is newer than the worker's latest.</summary>
    public OfferResult Offer(WorkerSnapshot snapshot)
    {
        if (snapshot.Worker >= _latest.Length) return OfferResult.UnknownWorker;
        if (_latest[snapshot.Worker] is { } present && (present.IsFinal || present.Sequence >= snapshot.Sequence)) return OfferResult.NotNewer;
        _latest[snapshot.Worker] = snapshot;
        _merged = null;
        return OfferResult.Accepted;
    }

    /// <summary>
    /// Ends a collection round: the gauges' sums as they are now count for their extremes, if every worker has been heard of (a sum with a part missing
    /// is no value that the gauge ever had).
    /// </summary>
    public void Tick()
    {
        if (!_latest.Contains(null)) _gauges.Observe(Merged());
    }

    /// <summary>The sum of all workers' latest snapshots; gauge extremes are those of the ticks, or with a single worker its own, which are finer.</summary>
    public Snapshot Total() => Workers == 1 ? Merged() : _gauges.Apply(Merged());

    private Snapshot Merged() => _merged ??= Snapshot.Merge(_latest.OfType<WorkerSnapshot>().Select(s => s.Snapshot));
}
