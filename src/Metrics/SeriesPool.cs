using System.Collections.Concurrent;

namespace LoadTesting.Metrics;

/// <summary>One object for each series, however many runners name it: an operator reads the same few hundred names from all of them. Safe for concurrent use.</summary>
public sealed class SeriesPool
{
    // Beyond this, names are kept per runner: whoever answers a scrape may send any number of them.
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<SeriesKey, SeriesKey> _keys = new();

    internal SeriesKey Shared(SeriesKey key) =>
        _keys.TryGetValue(key, out var known) ? known : _keys.Count < Most ? _keys.GetOrAdd(key, key) : key;
}
