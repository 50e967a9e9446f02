using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Judging;

namespace LoadTesting.Operator.Telemetry;

/// <summary>
/// The operator's view of its runs as metrics. Labels are words of closed sets, so that the number of series does not grow with the number of tests; every
/// counter is 0 from the start on.
/// <see cref="Tests"/> has some of it test by test, and what a test measured stands in its status. Safe for concurrent use.
/// </summary>
public sealed class RunMetrics
{
    /// <summary>Name of the histogram of run lengths.</summary>
    internal const string DurationName = "loadtest_run_duration_seconds";

    private readonly Counter<long> _started;
    private readonly Counter<long> _finished;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _verdictDelay;
    private readonly Histogram<double> _startSkew;
    private readonly Counter<long> _runnersLost;
    private readonly Counter<long> _scrapes;
    private readonly Histogram<double> _scrapeTime;
    private readonly Counter<long> _reviews;
    private readonly ConcurrentDictionary<NamespacedName, int> _active = new();

    /// <param name="meter">Where the instruments live; a <see cref="MeterExporter"/> on it is the exporter.</param>
    public RunMetrics(Meter meter)
    {
        _started = meter.CreateCounter<long>("loadtest_runs_started_total", null, "Runs whose load began.");
        _finished = meter.CreateCounter<long>("loadtest_runs_finished_total", null, "Runs with a final verdict, by verdict and reason.");
        _duration = meter.CreateHistogram<double>(DurationName, "s", "Time from a run's creation to its verdict, by verdict.");
        _verdictDelay = meter.CreateHistogram<double>("loadtest_verdict_delay_seconds", "s", "Time from the end of the load to the verdict.");
        _startSkew = meter.CreateHistogram<double>("loadtest_start_skew_seconds", "s", "Latest minus earliest achieved start of a run's runners.");
        _runnersLost = meter.CreateCounter<long>("loadtest_runners_lost_total", null, "Runners that were lost after the start.");
        _scrapes = meter.CreateCounter<long>("loadtest_runner_scrapes_total", null, "Scrapes of runners by result (success, error).");
        _scrapeTime = meter.CreateHistogram<double>("loadtest_runner_scrape_duration_seconds", "s", "Length of successful scrapes.");
        _reviews = meter.CreateCounter<long>("loadtest_admission_reviews_total", null, "Manifests that the webhook was asked about, by kind and result (allowed, denied).");
        Tests = new TestMetrics(meter);
        _started.Add(0);
        _runnersLost.Add(0);
        foreach (var (verdict, reason) in VerdictReasons.All)
        {
            _finished.Add(0, new("verdict", verdict.ToString()), new("reason", reason));
        }

        foreach (var result in (string[])["success", "error"])
        {
            _scrapes.Add(0, new KeyValuePair<string, object?>("result", result));
        }

        foreach (var kind in (string[])["LoadTest", "LoadTestRun"])
        {
            _reviews.Add(0, new("kind", kind), new("result", "allowed"));
            _reviews.Add(0, new("kind", kind), new("result", "denied"));
        }

        meter.CreateObservableGauge("loadtest_runs_active", () => _active.Count, null, "Runs that this process leads and that have no verdict yet.");
        meter.CreateObservableGauge("loadtest_runners_active", () => _active.Values.Sum(), null, "Runners of those runs.");
        var version = typeof(RunMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
        meter.CreateObservableGauge("loadtest_build_info", () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", version)), null, "1, labelled with the operator's version.");
    }

    /// <summary>The same test by test.</summary>
    internal TestMetrics Tests { get; }

    /// <summary>A run's load begins.</summary>
    public void RunStarted() => _started.Add(1);

    /// <summary>
    /// A run has no verdict yet and this many runners. Called on every pass, so that a new leader's gauges are right without a history.
    /// </summary>
    public void RunActive(NamespacedName run, int runners) => _active[run] = runners;

    /// <summary>A run is no longer this process's concern: it was deleted, or another process leads.</summary>
    public void RunGone(NamespacedName run)
    {
        _active.TryRemove(run, out _);
        Tests.Gone(run);
    }

    /// <summary>A run's verdict was written.</summary>
    /// <param name="run">Which.</param>
    /// <param name="verdict">The verdict.</param>
    /// <param name="reason">One of <see cref="Reasons"/>.</param>
    /// <param name="duration">From its creation to the verdict.</param>
    /// <param name="sinceLoadEnded">From the end of the load; null when there was no load.</param>
    public void RunFinished(NamespacedName run, Verdict verdict, string reason, TimeSpan duration, TimeSpan? sinceLoadEnded = null)
    {
        _active.TryRemove(run, out _);
        _finished.Add(1, new("verdict", verdict.ToString()), new("reason", reason));
        _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("verdict", verdict.ToString()));
        if (sinceLoadEnded is { } delay)
        {
            _verdictDelay.Record(delay.TotalSeconds);
        }
    }

    /// <summary>All runners of a run have started.</summary>
    public void RunnersStarted(TimeSpan skew) => _startSkew.Record(skew.TotalSeconds);

    /// <summary>Runners were lost after the start.</summary>
    public void RunnersLost(int count) => _runnersLost.Add(count);

    /// <summary>A runner answered a scrape.</summary>
    public void Scraped(TimeSpan elapsed)
    {
        _scrapes.Add(1, new KeyValuePair<string, object?>("result", "success"));
        _scrapeTime.Record(elapsed.TotalSeconds);
    }

    /// <summary>A runner did not answer a scrape, or not with a snapshot.</summary>
    public void ScrapeFailed() => _scrapes.Add(1, new KeyValuePair<string, object?>("result", "error"));

    /// <summary>The webhook answered.</summary>
    /// <param name="kind">The kind that was reviewed.</param>
    /// <param name="isAllowed">The answer.</param>
    public void Reviewed(string kind, bool isAllowed) => _reviews.Add(1, new("kind", kind), new("result", isAllowed ? "allowed" : "denied"));
}
