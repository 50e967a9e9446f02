using System.Diagnostics.Metrics;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Judging;

namespace LoadTesting.Operator.Telemetry;

/// <summary>
/// What an alert needs to name the test: metrics with the labels <c>namespace</c> and <c>test</c>, of at most <see cref="MostTests"/> tests. Of more, those
/// whose runs moved longest ago are left out, and counted. A test's series exist, at 0, from its first run on and go with its last one. Safe for concurrent
/// use.
/// </summary>
public sealed class TestMetrics
{
    /// <summary>Most tests that have series.</summary>
    public const int MostTests = 150;

    private static readonly Verdict[] Verdicts = Enum.GetValues<Verdict>();

    private readonly Lock _gate = new();
    private readonly Dictionary<NamespacedName, Known> _tests = [];
    private readonly Dictionary<NamespacedName, NamespacedName> _testOfRun = [];
    private readonly Counter<long> _leftOut;
    private long _clock;

    /// <param name="meter">Where the instruments live.</param>
    public TestMetrics(Meter meter)
    {
        meter.CreateObservableCounter("loadtest_test_runs_finished_total", Finished, null, "Runs with a final verdict since this process leads, by namespace, test and verdict.");
        meter.CreateObservableGauge("loadtest_test_last_verdict", LastVerdict, null, "1 for the verdict of a test's newest finished run, 0 for the others.");
        meter.CreateObservableGauge("loadtest_test_last_finished_timestamp_seconds", LastFinished, "s", "When a test's newest finished run got its verdict, since the Unix epoch.");
        meter.CreateObservableGauge("loadtest_test_runs_active", Active, null, "Runs of a test without a verdict yet.");
        _leftOut = meter.CreateCounter<long>("loadtest_test_metrics_left_out_total", null, $"Tests whose series were dropped, because there are more than {MostTests}.");
        _leftOut.Add(0);
    }

    /// <summary>A run has no verdict yet.</summary>
    /// <param name="run">The run.</param>
    /// <param name="test">Name of its test.</param>
    public void Going(NamespacedName run, string test)
    {
        lock (_gate)
        {
            Of_NeedsLock(run, test).Active.Add(run.Name);
        }
    }

    /// <summary>A run has a verdict. Said once when that is written, and again by a process that finds it so.</summary>
    /// <param name="run">The run.</param>
    /// <param name="test">Name of its test.</param>
    /// <param name="verdict">Its verdict.</param>
    /// <param name="at">When it was given.</param>
    /// <param name="isNew">Whether it is given just now.</param>
    public void Judged(NamespacedName run, string test, Verdict verdict, DateTimeOffset at, bool isNew)
    {
        lock (_gate)
        {
            var known = Of_NeedsLock(run, test);
            known.Active.Remove(run.Name);
            if (isNew)
            {
                known.Finished[(int)verdict]++;
            }

            if (known.At is null || at >= known.At)
            {
                (known.Last, known.At) = (verdict, at);
            }
        }
    }

    /// <summary>A run is gone; with the last one of a test go its series.</summary>
    public void Gone(NamespacedName run)
    {
        lock (_gate)
        {
            if (!_testOfRun.Remove(run, out var test) || !_tests.TryGetValue(test, out var known))
            {
                return;
            }

            known.Active.Remove(run.Name);
            known.Runs.Remove(run.Name);
            if (known.Runs.Count == 0)
            {
                _tests.Remove(test);
            }
        }
    }

    private Known Of_NeedsLock(NamespacedName run, string test)
    {
        var name = new NamespacedName(run.Namespace, test);
        if (!_tests.TryGetValue(name, out var known))
        {
            if (_tests.Count == MostTests)
            {
                var oldest = _tests.OrderBy(t => t.Value.Active.Count > 0).ThenBy(t => t.Value.Moved).First();
                _tests.Remove(oldest.Key);
                foreach (var left in oldest.Value.Runs)
                {
                    _testOfRun.Remove(new NamespacedName(oldest.Key.Namespace, left));
                }

                _leftOut.Add(1);
            }

            _tests[name] = known = new Known(new long[Verdicts.Length]);
        }

        known.Moved = ++_clock;
        known.Runs.Add(run.Name);
        _testOfRun[run] = name;
        return known;
    }

    private List<Measurement<long>> Finished() => Measure((test, known) => Verdicts.Select(v => new Measurement<long>(known.Finished[(int)v], [.. test, new("verdict", v.ToString())])));

    private List<Measurement<int>> LastVerdict() => Measure((test, known) => known.Last is not { } last ? [] : Verdicts.Select(v => new Measurement<int>(v == last ? 1 : 0, [.. test, new("verdict", v.ToString())])));

    private List<Measurement<double>> LastFinished() => Measure<double>((test, known) => known.At is { } at ? [new(at.ToUnixTimeMilliseconds() / 1000.0, test)] : []);

    private List<Measurement<int>> Active() => Measure<int>((test, known) => [new(known.Active.Count, test)]);

    private List<Measurement<T>> Measure<T>(Func<KeyValuePair<string, object?>[], Known, IEnumerable<Measurement<T>>> measure)
        where T : struct
    {
        lock (_gate)
        {
            return [.. _tests.SelectMany(t => measure([new("namespace", t.Key.Namespace), new("test", t.Key.Name)], t.Value))];
        }
    }

    private sealed class Known(long[] finished)
    {
        public long[] Finished { get; } = finished;

        public HashSet<string> Runs { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Active { get; } = new(StringComparer.Ordinal);

        public Verdict? Last { get; set; }

        public DateTimeOffset? At { get; set; }

        public long Moved { get; set; }
    }
}
