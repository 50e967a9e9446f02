namespace LoadTesting.Metrics;

/// <summary>
/// The series of a worker, or of one shard of it. The number of series has a hard bound: tag sets beyond it share one series per metric, tagged
/// <c>overflow=true</c>, so totals stay right while memory stays bounded. The run's own accounting (<see cref="BuiltInMetrics.IsReserved"/>) is outside of
/// the bound and never folded: a verdict must not depend on how many checks a test has. Not synchronised: whoever uses it sees to it that getting writers,
/// writing and taking snapshots do not overlap.
/// </summary>
public sealed class WorkerRecorder
{
    /// <summary>Bound used when none is given; some 15 series per request name is usual.</summary>
    public const int DefaultMaxSeries = 5000;

    private readonly Dictionary<SeriesKey, SeriesWriter> _writers = [];
    private readonly Dictionary<string, MetricDefinition> _metrics = new(StringComparer.Ordinal);
    private readonly HashSet<SeriesKey> _folded = [];
    private int _regular;

    /// <summary>
    /// A recorder for at most <paramref name="maxSeries"/> series (at least 1), not counting reserved ones and the overflow series: one per metric at most.
    /// </summary>
    public WorkerRecorder(int maxSeries = DefaultMaxSeries)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSeries, 1);
        MaxSeries = maxSeries;
    }

    /// <summary>Tags of the series that takes what does not fit.</summary>
    public static TagSet OverflowTags { get; } = TagSet.Of(("overflow", "true"));

    /// <summary>The bound.</summary>
    public int MaxSeries { get; }

    /// <summary>Series that exist, overflow series included.</summary>
    public int SeriesCount => _writers.Count;

    /// <summary>Different series that were folded into overflow series. It is bounded too: counting stops at <see cref="MaxSeries"/>.</summary>
    public long FoldedTagSets => _folded.Count;

    /// <summary>The writer for a counter's series; throws <see cref="ArgumentException"/> when the metric is none or its name is taken by another metric.</summary>
    public CounterSeries Counter(MetricDefinition metric, TagSet tags) => (CounterSeries)Writer(metric, tags, MetricType.Counter);

    /// <summary>The writer for a gauge's series; throws as <see cref="Counter"/> does.</summary>
    public GaugeSeries Gauge(MetricDefinition metric, TagSet tags) => (GaugeSeries)Writer(metric, tags, MetricType.Gauge);

    /// <summary>The writer for a rate's series; throws as <see cref="Counter"/> does.</summary>
    public RateSeries Rate(MetricDefinition metric, TagSet tags) => (RateSeries)Writer(metric, tags, MetricType.Rate);

    /// <summary>The writer for a trend's series; throws as <see cref="Counter"/> does.</summary>
    public TrendSeries Trend(MetricDefinition metric, TagSet tags) => (TrendSeries)Writer(metric, tags, MetricType.Trend);

    /// <summary>The writer for a series of different values; throws as <see cref="Counter"/> does.</summary>
    public DistinctSeries Distinct(MetricDefinition metric, TagSet tags) => (DistinctSeries)Writer(metric, tags, MetricType.Distinct);

    /// <summary>Everything sampled so far, with <see cref="BuiltInMetrics.FoldedTagSets"/> and <see cref="BuiltInMetrics.RejectedSamples"/> where they are not 0.</summary>
    public Snapshot TakeSnapshot() => Freeze()();

    /// <summary>
    /// <see cref="TakeSnapshot"/> in two steps: this one copies and must not overlap with writing; what it returns makes the snapshot, which takes many times as long, whenever it is called.
    /// </summary>
    public Func<Snapshot> Freeze()
    {
        var frozen = new List<KeyValuePair<SeriesKey, Func<SeriesValue>>>(_writers.Count);
        var (rejected, folded) = (0L, FoldedTagSets);
        foreach (var (key, writer) in _writers)
        {
            rejected += writer.Rejected;
            if (writer.HasSamples) frozen.Add(new(key, writer.Freeze()));
        }

        return () =>
        {
            var values = new Dictionary<SeriesKey, SeriesValue>(frozen.Count + 2);
            foreach (var (key, value) in frozen) values.Add(key, value());
            AddOwn(values, BuiltInMetrics.FoldedTagSets, folded);
            AddOwn(values, BuiltInMetrics.RejectedSamples, rejected);
            return Snapshot.Own(values);
        };
    }

    /// <summary>The samples so far of a metric's series whose tags are accepted, merged; null when there are none. Costs a look at every series.</summary>
    public SeriesValue? Select(MetricDefinition metric, Predicate<TagSet> accepts) => FreezeSelected(metric, accepts)();

    /// <summary><see cref="Select"/> in two steps, as with <see cref="Freeze"/>.</summary>
    public Func<SeriesValue?> FreezeSelected(MetricDefinition metric, Predicate<TagSet> accepts)
    {
        var frozen = new List<Func<SeriesValue>>();
        foreach (var (key, writer) in _writers)
        {
            if (key.Metric == metric && writer.HasSamples && accepts(key.Tags)) frozen.Add(writer.Freeze());
        }

        return () => frozen.Count == 0 ? null : frozen[0]().MergedWith([.. frozen.Skip(1).Select(f => f())]);
    }

    private static void AddOwn(Dictionary<SeriesKey, SeriesValue> values, MetricDefinition metric, long count)
    {
        if (count > 0) values[new(metric, TagSet.Empty)] = new CounterValue(ExactSum.Scaled(count, 0));
    }

    private SeriesWriter Writer(MetricDefinition metric, TagSet tags, MetricType type)
    {
        if (metric.Type != type) throw new ArgumentException($"{metric.Name} is a {metric.Type}, no {type}", nameof(metric));
        var key = new SeriesKey(metric, tags);
        if (_writers.TryGetValue(key, out var writer)) return writer;

        if (!_metrics.TryAdd(metric.Name, metric) && _metrics[metric.Name] != metric)
        {
            throw new ArgumentException($"{metric.Name} is already recorded as {_metrics[metric.Name]}", nameof(metric));
        }

        if (BuiltInMetrics.IsReserved(metric)) return _writers[key] = Create(key);
        if (_regular < MaxSeries)
        {
            _regular++;
            return _writers[key] = Create(key);
        }

        if (_folded.Count < MaxSeries) _folded.Add(key);
        var overflow = new SeriesKey(metric, OverflowTags);
        if (!_writers.TryGetValue(overflow, out writer)) _writers[overflow] = writer = Create(overflow);
        return writer;
    }

    private static SeriesWriter Create(SeriesKey key) => key.Metric.Type switch
    {
        MetricType.Counter => new CounterSeries(key),
        MetricType.Gauge => new GaugeSeries(key),
        MetricType.Rate => new RateSeries(key),
        MetricType.Distinct => new DistinctSeries(key),
        _ => new TrendSeries(key),
    };
}
