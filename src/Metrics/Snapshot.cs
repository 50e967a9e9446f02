namespace LoadTesting.Metrics;

/// <summary>
/// All series at one moment, of a shard, a worker or the whole run; immutable. Merging is exact, associative and commutative: every grouping and order of
/// the same parts gives equal snapshots, bit by bit.
/// </summary>
public sealed class Snapshot : IEquatable<Snapshot>
{
    private readonly Series[] _series;
    private readonly Dictionary<SeriesKey, int> _positions;

    private Snapshot(Dictionary<SeriesKey, SeriesValue> byKey)
        : this([.. byKey.Select(p => new Series(p.Key, p.Value))])
    {
    }

    private Snapshot(Series[] unordered)
    {
        _series = unordered;
        Array.Sort(_series, (a, b) => a.Key.CompareTo(b.Key));
        _positions = new(_series.Length);
        for (var i = 0; i < _series.Length; i++) _positions.Add(_series[i].Key, i);
    }

    // The same series with other values.
    private Snapshot(Series[] ordered, Dictionary<SeriesKey, int> positions) => (_series, _positions) = (ordered, positions);

    /// <summary>No series.</summary>
    public static Snapshot Empty { get; } = new(Array.Empty<Series>());

    /// <summary>All series, ordered by <see cref="SeriesKey.CompareTo"/>.</summary>
    public IReadOnlyList<Series> Series => _series;

    /// <summary>The metrics that have series, in the same order.</summary>
    public IEnumerable<MetricDefinition> Metrics => _series.Select(s => s.Key.Metric).Distinct();

    /// <summary>The sum of the parts. Gauges: see <see cref="GaugeValue"/>.</summary>
    public static Snapshot Merge(IEnumerable<Snapshot> parts)
    {
        var (byKey, all) = (new Dictionary<SeriesKey, int>(), new List<(SeriesKey Key, List<SeriesValue> Values)>());
        Snapshot? only = null;
        var count = 0;
        foreach (var part in parts)
        {
            only = part;
            count++;
            for (var i = 0; i < part._series.Length; i++)
            {
                var (key, value) = part._series[i];
                // Workers of one run mostly have the same series, and one object for each: see SeriesPool.
                var at = i < all.Count && key.IsSame(all[i].Key) ? i : byKey.GetValueOrDefault(key, all.Count);
                if (at == all.Count)
                {
                    byKey.Add(key, at);
                    all.Add((key, []));
                }

                all[at].Values.Add(value);
            }
        }

        return count == 1 ? only! : new Snapshot([.. all.Select(s => new Series(s.Key, Sum(s.Values)))]);
    }

    /// <summary>The sum of two.</summary>
    public static Snapshot Merge(Snapshot a, Snapshot b) => Merge([a, b]);

    /// <summary>The value of exactly this series; null when it has none.</summary>
    public SeriesValue? Find(SeriesKey key) => _positions.TryGetValue(key, out var position) ? _series[position].Value : null;

    /// <summary>
    /// All series of a metric that <see cref="TagSet.Matches"/> the filter, merged; null when there is none, which means that nothing was ever sampled.
    /// Should metrics of different type bear the name (recorders and validation prevent it), those of the first one are selected.
    /// </summary>
    public SeriesValue? Select(string metric, TagSet? filter = null)
    {
        MetricDefinition? definition = null;
        var found = new List<SeriesValue>();
        for (var i = FirstNamed(metric); i < _series.Length && _series[i].Key.Metric.Name == metric; i++)
        {
            var key = _series[i].Key;
            definition ??= key.Metric;
            if (key.Metric != definition) break;
            if (filter is null || key.Tags.Matches(filter)) found.Add(_series[i].Value);
        }

        return found.Count == 0 ? null : Sum(found);
    }

    /// <summary><see cref="Select(string, TagSet?)"/> for exactly this metric, type and unit included.</summary>
    public SeriesValue? Select(MetricDefinition metric, TagSet? filter = null) => Select(metric, tags => filter is null || tags.Matches(filter));

    /// <summary>All series of a metric whose tags are accepted, merged; null when there is none. For conditions that a filter cannot express, e.g. that a tag is absent.</summary>
    public SeriesValue? Select(MetricDefinition metric, Predicate<TagSet> accepts)
    {
        var found = new List<SeriesValue>();
        for (var i = FirstNamed(metric.Name); i < _series.Length && _series[i].Key.Metric.Name == metric.Name; i++)
        {
            var key = _series[i].Key;
            if (key.Metric == metric && accepts(key.Tags)) found.Add(_series[i].Value);
        }

        return found.Count == 0 ? null : Sum(found);
    }

    /// <summary>
    /// What was sampled since an earlier snapshot of the same source: counters, rates and histograms less their earlier values (none is left out, an idle one
    /// counts 0), gauges with their current value. Rates and histograms that went down are taken as started anew.
    /// </summary>
    public Snapshot Delta(Snapshot earlier)
    {
        var window = new Dictionary<SeriesKey, SeriesValue>(_series.Length);
        foreach (var (key, value) in _series) window.Add(key, earlier.Find(key) is { } before ? value.Since(before) : value);
        return new Snapshot(window);
    }

    /// <summary>The same with all histograms in buckets no finer than the schema.</summary>
    public Snapshot DownscaleTo(int schema)
    {
        BucketLayout.RequireSchema(schema);
        return Replace((_, value) => value.Downscaled(schema));
    }

    /// <summary>The same without gauges.</summary>
    public Snapshot WithoutGauges() => Own(_series.Where(s => s.Value is not GaugeValue).ToDictionary(s => s.Key, s => s.Value));

    /// <inheritdoc/>
    public bool Equals(Snapshot? other)
    {
        if (other is null || other._series.Length != _series.Length) return false;
        for (var i = 0; i < _series.Length; i++)
        {
            if (_series[i].Key != other._series[i].Key || !_series[i].Value.Equals(other._series[i].Value)) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Snapshot);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var series in _series) hash.Add(series.Key);
        return hash.ToHashCode();
    }

    /// <summary>Takes the dictionary over: the caller must not change it any more.</summary>
    internal static Snapshot Own(Dictionary<SeriesKey, SeriesValue> byKey) => byKey.Count == 0 ? Empty : new(byKey);

    internal Snapshot Replace(Func<SeriesKey, SeriesValue, SeriesValue> change) =>
        new(Array.ConvertAll(_series, s => new Series(s.Key, change(s.Key, s.Value))), _positions);

    /// <summary>This snapshot with some values changed and series added that are not in it.</summary>
    internal Snapshot With(IReadOnlyList<(int Position, SeriesValue Value)> changed, IReadOnlyList<Series> added)
    {
        if (changed.Count == 0 && added.Count == 0) return this;
        var series = new Series[_series.Length + added.Count];
        _series.CopyTo(series, 0);
        foreach (var (position, value) in changed) series[position] = new(series[position].Key, value);
        for (var i = 0; i < added.Count; i++) series[_series.Length + i] = added[i];
        return added.Count == 0 ? new(series, _positions) : new(series);
    }

    private static SeriesValue Sum(List<SeriesValue> values) => values[0].MergedWith(values.GetRange(1, values.Count - 1));

    private int FirstNamed(string metric)
    {
        var (low, high) = (0, _series.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(_series[middle].Key.Metric.Name, metric) < 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
