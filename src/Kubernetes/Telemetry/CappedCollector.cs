using Prometheus;

namespace LoadTesting.Kubernetes.Telemetry;

/// <summary>
/// A metric of prometheus-net that keeps at most so many series. A label set beyond that gets a metric that nobody reads. Safe for concurrent use.
/// </summary>
/// <typeparam name="TMetric"><see cref="ICounter"/>, <see cref="IGauge"/> or <see cref="IHistogram"/>.</typeparam>
public sealed class CappedCollector<TMetric>
    where TMetric : class
{
    // Cannot stand in a label's value that is UTF-8, so joined values are one set each.
    private const char Separator = '\uffff';

    private readonly Lock _gate = new();
    private readonly Dictionary<string, TMetric> _series = new(StringComparer.Ordinal);
    private readonly Func<string[], TMetric> _create;
    private readonly Action<string[]> _remove;
    private readonly TMetric _discarded;
    private readonly int _limit;
    private readonly Action _refused;

    internal CappedCollector(int labels, Func<string[], TMetric> create, Action<string[]> remove, TMetric discarded, int limit, Action refused)
    {
        _create = create;
        _remove = remove;
        _discarded = discarded;
        _limit = limit;
        _refused = refused;
        if (labels == 0)
        {
            _series[""] = create([]);
        }
    }

    /// <summary>The only series of a metric without labels.</summary>
    public TMetric Unlabelled => WithLabels();

    /// <summary>The series of these values, in the order of the label names. It exists in the exposition from this call on.</summary>
    /// <exception cref="ArgumentException">There are more or fewer values than names.</exception>
    public TMetric WithLabels(params string[] values)
    {
        var key = string.Join(Separator, values);
        lock (_gate)
        {
            if (_series.TryGetValue(key, out var known))
            {
                return known;
            }

            if (_series.Count < _limit)
            {
                return _series[key] = _create(values);
            }
        }

        _refused();
        return _discarded;
    }

    /// <summary>Ends a series.</summary>
    public void Remove(params string[] values)
    {
        lock (_gate)
        {
            if (_series.Remove(string.Join(Separator, values)))
            {
                _remove(values);
            }
        }
    }
}
