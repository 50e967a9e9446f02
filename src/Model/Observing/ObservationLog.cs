using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Observing;

/// <summary>
/// What was observed of the target in a run: says what is to be asked for, takes what came, and has it as series like any other. A sample belongs to its instant (T0 + i · interval)
/// whenever it comes, and counts once: a question may be repeated, late and by another process. No clock, no I/O. Not synchronised.
/// </summary>
public sealed class ObservationLog
{
    /// <summary>Instants that are asked for at once; Prometheus answers 11,000.</summary>
    public const int MostInstants = 1000;

    /// <summary>Values kept of a query for the report; beyond it every second one is given up.</summary>
    public const int MostPoints = 500;

    /// <summary>Happenings kept.</summary>
    public const int MostHappenings = 100;

    // A scrape is there some milliseconds after its instant: who asks at once sees the one before it.
    private static readonly Duration Settling = Duration.FromSeconds(1);

    private readonly WorkerRecorder _recorder = new();
    private readonly List<Track> _queries;
    private readonly List<Happening> _happenings = [];
    private readonly bool _hasPods;
    private PodsReading _pods = new(0, 0, 0, 0, 0);
    private long _podSeconds;
    private bool _seesPods;
    private bool _skipsPods;
    private string _podTrouble = "Pods were not looked at";
    private Snapshot? _snapshot = Snapshot.Empty;

    /// <summary>For a run of a test.</summary>
    public ObservationLog(LoadTestSpec spec)
    {
        _queries = [.. (spec.Observe?.Prometheus ?? []).Select(q => new Track(q, _recorder.Trend(ObservedMetrics.Define(q), TagSet.Empty)))];
        _hasPods = spec.Observe?.Pods is not null;
    }

    /// <summary>Everything observed so far.</summary>
    public Snapshot Snapshot => _snapshot ??= _recorder.TakeSnapshot();

    /// <summary>What happened to the target's Pods, in the order in which it was told; at most <see cref="MostHappenings"/>.</summary>
    public IReadOnlyList<Happening> Happenings => _happenings;

    /// <summary>The queries in the order of the manifest.</summary>
    public IReadOnlyList<QueryReport> Queries => [.. _queries.Select(q => q.Report())];

    /// <summary>What to ask for now.</summary>
    /// <param name="load">Time since T0, or the length of the load once it has ended.</param>
    /// <param name="isOver">The load has ended: what is due is due now.</param>
    public IReadOnlyList<QueryDue> Due(Duration load, bool isOver)
    {
        var due = new List<QueryDue>();
        foreach (var query in _queries)
        {
            var last = query.Planned(isOver ? load : load - Settling) - 1;
            if (last >= query.Next)
            {
                due.Add(new QueryDue(query.Spec.Name, query.Next, Math.Min(last, query.Next + MostInstants - 1)));
            }
        }

        return due;
    }

    /// <summary>Takes an answer in. One that does not begin where the last one ended, or that was taken already, changes nothing.</summary>
    public void Take(QueryAnswer answer)
    {
        if (_queries.FirstOrDefault(q => q.Spec.Name == answer.Name) is { } query && query.Take(answer))
        {
            _snapshot = null;
        }
    }

    /// <summary>Takes in how the target's Pods are, about once a second from T0 on. Totals never go down.</summary>
    public void Take(PodsReading reading)
    {
        Count(BuiltInMetrics.TargetRestarts, reading.Restarts - _pods.Restarts);
        Count(BuiltInMetrics.TargetOomKills, reading.OomKills - _pods.OomKills);
        Count(BuiltInMetrics.TargetPodDeletions, reading.Deletions - _pods.Deletions);
        _recorder.Trend(BuiltInMetrics.TargetPodsReady, TagSet.Empty).Record(reading.Ready);
        _recorder.Trend(BuiltInMetrics.TargetPodsUnready, TagSet.Empty).Record(reading.Unready);
        (_pods, _seesPods, _snapshot) = (reading, true, null);
        _podSeconds++;

        void Count(MetricDefinition metric, long more) => _recorder.Counter(metric, TagSet.Empty).Add(Math.Max(0, more));
    }

    /// <summary>Something happened to the target's Pods.</summary>
    public void Take(Happening happening)
    {
        if (_happenings.Count < MostHappenings)
        {
            _happenings.Add(happening);
        }
    }

