using System.Net;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Telemetry;
using LoadTesting.Operator.Admission;
using LoadTesting.Operator.Serving;
using LoadTesting.Operator.Telemetry;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Operator.Hosting;

/// <summary>What every replica serves, whether it leads or not: metrics, probes and, when asked for, admission.</summary>
internal sealed class OperatorServers : IDisposable
{
    private readonly ValidatingWebhook? _webhook;
    private readonly List<IRunnable> _all = [];

    /// <exception cref="FormatException">An address is none.</exception>
    public OperatorServers(
        OperatorOptions options, ApiClient client, MetricRegistry registry, RunMetrics metrics, Func<bool> isReady, TimeProvider time, ILoggerFactory logging)
    {
        if (options.MetricsAddress is { } scraped)
        {
            _all.Add(new HttpHost(IPEndPoint.Parse(scraped), Endpoints.Metrics(registry), time));
        }

        if (options.HealthAddress is { } probed)
        {
            _all.Add(new HttpHost(IPEndPoint.Parse(probed), Endpoints.Health(() => isReady() ? [] : ["the caches are not filled yet"]), time));
        }

        if (options.Webhook)
        {
            var names = ValidatingWebhook.ServiceNames(options.WebhookService, options.Namespace);
            _webhook = new ValidatingWebhook(
                client, IPEndPoint.Parse(options.WebhookAddress), options.WebhookConfiguration, names, options.Policy, metrics, time, logging.CreateLogger("webhook"));
            _all.Add(_webhook);
        }
    }

    /// <summary>To be run for the process's life.</summary>
    public IReadOnlyList<IRunnable> All => _all;

    /// <inheritdoc/>
    public void Dispose() => _webhook?.Dispose();
}
