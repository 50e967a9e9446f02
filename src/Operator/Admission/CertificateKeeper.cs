using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Operator.Admission;

/// <summary>
/// Keeps a certificate for the webhook's server and sees to it that the API servers trust it. Every replica has its own, whose key never leaves its memory, and
/// adds it to the <c>caBundle</c> of the ValidatingWebhookConfiguration: no Secret is needed, nothing has to be agreed on. A conflict with another replica's
/// addition is answered by reading again. A new certificate is trusted first and used <see cref="Propagation"/> later.
/// </summary>
public sealed partial class CertificateKeeper : IRunnable, IDisposable
{
    /// <summary>How often it looks whether the bundle still has its certificate: somebody may have applied the configuration anew.</summary>
    public static TimeSpan Beat { get; } = TimeSpan.FromMinutes(1);

    /// <summary>How often it tries while the bundle lacks its certificate.</summary>
    public static TimeSpan Retry { get; } = TimeSpan.FromSeconds(5);

    /// <summary>How long all API servers get to learn of a new certificate before it is used.</summary>
    public static TimeSpan Propagation { get; } = TimeSpan.FromMinutes(1);

    private const string Manager = "loadtest-operator-webhook";

    private static readonly ResourceType<UntypedObject> Type = Resources.Untyped(
        "admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", isNamespaced: false);

    private readonly IReader _reader;
    private readonly IWriter _writer;
    private readonly NamespacedName _configuration;
    private readonly IReadOnlyList<string> _names;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile X509Certificate2 _serving;
    private volatile bool _isTrusted;

    /// <param name="reader">Reads the configuration.</param>
    /// <param name="writer">Applies the bundle.</param>
    /// <param name="configuration">Name of the ValidatingWebhookConfiguration.</param>
    /// <param name="names">DNS names and addresses by which the API server calls the webhook.</param>
    /// <param name="time">Clock of validity and renewal.</param>
    /// <param name="logger">Where failures go.</param>
    public CertificateKeeper(IReader reader, IWriter writer, string configuration, IReadOnlyList<string> names, TimeProvider time, ILogger logger)
    {
        _reader = reader;
        _writer = writer;
        _configuration = new NamespacedName("", configuration);
        _names = names;
        _time = time;
        _logger = logger;
        _serving = WebhookCertificate.Create(names, time.GetUtcNow());
    }

    /// <summary>The certificate to serve with now.</summary>
    public X509Certificate2 Serving => _serving;

    /// <summary>Whether the bundle had the served certificate when it was last looked at.</summary>
    public bool IsTrusted => _isTrusted;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            _isTrusted = await TryTrustAsync(_serving, cancellation);
            if (_time.GetUtcNow() - _serving.NotBefore.ToUniversalTime() >= WebhookCertificate.RenewAfter)
            {
                await RenewAsync(cancellation);
            }

            await Task.Delay(_isTrusted ? Beat : Retry, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _serving.Dispose();

    private async Task RenewAsync(CancellationToken cancellation)
    {
        var next = WebhookCertificate.Create(_names, _time.GetUtcNow());
        if (!await TryTrustAsync(next, cancellation))
        {
            next.Dispose();
            return;
        }

        await Task.Delay(Propagation, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // The old one is not disposed: a handshake under way may hold it.
        _serving = next;
        LogRenewed(_configuration, next.NotAfter.ToUniversalTime());
    }

    private async Task<bool> TryTrustAsync(X509Certificate2 certificate, CancellationToken cancellation)
    {
        try
        {
            await TrustAsync(certificate, cancellation);
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException or TimeoutException or CredentialException)
        {
            LogNotTrusted(e, _configuration);
            return false;
        }
    }

    private async Task TrustAsync(X509Certificate2 certificate, CancellationToken cancellation)
    {
        const int Attempts = 5;
        for (var attempt = 1; ; attempt++)
        {
            var configuration = await _reader.GetAsync(Type, _configuration, cancellation);
            if (Bundles(configuration, certificate) is not { Count: > 0 } webhooks)
            {
                return;
            }

            try
            {
                var metadata = new JsonObject { ["resourceVersion"] = configuration.Metadata.ResourceVersion };
                var fields = new JsonObject { ["metadata"] = metadata, ["webhooks"] = webhooks };
                await _writer.ApplyAsync(Type, _configuration, fields, new ApplyOptions { FieldManager = Manager }, cancellation);
                return;
            }
            catch (ApiException e) when (e.Error.IsConflict && attempt < Attempts)
            {
                // Another replica was faster; the bundle must have both.
                LogConflict(_configuration);
            }
        }
    }

    /// <summary>The whole field that this manager owns, when any webhook lacks the certificate; else null.</summary>
    private JsonArray? Bundles(UntypedObject configuration, X509Certificate2 certificate)
    {
        if (configuration.Extra?.GetValueOrDefault("webhooks") is not { ValueKind: JsonValueKind.Array } webhooks)
        {
            return null;
        }

        var (fields, isMissing) = (new JsonArray(), false);
        foreach (var webhook in webhooks.EnumerateArray())
        {
            var text = AdmissionRequest.Text(AdmissionRequest.Member(webhook, "clientConfig"), "caBundle");
            var bundle = text.Length == 0 ? [] : Convert.FromBase64String(text);
            isMissing |= !TrustBundle.Has(bundle, certificate);
            fields.Add(new JsonObject
            {
                ["name"] = AdmissionRequest.Text(webhook, "name"),
                ["clientConfig"] = new JsonObject { ["caBundle"] = Convert.ToBase64String(TrustBundle.With(bundle, certificate, _time.GetUtcNow())) },
            });
        }

        return isMissing ? fields : null;
    }

    [LoggerMessage(2101, LogLevel.Information, "The webhook of {Configuration} serves with a new certificate, valid until {NotAfter:u}")]
    private partial void LogRenewed(NamespacedName configuration, DateTime notAfter);

    [LoggerMessage(2102, LogLevel.Warning, "Cannot make the API server trust the webhook of {Configuration}; manifests are admitted unchecked until it does")]
    private partial void LogNotTrusted(Exception error, NamespacedName configuration);

    [LoggerMessage(2103, LogLevel.Debug, "{Configuration} was changed by another replica; reading it again")]
    private partial void LogConflict(NamespacedName configuration);
}
