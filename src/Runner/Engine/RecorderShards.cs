using LoadTesting.Metrics;
using LoadTesting.Runner.Engine.Recording;

namespace LoadTesting.Runner.Engine;

/// <summary>All that one worker measures, in as many shards as processors.</summary>
public sealed class RecorderShards
{
    private readonly RecorderShard[] _shards;

    /// <summary>Empty recorders.</summary>
    /// <param name="test">The test whose steps will be recorded.</param>
    /// <param name="shards">≥ 1; null = the number of processors.</param>
    /// <param name="maxSeries">Bound on series of each shard.</param>
    public RecorderShards(CompiledTest test, int? shards = null, int maxSeries = WorkerRecorder.DefaultMaxSeries)
    {
        _shards = new RecorderShard[Math.Max(1, shards ?? Environment.ProcessorCount)];
        for (var i = 0; i < _shards.Length; i++) _shards[i] = new RecorderShard(test, maxSeries, Origin);
    }

    /// <summary>When the load began, for what is recorded as instants.</summary>
    internal LoadOrigin Origin { get; } = new();

    /// <summary>Gauges are a worker's last value, not a sum over shards: all of them are written here.</summary>
    internal RecorderShard Gauges => _shards[0];

    /// <summary>Everything so far; the exchange that is being added is in it wholly or not at all.</summary>
    public Snapshot TakeSnapshot() => Snapshot.Merge(_shards.Select(s => s.TakeSnapshot()));

    /// <summary>The samples so far of a metric's series whose tags are accepted; null when there are none.</summary>
    internal SeriesValue? Select(MetricDefinition metric, Predicate<TagSet> accepts)
    {
        SeriesValue? all = null;
        foreach (var shard in _shards)
        {
            Func<SeriesValue?> frozen;
            lock (shard.Gate) frozen = shard.RecorderLocked.FreezeSelected(metric, accepts);
            if (frozen() is { } own) all = all is null ? own : SeriesValue.Merge(all, own);
        }

        return all;
    }

    internal RecorderShard For(int user) => _shards[user % _shards.Length];
}
