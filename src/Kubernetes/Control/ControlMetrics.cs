using LoadTesting.Kubernetes.Telemetry;
using Prometheus;

namespace LoadTesting.Kubernetes.Control;

/// <summary>
/// The control layer's metrics under the names, labels and buckets that controller-runtime gives them (controller-runtime:pkg/internal/controller/metrics,
/// pkg/metrics/workqueue.go), so that existing dashboards and alerts fit.
/// </summary>
public sealed class ControlMetrics
{
    private static readonly double[] ReconcileBounds =
    [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0,
        1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
    ];

    private static readonly double[] QueueBounds = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000];

    private readonly MetricRegistry _registry;
    private readonly CappedCollector<IGauge> _unfinished;
    private readonly CappedCollector<IGauge> _longest;

    /// <param name="registry">Where the metrics live.</param>
    public ControlMetrics(MetricRegistry registry)
    {
        _registry = registry;
        ReconcileTotal = registry.Counter("controller_runtime_reconcile_total", "Reconciliations per controller and result.", "controller", "result");
        ReconcileErrors = registry.Counter("controller_runtime_reconcile_errors_total", "Reconciliations that failed.", "controller");
        TerminalErrors = registry.Counter("controller_runtime_terminal_reconcile_errors_total", "Reconciliations that failed for good.", "controller");
        Panics = registry.Counter(
            "controller_runtime_reconcile_panics_total", "Passes that ended with a defect of the program; refusals and failures of the API server are errors.", "controller");
        ReconcileTime = registry.Histogram("controller_runtime_reconcile_time_seconds", "Length of reconciliations.", ReconcileBounds, "controller");
        ActiveWorkers = registry.Gauge("controller_runtime_active_workers", "Workers that are reconciling.", "controller");
        MaxWorkers = registry.Gauge("controller_runtime_max_concurrent_reconciles", "Workers there are.", "controller");
        QueueDepth = registry.Gauge("workqueue_depth", "Keys that wait.", "name");
        QueueAdds = registry.Counter("workqueue_adds_total", "Keys that were added.", "name");
        QueueRetries = registry.Counter("workqueue_retries_total", "Keys that were added with back-off.", "name");
        QueueTime = registry.Histogram("workqueue_queue_duration_seconds", "Time from adding a key to taking it.", QueueBounds, "name");
        WorkTime = registry.Histogram("workqueue_work_duration_seconds", "Time from taking a key to finishing it.", QueueBounds, "name");
        _unfinished = registry.Gauge("workqueue_unfinished_work_seconds", "Sum of the ages of unfinished work.", "name");
        _longest = registry.Gauge("workqueue_longest_running_processor_seconds", "Age of the oldest unfinished work.", "name");
        Leader = registry.Gauge("leader_election_master_status", "1 while this process leads.", "name");
    }

    internal CappedCollector<ICounter> ReconcileTotal { get; }

    internal CappedCollector<ICounter> ReconcileErrors { get; }

    internal CappedCollector<ICounter> TerminalErrors { get; }

    internal CappedCollector<ICounter> Panics { get; }

    internal CappedCollector<IHistogram> ReconcileTime { get; }

    internal CappedCollector<IGauge> ActiveWorkers { get; }

    internal CappedCollector<IGauge> MaxWorkers { get; }

    internal CappedCollector<IGauge> QueueDepth { get; }

    internal CappedCollector<ICounter> QueueAdds { get; }

    internal CappedCollector<ICounter> QueueRetries { get; }

    internal CappedCollector<IHistogram> QueueTime { get; }

    internal CappedCollector<IHistogram> WorkTime { get; }

    internal CappedCollector<IGauge> Leader { get; }

    /// <summary>
    /// Every series of a controller's counters from the start on, as in controller-runtime: a rate is seen from the first event on only where there was a 0
    /// before it.
    /// </summary>
    internal void KnowController(string controller)
    {
        foreach (var result in (string[])["success", "error", "requeue", "requeue_after"])
        {
            ReconcileTotal.WithLabels(controller, result);
        }

        ReconcileErrors.WithLabels(controller);
        TerminalErrors.WithLabels(controller);
        Panics.WithLabels(controller);
        ActiveWorkers.WithLabels(controller);
    }

    /// <summary>The same for a work queue.</summary>
    internal void KnowQueue(string queue)
    {
        QueueAdds.WithLabels(queue);
        QueueRetries.WithLabels(queue);
        QueueDepth.WithLabels(queue);
    }

    /// <summary>A queue's unfinished work is asked for at each scrape.</summary>
    internal void ObserveUnfinished(string queue, Func<(double Sum, double Longest)> look)
    {
        var (unfinished, longest) = (_unfinished.WithLabels(queue), _longest.WithLabels(queue));
        _registry.BeforeCollect(() =>
        {
            var ages = look();
            unfinished.Set(ages.Sum);
            longest.Set(ages.Longest);
        });
    }
}
