using LoadTesting.Kubernetes.Objects;
using LoadTesting.Kubernetes.Telemetry;
using LoadTesting.Model.Judging;
using Prometheus;

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
    private readonly CappedCollector<ICounter> _finished;
    private readonly CappedCollector<IGauge> _lastVerdict;
    private readonly CappedCollector<IGauge> _lastFinished;
    private readonly CappedCollector<IGauge> _active;
    private readonly ICounter _leftOut;
    private long _clock;

    /// <param name="registry">Where the metrics live.</param>
    public TestMetrics(MetricRegistry registry)
    {
        _finished = registry.Counter(
            "loadtest_test_runs_finished_total", "Runs with a final verdict since this process leads, by namespace, test and verdict.", "namespace", "test", "verdict");
        _lastVerdict = registry.Gauge("loadtest_test_last_verdict", "1 for the verdict of a test's newest finished run, 0 for the others.", "namespace", "test", "verdict");
        _lastFinished = registry.Gauge(
            "loadtest_test_last_finished_timestamp_seconds", "When a test's newest finished run got its verdict, since the Unix epoch.", "namespace", "test");
        _active = registry.Gauge("loadtest_test_runs_active", "Runs of a test without a verdict yet.", "namespace", "test");
        _leftOut = registry.Counter("loadtest_test_metrics_left_out_total", $"Tests whose series were dropped, because there are more than {MostTests}.").Unlabelled;
    }

    /// <summary>A run has no verdict yet.</summary>
    /// <param name="run">The run.</param>
    /// <param name="test">Name of its test.</param>
    public void Going(NamespacedName run, string test)
    {
        lock (_gate)
        {
            var known = Of_NeedsLock(run, test);
            known.Active.Add(run.Name);
            ShowActive_NeedsLock(new NamespacedName(run.Namespace, test), known);
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
            ShowActive_NeedsLock(new NamespacedName(run.Namespace, test), known);
            if (isNew)
            {
                _finished.WithLabels(run.Namespace, test, verdict.ToString()).Inc();
            }

            if (known.At is null || at >= known.At)
            {
                known.At = at;
                _lastFinished.WithLabels(run.Namespace, test).Set(at.ToUnixTimeMilliseconds() / 1000.0);
                foreach (var one in Verdicts)
                {
                    _lastVerdict.WithLabels(run.Namespace, test, one.ToString()).Set(one == verdict ? 1 : 0);
                }
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
            ShowActive_NeedsLock(test, known);
            if (known.Runs.Count == 0)
            {
                Forget_NeedsLock(test);
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
                Forget_NeedsLock(oldest.Key);
                foreach (var left in oldest.Value.Runs)
                {
                    _testOfRun.Remove(new NamespacedName(oldest.Key.Namespace, left));
                }

                _leftOut.Inc();
            }

            _tests[name] = known = new Known();
            foreach (var verdict in Verdicts)
            {
                _finished.WithLabels(name.Namespace, test, verdict.ToString());
            }
        }

        known.Moved = ++_clock;
        known.Runs.Add(run.Name);
        _testOfRun[run] = name;
        return known;
    }

    private void ShowActive_NeedsLock(NamespacedName test, Known known) => _active.WithLabels(test.Namespace, test.Name).Set(known.Active.Count);

    private void Forget_NeedsLock(NamespacedName test)
    {
        _tests.Remove(test);
        _active.Remove(test.Namespace, test.Name);
        _lastFinished.Remove(test.Namespace, test.Name);
        foreach (var verdict in Verdicts)
        {
            _finished.Remove(test.Namespace, test.Name, verdict.ToString());
            _lastVerdict.Remove(test.Namespace, test.Name, verdict.ToString());
        }
    }

    private sealed class Known
    {
        public HashSet<string> Runs { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Active { get; } = new(StringComparer.Ordinal);

        public DateTimeOffset? At { get; set; }

        public long Moved { get; set; }
    }
}
