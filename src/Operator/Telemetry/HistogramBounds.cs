namespace LoadTesting.Operator.Telemetry;

/// <summary>
/// Upper bounds of the classic buckets by instrument. Those of controller-runtime's and client-go's names are theirs
/// (controller-runtime:pkg/internal/controller/metrics, pkg/metrics/workqueue.go, client-go's REST latency), because dashboards and alerts ask for those.
/// </summary>
internal static class HistogramBounds
{
    private static readonly double[] Reconcile =
    [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0,
        1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
    ];

    private static readonly double[] WorkQueue = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000];

    private static readonly double[] RestClient = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

    /// <summary>Runs last from seconds to a day.</summary>
    private static readonly double[] Runs = [5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 43200, 86400];

    /// <summary>What is over within one heartbeat: scrapes, reviews, starts.</summary>
    private static readonly double[] Short = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>Ascending finite bounds.</summary>
    public static double[] Of(string instrument) => instrument switch
    {
        "controller_runtime_reconcile_time_seconds" => Reconcile,
        "workqueue_queue_duration_seconds" or "workqueue_work_duration_seconds" => WorkQueue,
        "rest_client_request_duration_seconds" => RestClient,
        RunMetrics.DurationName => Runs,
        _ => Short,
    };
}
