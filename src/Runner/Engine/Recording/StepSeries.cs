using System.Runtime.InteropServices;
using LoadTesting.Metrics;
using LoadTesting.Runner.Engine.Compilation;

namespace LoadTesting.Runner.Engine.Recording;

/// <summary>The series of one step in one scenario.</summary>
internal sealed class StepSeries
{
    private readonly WorkerRecorder _recorder;
    private readonly TagSet _tags;
    private readonly TagSet _own;
    private readonly bool _isOpen;
    private readonly LoadOrigin? _origin;
    private readonly Dictionary<CompiledRecord, SeriesWriter> _custom = new(ReferenceEqualityComparer.Instance);
    private readonly List<(ExchangeKind Kind, ExchangeSeries Series)> _exchanges = [];
    private Dictionary<ExchangeKind, ExchangeSeries>? _many;
    private RateSeries?[] _checks = [];

    public StepSeries(WorkerRecorder recorder, CompiledScope scope, CompiledStep step, LoadOrigin origin)
    {
        _origin = scope.Tags.TryGet("scenario", out _) ? origin : null;
        (_recorder, _tags, _isOpen) = (recorder, scope.Tags.With("group", step.Group), scope.IsOpen);
        _own = step is CompiledRequest request ? request.Tags : TagSet.Empty;
    }

    /// <summary>The series of a kind of exchange. A step has two or three kinds, so they are compared one by one, until a chain of redirects makes them many.</summary>
    public ExchangeSeries ExchangeLocked(in ExchangeKind kind)
    {
        foreach (ref readonly var known in CollectionsMarshal.AsSpan(_exchanges))
        {
            if (known.Kind == kind) return known.Series;
        }

        if (_many is not null && _many.TryGetValue(kind, out var found)) return found;
        var added = new ExchangeSeries(_recorder, _tags.With(kind.ToTags()).With(_own), kind.IsExpected, _isOpen, _origin);
        if (_exchanges.Count < 8) _exchanges.Add((kind, added));
        else (_many ??= []).Add(kind, added);
        return added;
    }

    /// <summary>How long the group takes that the step is.</summary>
    public TrendSeries GroupDuration => field ??= _recorder.Trend(BuiltInMetrics.GroupDuration, _tags);

    /// <summary>The series of an extract that finds nothing.</summary>
    public CounterSeries MissingLocked(string variable) => _recorder.Counter(BuiltInMetrics.ExtractFailures, _tags.With("extract", variable).With(_own));

    /// <summary>The series of a check.</summary>
    /// <param name="index">0-based number among the step's checks.</param>
    /// <param name="name">What it is called.</param>
    public RateSeries CheckLocked(int index, string name)
    {
        if (index >= _checks.Length) Array.Resize(ref _checks, index + 1);
        return _checks[index] ??= _recorder.Rate(BuiltInMetrics.Checks, _tags.With("check", name).With(_own));
    }

    /// <summary>The series of a custom sample.</summary>
    public SeriesWriter CustomLocked(CompiledRecord record)
    {
        if (_custom.TryGetValue(record, out var series)) return series;
        var tags = _tags.With(_own).With(record.Tags);
        return _custom[record] = record.Metric.Type switch
        {
            MetricType.Counter => _recorder.Counter(record.Metric, tags),
            MetricType.Gauge => _recorder.Gauge(record.Metric, tags),
            MetricType.Rate => _recorder.Rate(record.Metric, tags),
            MetricType.Distinct => _recorder.Distinct(record.Metric, tags),
            _ => _recorder.Trend(record.Metric, tags),
        };
    }
}
