using System.Text.Json;

namespace LoadTesting.Runner.Target.Systems;

/// <summary>Detectors by stream, with eviction of the one unused for longest. With a leak nothing is evicted.</summary>
internal sealed class DetectorCache(TargetBehaviour behaviour, TargetStatistics statistics)
{
    /// <summary>Streams remembered to tell a new one from one that comes back.</summary>
    private const int MaxSeen = 200_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<string>> _detectors = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _byUse = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private long _created;
    private long _evicted;

    /// <summary>Uses the stream's detector, or makes one.</summary>
    public void Use(string stream)
    {
        lock (_lock)
        {
            if (_detectors.TryGetValue(stream, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return;
            }

            if (_seen.Count < MaxSeen && _seen.Add(stream))
            {
                statistics.Count("detection.streams");
            }

            _created++;
            _detectors.Add(stream, _byUse.AddFirst(stream));
            if (_detectors.Count > behaviour.Detectors && !(behaviour.Has(Misbehaviour.Leak) && _detectors.Count < MaxSeen))
            {
                _detectors.Remove(_byUse.Last!.Value);
                _byUse.RemoveLast();
                _evicted++;
                statistics.Count("detection.evicted");
            }
        }
    }

    /// <summary>The numbers: streams seen, detectors made, kept and evicted.</summary>
    public void Describe(Utf8JsonWriter writer)
    {
        lock (_lock)
        {
            writer.WriteNumber("streams", _seen.Count);
            writer.WriteNumber("created", _created);
            writer.WriteNumber("detectors", _detectors.Count);
            writer.WriteNumber("evicted", _evicted);
        }
    }
}
