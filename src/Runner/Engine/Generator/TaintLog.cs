using System.Globalization;
using LoadTesting.Metrics;

namespace LoadTesting.Runner.Engine.Generator;

/// <summary>
/// Counts spoiled seconds by cause, each second once per cause, and names the first second of each span. Past a bound of spans they are only counted: a bad
/// generator must not drown its own report in series.
/// </summary>
internal sealed class TaintLog
{
    /// <summary>Spans named for each cause.</summary>
    public const int MostSpans = 40;

    private readonly Dictionary<string, (long Next, long From, int Spans)> _causes = new(StringComparer.Ordinal);

    /// <summary>Takes note of the seconds from <paramref name="from"/> to before <paramref name="end"/>, as far as they are later than what was noted; call under the recorder's lock.</summary>
    public void Add(WorkerRecorder recorder, TagSet tags, string cause, long from, long end)
    {
        var known = _causes.GetValueOrDefault(cause);
        from = Math.Max(from, known.Next);
        if (end <= from) return;
        var isNew = known.Spans == 0 || from > known.Next;
        var (first, spans) = isNew ? (from, known.Spans + 1) : (known.From, known.Spans);
        _causes[cause] = (end, first, spans);
        var named = tags.With("cause", cause);
        if (spans <= MostSpans) named = named.With("from", first.ToString(CultureInfo.InvariantCulture));
        recorder.Counter(BuiltInMetrics.TaintedSeconds, named).Add(end - from);
    }
}
