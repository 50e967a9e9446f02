using LoadTesting.Kubernetes.Telemetry;
using Prometheus;

namespace LoadTesting.Kubernetes.Client;

/// <summary>Metrics of requests under client-go's names, labels and buckets.</summary>
public sealed class ClientMetrics
{
    private static readonly double[] Bounds = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

    private readonly CappedCollector<ICounter> _requests;
    private readonly CappedCollector<ICounter> _retries;
    private readonly CappedCollector<IHistogram> _duration;

    /// <param name="registry">Where the metrics live.</param>
    public ClientMetrics(MetricRegistry registry)
    {
        _requests = registry.Counter("rest_client_requests_total", "Requests by status code, method and host.", "code", "host", "method");
        _retries = registry.Counter("rest_client_request_retries_total", "Retries by status code, method and host.", "code", "host", "verb");
        _duration = registry.Histogram("rest_client_request_duration_seconds", "Time to the response's header.", Bounds, "host", "verb");
    }

    /// <param name="code">Status code, or <c>&lt;error&gt;</c> when there was no answer.</param>
    internal void Answered(string code, string method, string host, TimeSpan elapsed)
    {
        _requests.WithLabels(code, host, method).Inc();
        _duration.WithLabels(host, method).Observe(elapsed.TotalSeconds);
    }

    internal void Retried(string code, string method, string host) => _retries.WithLabels(code, host, method).Inc();
}
