namespace LoadTesting.Runner.Engine.Executors;

/// <summary>
/// VUs that wait for an arrival, by lane; who has waited longest goes first. A lane takes from the others only when it has none left, so its lock is as a rule
/// nobody else's.
/// </summary>
internal sealed class FreeVus
{
    private readonly VuThreads _threads;
    private readonly Queue<VuPool.Slot>[] _lanes;

    public FreeVus(VuThreads threads)
    {
        _threads = threads;
        _lanes = [.. Enumerable.Range(0, threads.Lanes).Select(_ => new Queue<VuPool.Slot>())];
    }

    public void Add(VuPool.Slot vu)
    {
        var lane = _lanes[_threads.LaneOf(vu.Index)];
        lock (lane) lane.Enqueue(vu);
    }

    /// <summary>A free one, of the lane if possible; null when all lanes have none.</summary>
    public VuPool.Slot? Take(int lane)
    {
        for (var i = 0; i < _lanes.Length; i++)
        {
            var queue = _lanes[(lane + i) % _lanes.Length];
            lock (queue)
            {
                if (queue.TryDequeue(out var vu)) return vu;
            }
        }

        return null;
    }
}
