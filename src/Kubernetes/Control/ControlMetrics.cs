using System.Diagnostics.Metrics;

namespace LoadTesting.Kubernetes.Control;

/// <summary>
/// Instruments under the names that controller-runtime gives them, so that existing dashboards and alerts fit. Gauges that are asked for
/// (depths, durations of unfinished work) are observed when the meter is read.
/// </summary>
public sealed class ControlMetrics
{
    private readonly Meter _meter;

    /// <param name="meter">Where the instruments live; a listener on it is the exporter.</param>
    public ControlMetrics(Meter meter)
    {
        _meter = meter;
        ReconcileTotal = meter.CreateCounter<long>("controller_runtime_reconcile_total", null, "Reconciliations per controller and result.");
        ReconcileErrors = meter.CreateCounter<long>("controller_runtime_reconcile_errors_total", null, "Reconciliations that failed.");
        TerminalErrors = meter.CreateCounter<long>("controller_runtime_terminal_reconcile_errors_total", null, "Reconciliations that failed for good.");
        Panics = meter.CreateCounter<long>("controller_runtime_reconcile_panics_total", null, "Passes that ended with a defect of the program; refusals and failures of the API server are errors.");
        ReconcileTime = meter.CreateHistogram<double>("controller_runtime_reconcile_time_seconds", "s", "Length of reconciliations.");
        ActiveWorkers = meter.CreateUpDownCounter<long>("controller_runtime_active_workers", null, "Workers that are reconciling.");
        MaxWorkers = meter.CreateUpDownCounter<long>("controller_runtime_max_concurrent_reconciles", null, "Workers there are.");
        QueueDepth = meter.CreateUpDownCounter<long>("workqueue_depth", null, "Keys that wait.");
        QueueAdds = meter.CreateCounter<long>("workqueue_adds_total", null, "Keys that were added.");
        QueueRetries = meter.CreateCounter<long>("workqueue_retries_total", null, "Keys that were added with back-off.");
        QueueTime = meter.CreateHistogram<double>("workqueue_queue_duration_seconds", "s", "Time from adding a key to taking it.");
        WorkTime = meter.CreateHistogram<double>("workqueue_work_duration_seconds", "s", "Time from taking a key to finishing it.");
        Leader = meter.CreateUpDownCounter<long>("leader_election_master_status", null, "1 while this process leads.");
    }

    internal Counter<long> ReconcileTotal { get; }

    internal Counter<long> ReconcileErrors { get; }

    internal Counter<long> TerminalErrors { get; }

    internal Counter<long> Panics { get; }

    internal Histogram<double> ReconcileTime { get; }

    internal UpDownCounter<long> ActiveWorkers { get; }

    internal UpDownCounter<long> MaxWorkers { get; }

    internal UpDownCounter<long> QueueDepth { get; }

    internal Counter<long> QueueAdds { get; }

    internal Counter<long> QueueRetries { get; }

    internal Histogram<double> QueueTime { get; }

    internal Histogram<double> WorkTime { get; }

    internal UpDownCounter<long> Leader { get; }

    internal static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    /// <summary>
    /// Every series of a controller's counters from the start on, as in controller-runtime: a rate is seen from the first event on only where there was a 0
    /// before it.
    /// </summary>
    internal void KnowController(KeyValuePair<string, object?> controller)
    {
        foreach (var result in (string[])["success", "error", "requeue", "requeue_after"])
        {
            ReconcileTotal.Add(0, controller, Tag("result", result));
        }

        ReconcileErrors.Add(0, controller);
        TerminalErrors.Add(0, controller);
        Panics.Add(0, controller);
        ActiveWorkers.Add(0, controller);
    }

    /// <summary>The same for a work queue.</summary>
    internal void KnowQueue(KeyValuePair<string, object?> queue)
    {
        QueueAdds.Add(0, queue);
        QueueRetries.Add(0, queue);
        QueueDepth.Add(0, queue);
    }

    internal void ObserveUnfinished(string queue, Func<(double Sum, double Longest)> look)
    {
        _meter.CreateObservableGauge(
            "workqueue_unfinished_work_seconds", () => new Measurement<double>(look().Sum, Tag("name", queue)), "s", "Sum of the ages of unfinished work.");
        _meter.CreateObservableGauge(
            "workqueue_longest_running_processor_seconds", () => new Measurement<double>(look().Longest, Tag("name", queue)), "s", "Age of the oldest unfinished work.");
    }
}