    /// <summary>Pods are not seen.</summary>
    /// <param name="why">One clause.</param>
    /// <param name="isSkipped">On purpose, so that <c>or absent</c> forgives it.</param>
    public void PodsUnseen(string why, bool isSkipped = false) => (_seesPods, _podTrouble, _skipsPods) = (false, why, isSkipped);

    /// <summary>What is missing of a metric at the end of the run; null for one that is not observed.</summary>
    public ObservationGap? Gap(MetricDefinition metric, Duration load)
    {
        if (_queries.FirstOrDefault(q => q.Spec.Name == metric.Name) is { } query)
        {
            return query.Gap(load);
        }

        return _hasPods && ObservedMetrics.IsOfPods(metric) ? PodGap(metric, load) : null;
    }

    private ObservationGap PodGap(MetricDefinition metric, Duration load)
    {
        if (!_seesPods || _podSeconds == 0)
        {
            return new ObservationGap(1, _skipsPods ? 0 : 1, _podTrouble);
        }

        // Totals are true however seldom somebody looked; how many were ready in between is not known.
        var planned = Math.Max(1, Math.Floor(load.Seconds));
        var missing = metric.Type == MetricType.Counter ? 0 : Math.Max(0, 1 - _podSeconds / planned);
        return missing == 0 ? ObservationGap.None : new ObservationGap(missing, missing, $"the Pods were seen in {Math.Min(_podSeconds, planned)} of {planned} seconds");
    }

    private sealed class Track(ObservedQuery spec, TrendSeries series)
    {
        private readonly List<(int At, double Value)> _points = [];
        private int _samples;
        private int _ambiguous;
        private string? _note;
        private string? _error;
        private int _stride = 1;

        public ObservedQuery Spec => spec;

        /// <summary>The first instant without an answer.</summary>
        public int Next { get; private set; }

        /// <summary>Instants from T0 to the end, both included.</summary>
        public int Planned(Duration load) => load < Duration.Zero ? 0 : (int)Math.Min(int.MaxValue - 1, load.Nanoseconds / spec.Interval.Nanoseconds + 1);

        public bool Take(QueryAnswer answer)
        {
            if (answer.Error is not null)
            {
                _error = answer.Error;
                return false;
            }

            if (answer.From > Next || answer.To < Next)
            {
                return false;
            }

            // An answer that overlaps with an earlier one: ambiguities have no place of their own, so that it is only taken as a whole.
            if (answer.From < Next && answer.Ambiguous > 0)
            {
                return false;
            }

            foreach (var (at, value) in answer.Values.Where(v => v.At >= Next && v.At <= answer.To))
            {
                series.Record(value);
                _samples++;
                Keep(at, value);
            }

            (Next, _error) = (answer.To + 1, null);
            _ambiguous += answer.Ambiguous;
            _note = answer.Note ?? _note;
            return true;
        }

        public ObservationGap Gap(Duration load)
        {
            double planned = Planned(load);
            var missing = Math.Max(0, planned - _samples);
            if (missing == 0)
            {
                return ObservationGap.None;
            }

            var why = _error ?? _note;
            return new ObservationGap(missing / planned, (Math.Max(0, planned - Next) + _ambiguous) / planned, $"{_samples} of {planned} samples came" + (why is null ? string.Empty : $": {why}"));
        }

        public QueryReport Report() => new(spec.Name, spec.Query, spec.Interval, _samples, Next, _error ?? _note, [.. _points.Select(p => new ObservedValue(p.At, p.Value))]);

        private void Keep(int at, double value)
        {
            if (at % _stride != 0)
            {
                return;
            }

            _points.Add((at, value));
            if (_points.Count > MostPoints)
            {
                _stride *= 2;
                _points.RemoveAll(p => p.At % _stride != 0);
            }
        }
    }
}

/// <summary>A query as it stands.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Query">As written.</param>
/// <param name="Interval">From instant to instant.</param>
/// <param name="Samples">Instants that had a number.</param>
/// <param name="Answered">Instants that were answered.</param>
/// <param name="Trouble">Why not all have a number; null when nothing is to be said.</param>
/// <param name="Points">Up to 500 of the numbers, in Prometheus' base unit.</param>
public sealed record QueryReport(string Name, string Query, Duration Interval, int Samples, int Answered, string? Trouble, IReadOnlyList<ObservedValue> Points);
