using System.Diagnostics.Metrics;
using System.Text;

namespace LoadTesting.Operator.Telemetry;

/// <summary>
/// What the instruments of some meters recorded, as Prometheus text 0.0.4. Instruments are named as their metrics are to be called; several of one name (an
/// observed gauge per work queue) are one family. Safe for concurrent use.
/// </summary>
public sealed class MeterExporter : IDisposable
{
    /// <summary>Content type of <see cref="Text"/>.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Most label sets per metric.</summary>
    public const int SeriesLimit = 1000;

    private const string RefusedName = "loadtest_metrics_refused_series_total";

    private readonly Lock _reading = new();
    private readonly Lock _gate = new();
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, SeriesFamily> _families = new(StringComparer.Ordinal);
    private readonly HashSet<SeriesFamily> _observed = [];
    private readonly SeriesFamily _refused = new(RefusedName, SeriesKind.Counter, "Measurements that were not kept because their metric has too many series.", [], SeriesLimit);

    /// <param name="meters">Whose instruments are exported, those made later included.</param>
    public MeterExporter(params IReadOnlyList<Meter> meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (meters.Contains(instrument.Meter))
            {
                listener.EnableMeasurementEvents(instrument, FamilyOf(instrument));
            }
        };
        _listener.SetMeasurementEventCallback<double>((i, value, tags, state) => Record(i, value, tags, state));
        _listener.SetMeasurementEventCallback<long>((i, value, tags, state) => Record(i, value, tags, state));
        _listener.SetMeasurementEventCallback<int>((i, value, tags, state) => Record(i, value, tags, state));
        _listener.Start();
    }

    /// <summary>Everything, with observed instruments asked now.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        lock (_reading)
        {
            lock (_gate)
            {
                foreach (var family in _observed)
                {
                    family.Clear();
                }
            }

            // Without the gate: what is observed may hold a lock of its own under which others record.
            _listener.RecordObservableInstruments();
            lock (_gate)
            {
                foreach (var family in _families.Values)
                {
                    family.Write(text);
                }

                _refused.Write(text);
            }
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private SeriesFamily FamilyOf(Instrument instrument)
    {
        lock (_gate)
        {
            if (!_families.TryGetValue(instrument.Name, out var family))
            {
                family = new SeriesFamily(instrument.Name, KindOf(instrument), instrument.Description ?? "", HistogramBounds.Of(instrument.Name), SeriesLimit);
                _families[instrument.Name] = family;
            }

            if (instrument.IsObservable)
            {
                _observed.Add(family);
            }

            return family;
        }
    }

    private static SeriesKind KindOf(Instrument instrument) => instrument.GetType().GetGenericTypeDefinition() switch
    {
        var type when type == typeof(Counter<>) || type == typeof(ObservableCounter<>) => SeriesKind.Counter,
        var type when type == typeof(Histogram<>) => SeriesKind.Histogram,
        _ => SeriesKind.Gauge,
    };

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var family = (SeriesFamily)state!;
        lock (_gate)
        {
            var isKept = KindOf(instrument) == SeriesKind.Histogram ? family.Observe(tags, value)
                : instrument.IsObservable || instrument.GetType().GetGenericTypeDefinition() == typeof(Gauge<>) ? family.Set(tags, value)
                : family.Add(tags, value);
            if (!isKept)
            {
                _refused.Add([new("metric", instrument.Name)], 1);
            }
        }
    }
}
