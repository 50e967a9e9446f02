namespace LoadTesting.Metrics;

/// <summary>
/// The latest snapshot of every worker of a run, and of every incarnation of a worker that was replaced. Snapshots are totals since the incarnation's beginning, so a newer
/// one replaces the older and is never added to it; scraping twice, or late, or in the wrong order changes nothing. A worker that fell silent keeps counting with what it
/// said last, and its replacement's samples are added to that. Not synchronised.
/// </summary>
public sealed class SnapshotSet
{
    private readonly List<WorkerSnapshot>[] _latest;
    private readonly GaugeTracker _gauges = new();
    private Snapshot? _merged;

    /// <summary>For a run of <paramref name="workers"/> workers, at least 1.</summary>
    public SnapshotSet(int workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        _latest = [.. Enumerable.Range(0, workers).Select(_ => new List<WorkerSnapshot>(1))];
    }

    /// <summary>How many workers the run has.</summary>
    public int Workers => _latest.Length;

    /// <summary>Workers of which nothing was heard yet, ascending.</summary>
    public IEnumerable<int> Missing => Enumerable.Range(0, Workers).Where(w => _latest[w].Count == 0);

    /// <summary>Workers that have finished, ascending.</summary>
    public IEnumerable<int> Final => Enumerable.Range(0, Workers).Where(w => Latest(w) is { IsFinal: true });

    /// <summary>Whether all workers have finished.</summary>
    public bool IsComplete => Enumerable.Range(0, Workers).All(w => Latest(w) is { IsFinal: true });

    /// <summary>The latest snapshots of all incarnations, by worker, then incarnation.</summary>
    public IEnumerable<WorkerSnapshot> All => _latest.SelectMany(incarnations => incarnations);

    /// <summary>The latest snapshot of a worker's latest incarnation; null when there is none.</summary>
    public WorkerSnapshot? Latest(int worker) => (uint)worker < (uint)_latest.Length ? _latest[worker].LastOrDefault() : null;

    /// <summary>The latest snapshot of one of a worker's incarnations; null when there is none.</summary>
    public WorkerSnapshot? Latest(int worker, int incarnation) =>
        (uint)worker < (uint)_latest.Length ? _latest[worker].FirstOrDefault(s => s.Incarnation == incarnation) : null;

    /// <summary>
    /// Takes a snapshot in, if it is newer than the incarnation's latest. Of an incarnation that has a successor nothing is taken any more: what it still did, its
    /// successor does too, and it would count twice.
    /// </summary>
    public OfferResult Offer(WorkerSnapshot snapshot)
    {
        if (snapshot.Worker >= _latest.Length) return OfferResult.UnknownWorker;
        var incarnations = _latest[snapshot.Worker];
        var present = incarnations.LastOrDefault();
        if (present is null || present.Incarnation < snapshot.Incarnation)
        {
            incarnations.Add(snapshot);
        }
        else
        {
            if (present.Incarnation > snapshot.Incarnation) return OfferResult.Superseded;
            if (present.IsFinal || present.Sequence >= snapshot.Sequence) return OfferResult.NotNewer;
            incarnations[^1] = snapshot;
        }

        _merged = null;
        return OfferResult.Accepted;
    }

    /// <summary>
    /// Ends a collection round: the gauges' sums as they are now count for their extremes, if every worker has been heard of (a sum with a part missing
    /// is no value that the gauge ever had).
    /// </summary>
    public void Tick()
    {
        if (!Missing.Any()) _gauges.Observe(Merged());
    }

    /// <summary>The sum of all latest snapshots; gauge extremes are those of the ticks, or with a single worker its own, which are finer.</summary>
    public Snapshot Total() => Workers == 1 && _latest[0].Count <= 1 ? Merged() : _gauges.Apply(Merged());

    private Snapshot Merged() => _merged ??= Snapshot.Merge(_latest.SelectMany(Counted));

    // The VUs of a process that is gone are gone too: its gauges do not add to those of its successor.
    private static IEnumerable<Snapshot> Counted(List<WorkerSnapshot> incarnations) =>
        incarnations.Select((s, i) => i == incarnations.Count - 1 ? s.Snapshot : s.Snapshot.WithoutGauges());
}
