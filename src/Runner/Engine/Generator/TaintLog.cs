using System.Globalization;
using LoadTesting.Metrics;

namespace LoadTesting.Runner.Engine.Generator;

/// <summary>
/// Counts spoiled seconds by cause, each second once per cause, names the first second of each span, and keeps the span's worst reading. Past a bound of
/// spans they are only counted: a bad generator must not drown its own report in series.
/// </summary>
internal sealed class TaintLog
{
    /// <summary>Spans named for each cause.</summary>
    public const int MostSpans = 40;

    private readonly Dictionary<string, Span> _causes = new(StringComparer.Ordinal);

    /// <summary>Takes note of the seconds from <paramref name="from"/> to before <paramref name="end"/>, as far as they are later than what was noted; call under the recorder's lock.</summary>
    /// <param name="recorder">Where it is counted.</param>
    /// <param name="tags">Tags of all that is said.</param>
    /// <param name="cause">One of <see cref="Model.Judging.TaintCauses"/>.</param>
    /// <param name="from">First second.</param>
    /// <param name="end">The one after the last.</param>
    /// <param name="reading">What was measured in them: seconds, or a share; null where nothing is.</param>
    public void Add(WorkerRecorder recorder, TagSet tags, string cause, long from, long end, double? reading)
    {
        var known = _causes.GetValueOrDefault(cause);
        from = Math.Max(from, known.Next);
        if (end > from)
        {
            var isNew = known.Spans == 0 || from > known.Next;
            known = isNew ? new Span(end, from, known.Spans + 1) : known with { Next = end };
            _causes[cause] = known;
            recorder.Counter(BuiltInMetrics.TaintedSeconds, Named()).Add(end - from);
        }

        // Also of a second that is counted already: what stands still is late again and again.
        if (reading is { } worst && known.Spans > 0) recorder.Trend(BuiltInMetrics.TaintedReading, Named()).Record(worst);

        TagSet Named()
        {
            var named = tags.With("cause", cause);
            return known.Spans <= MostSpans ? named.With("from", known.From.ToString(CultureInfo.InvariantCulture)) : named;
        }
    }

    /// <param name="Next">The second after the last that was counted.</param>
    /// <param name="From">The span's first second.</param>
    /// <param name="Spans">How many there were, this one included; 0 = none.</param>
    private readonly record struct Span(long Next, long From, int Spans);
}
