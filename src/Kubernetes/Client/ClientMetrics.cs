using System.Diagnostics.Metrics;

namespace LoadTesting.Kubernetes.Client;

/// <summary>Instruments of requests under client-go's names.</summary>
public sealed class ClientMetrics
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _retries;
    private readonly Histogram<double> _duration;

    /// <param name="meter">Where the instruments live; a listener on it is the exporter.</param>
    public ClientMetrics(Meter meter)
    {
        _requests = meter.CreateCounter<long>("rest_client_requests_total", null, "Requests by status code, method and host.");
        _retries = meter.CreateCounter<long>("rest_client_request_retries_total", null, "Retries by status code, method and host.");
        _duration = meter.CreateHistogram<double>("rest_client_request_duration_seconds", "s", "Time to the response's header.");
    }

    /// <param name="code">Status code, or <c>&lt;error&gt;</c> when there was no answer.</param>
    internal void Answered(string code, string method, string host, TimeSpan elapsed)
    {
        _requests.Add(1, new("code", code), new("method", method), new("host", host));
        _duration.Record(elapsed.TotalSeconds, new("verb", method), new("host", host));
    }

    internal void Retried(string code, string method, string host) => _retries.Add(1, new("code", code), new("verb", method), new("host", host));
}
