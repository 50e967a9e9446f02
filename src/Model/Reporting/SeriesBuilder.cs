using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Reporting;

/// <summary>
/// Turns the merged snapshots of a run, taken about once a second, into one point per second. A snapshot closes the second whose end is nearest to it; one that comes too
/// early for the next second is passed over, and after missed ones the samples of the gap are shared out over its seconds, whole counts as evenly as they go. Nothing is
/// ever lost or counted twice: the counts of all points sum to what the last snapshot had more than the first baseline.
/// </summary>
public sealed class SeriesBuilder
{
    private static readonly Aggregation[] Percentiles = [Aggregation.OfPercentile(50), Aggregation.OfPercentile(95), Aggregation.OfPercentile(99)];

    private readonly List<SeriesPoint> _points = [];
    private Snapshot _before = Snapshot.Empty;
    private Snapshot _last = Snapshot.Empty;
    private int _start;
    private bool _finished;

    /// <summary>The points so far, without gaps from second 0.</summary>
    public IReadOnlyList<SeriesPoint> Points => _points;

    /// <summary>Takes the next snapshot in; offsets must not go back. One at or before the load's start only says what was sampled before (setup).</summary>
    /// <param name="offset">When it was taken, since the start of the load (T0).</param>
    /// <param name="total">Everything sampled by all runners up to then.</param>
    public void Add(Duration offset, Snapshot total)
    {
        if (_finished)
        {
            return;
        }

        if (offset <= Duration.Zero)
        {
            _last = total;
            return;
        }

        var end = (int)Math.Min(Math.Round(offset.Seconds, MidpointRounding.AwayFromZero), int.MaxValue);
        if (end > _points.Count)
        {
            Emit(_last, total, _points.Count, end, end);
        }
    }

    /// <summary>
    /// Takes the final snapshot in and ends the series at the end of the load; the last second may be a part of one. What finished runners reported later than
    /// that belongs to it. Afterwards nothing more is taken.
    /// </summary>
    /// <param name="load">Length of the load.</param>
    /// <param name="total">The final data.</param>
    public void Finish(Duration load, Snapshot total)
    {
        if (_finished)
        {
            return;
        }

        _finished = true;
        var end = Math.Max(load.Seconds, 0);

        // A rest too short to be a rate of its own (a snapshot is rarely taken exactly on the second) goes to the interval before it.
        var seconds = (int)Math.Min(Math.Ceiling(end - 0.1), int.MaxValue);
        if (seconds > _points.Count)
        {
            Emit(_last, total, _points.Count, seconds, end);
        }
        else if (_points.Count > 0)
        {
            var last = _points.Count;
            _points.RemoveRange(_start, last - _start);
            Emit(_before, total, _start, last, last);
        }
        else if (total.Series.Count > 0)
        {
            Emit(_last, total, 0, 1, Math.Max(end, 0.001));
        }
    }

    /// <summary>Points for the seconds [start, end), of which the last lasts only until <paramref name="until"/>.</summary>
    private void Emit(Snapshot before, Snapshot total, int start, int end, double until)
    {
        var window = new Window(total.Delta(before));
        var count = end - start;
        for (var i = 0; i < count; i++)
        {
            var length = i == count - 1 ? Math.Min(1, until - (end - 1)) : 1;
            _points.Add(window.Point(start + i, i, count, length));
        }

        (_before, _last, _start) = (before, total, start);
    }

    /// <summary>What was sampled between two snapshots.</summary>
    private sealed class Window
    {
        private readonly Snapshot _delta;
        private readonly RateValue? _failed;
        private readonly double?[] _percentiles;
        private readonly long _unanswered;
        private readonly double? _sendLag;

        public Window(Snapshot delta)
        {
            _delta = delta;
            _failed = delta.Select(BuiltInMetrics.HttpReqFailed) as RateValue;
            var duration = delta.Select(BuiltInMetrics.HttpReqDuration);
            _percentiles = [.. Percentiles.Select(p => Observation.Of(duration, BuiltInMetrics.HttpReqDuration, p, 0))];
            _unanswered = Unanswered.Count(duration);
            _sendLag = Observation.Of(delta.Select(BuiltInMetrics.SendLag), BuiltInMetrics.SendLag, Percentiles[2], 0);
        }

        /// <summary>Second number <paramref name="i"/> of <paramref name="count"/> that share the window; <paramref name="length"/> in seconds.</summary>
        public SeriesPoint Point(int second, int i, int count, double length)
        {
            long Share(long amount) => (long)((Int128)amount * (i + 1) / count - (Int128)amount * i / count);
            long Counted(MetricDefinition metric) => Share(_delta.Select(metric) is CounterValue counter ? (long)Math.Round(counter.Sum) : 0);
            var requests = Counted(BuiltInMetrics.HttpReqs);
            return new SeriesPoint
            {
                Second = second,
                Requests = requests,
                Rate = Math.Round(requests / length, 3),
                Failed = Share(_failed?.Trues ?? 0),
                ErrorRate = _failed?.Rate,
                P50 = _percentiles[0],
                P95 = _percentiles[1],
                P99 = _percentiles[2],
                Unanswered = Share(_unanswered),
                Vus = _delta.Select(BuiltInMetrics.Vus) is GaugeValue vus ? (long)Math.Round(vus.Current) : 0,
                Iterations = Counted(BuiltInMetrics.Iterations),
                Dropped = Counted(BuiltInMetrics.DroppedIterations),
                SendLagP99 = _sendLag,
                BytesReceived = Counted(BuiltInMetrics.DataReceived),
                BytesSent = Counted(BuiltInMetrics.DataSent),
                Estimated = count > 1,
            };
        }
    }
}
