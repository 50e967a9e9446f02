using System.Net;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Serving;
using LoadTesting.Operator.Telemetry;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Operator.Admission;

/// <summary>The validating webhook: a server and the certificate that it is trusted by. Runs in every replica, leading or not.</summary>
public sealed class ValidatingWebhook : IRunnable, IDisposable
{
    private readonly CertificateKeeper _keeper;
    private readonly HttpHost _host;

    /// <param name="client">Reads and patches the one ValidatingWebhookConfiguration.</param>
    /// <param name="address">Where to listen.</param>
    /// <param name="configuration">Name of the ValidatingWebhookConfiguration.</param>
    /// <param name="names">DNS names and addresses by which the API server calls it, e.g. those of <see cref="ServiceNames"/>.</param>
    /// <param name="policy">What tests may do.</param>
    /// <param name="metrics">Counts the answers.</param>
    /// <param name="time">Clock of the certificate.</param>
    /// <param name="logger">Where failures go.</param>
    public ValidatingWebhook(
        ApiClient client, IPEndPoint address, string configuration, IReadOnlyList<string> names, TestPolicy policy, RunMetrics metrics, TimeProvider time, ILogger logger)
    {
        _keeper = new CertificateKeeper(client, client, configuration, names, time, logger);
        _host = new HttpHost(address, WebhookRoutes.Create(policy, metrics), time, () => _keeper.Serving, ServerLimits.Reviews);
    }

    /// <summary>The base URL, once it listens.</summary>
    public Task<Uri> Bound => _host.Bound;

    /// <summary>Whether the API server was told to trust the certificate.</summary>
    public bool IsTrusted => _keeper.IsTrusted;

    /// <summary>How an API server calls a Service.</summary>
    public static IReadOnlyList<string> ServiceNames(string service, string namespaceName) => [$"{service}.{namespaceName}.svc", $"{service}.{namespaceName}.svc.cluster.local"];

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellation)
    {
        // Trust follows the socket: the API server must not be sent to a closed port.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var serving = _host.RunAsync(either.Token);
        await _host.Bound;
        var keeping = _keeper.RunAsync(either.Token);
        await Task.WhenAny(serving, keeping);
        await either.CancelAsync();
        await Task.WhenAll(serving, keeping);
    }

    /// <inheritdoc/>
    public void Dispose() => _keeper.Dispose();
}
