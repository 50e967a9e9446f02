using System.Collections.Concurrent;
using System.Reflection;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Kubernetes.Telemetry;
using LoadTesting.Model.Judging;
using LoadTesting.Operator.Workloads;
using Prometheus;

namespace LoadTesting.Operator.Telemetry;

/// <summary>
/// The operator's view of its runs as metrics. Labels are words of closed sets, so that the number of series does not grow with the number of tests; every
/// counter is 0 from the start on.
/// <see cref="Tests"/> has some of it test by test, and what a test measured stands in its status. Safe for concurrent use.
/// </summary>
public sealed class RunMetrics
{
    private static readonly double[] RunBounds = [5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 43200, 86400];

    /// <summary>What is over within one heartbeat: scrapes, starts.</summary>
    private static readonly double[] ShortBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ICounter _started;
    private readonly CappedCollector<ICounter> _finished;
    private readonly CappedCollector<IHistogram> _duration;
    private readonly IHistogram _verdictDelay;
    private readonly IHistogram _startSkew;
    private readonly ICounter _runnersLost;
    private readonly CappedCollector<ICounter> _scrapes;
    private readonly IHistogram _scrapeTime;
    private readonly CappedCollector<ICounter> _reviews;
    private readonly CappedCollector<ICounter> _podsIgnored;
    private readonly ConcurrentDictionary<NamespacedName, int> _active = new();

    /// <param name="registry">Where the metrics live.</param>
    public RunMetrics(MetricRegistry registry)
    {
        _started = registry.Counter("loadtest_runs_started_total", "Runs whose load began.").Unlabelled;
        _finished = registry.Counter("loadtest_runs_finished_total", "Runs with a final verdict, by verdict and reason.", "reason", "verdict");
        _duration = registry.Histogram("loadtest_run_duration_seconds", "Time from a run's creation to its verdict, by verdict.", RunBounds, "verdict");
        _verdictDelay = registry.Histogram("loadtest_verdict_delay_seconds", "Time from the end of the load to the verdict.", ShortBounds).Unlabelled;
        _startSkew = registry.Histogram("loadtest_start_skew_seconds", "Latest minus earliest achieved start of a run's runners.", ShortBounds).Unlabelled;
        _runnersLost = registry.Counter("loadtest_runners_lost_total", "Runners that were lost after the start.").Unlabelled;
        _scrapes = registry.Counter("loadtest_runner_scrapes_total", "Scrapes of runners by result: success; error: no answer; refused: an answer that was too long, or of a program without the run's key.", "result");
        _scrapeTime = registry.Histogram("loadtest_runner_scrape_duration_seconds", "Length of successful scrapes.", ShortBounds).Unlabelled;
        _reviews = registry.Counter("loadtest_admission_reviews_total", "Manifests that the webhook was asked about, by kind and result (allowed, denied).", "kind", "result");
        _podsIgnored = registry.Counter(
            "loadtest_foreign_pods_total", "Pods that name a run as their owner and are not its own, by what is wrong: their namespace, owner or name.", "fault");
        Tests = new TestMetrics(registry);
        foreach (var (verdict, reason) in VerdictReasons.All)
        {
            _finished.WithLabels(reason, verdict.ToString());
        }

        foreach (var result in (string[])["success", "error", "refused"])
        {
            _scrapes.WithLabels(result);
        }

        foreach (var fault in Enum.GetValues<PodFault>())
        {
            _podsIgnored.WithLabels(Word(fault));
        }

        foreach (var kind in (string[])["LoadTest", "LoadTestRun"])
        {
            _reviews.WithLabels(kind, "allowed");
            _reviews.WithLabels(kind, "denied");
        }

        var runs = registry.Gauge("loadtest_runs_active", "Runs that this process leads and that have no verdict yet.").Unlabelled;
        var runners = registry.Gauge("loadtest_runners_active", "Runners of those runs.").Unlabelled;
        registry.BeforeCollect(() =>
        {
            runs.Set(_active.Count);
            runners.Set(_active.Values.Sum());
        });
        var version = typeof(RunMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
        registry.Gauge("loadtest_build_info", "1, labelled with the operator's version.", "version").WithLabels(version).Set(1);
    }

    /// <summary>The same test by test.</summary>
    internal TestMetrics Tests { get; }

    /// <summary>A run's load begins.</summary>
    public void RunStarted() => _started.Inc();

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
        _finished.WithLabels(reason, verdict.ToString()).Inc();
        _duration.WithLabels(verdict.ToString()).Observe(duration.TotalSeconds);
        if (sinceLoadEnded is { } delay)
        {
            _verdictDelay.Observe(delay.TotalSeconds);
        }
    }

    /// <summary>All runners of a run have started.</summary>
    public void RunnersStarted(TimeSpan skew) => _startSkew.Observe(skew.TotalSeconds);

    /// <summary>Runners were lost after the start.</summary>
    public void RunnersLost(int count) => _runnersLost.Inc(count);

    /// <summary>A runner answered a scrape.</summary>
    public void Scraped(TimeSpan elapsed)
    {
        _scrapes.WithLabels("success").Inc();
        _scrapeTime.Observe(elapsed.TotalSeconds);
    }

    /// <summary>A runner did not answer a scrape, or not with a snapshot.</summary>
    /// <param name="isRefused">It answered, and the answer was not taken.</param>
    public void ScrapeFailed(bool isRefused) => _scrapes.WithLabels(isRefused ? "refused" : "error").Inc();

    /// <summary>A Pod names a run as its owner and is not the run's.</summary>
    public void PodIgnored(PodFault fault) => _podsIgnored.WithLabels(Word(fault)).Inc();

    private static string Word(PodFault fault) => fault.ToString().ToLowerInvariant();

    /// <summary>The webhook answered.</summary>
    /// <param name="kind">The kind that was reviewed.</param>
    /// <param name="isAllowed">The answer.</param>
    public void Reviewed(string kind, bool isAllowed) => _reviews.WithLabels(kind, isAllowed ? "allowed" : "denied").Inc();
}
