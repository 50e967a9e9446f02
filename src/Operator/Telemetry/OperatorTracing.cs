using System.Diagnostics;
using System.Reflection;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LoadTesting.Operator.Telemetry;

/// <summary>
/// Traces over OTLP, by OpenTelemetry's own environment variables (https://opentelemetry.io/docs/specs/otel/protocol/exporter/): nothing is traced unless
/// OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT names a receiver. A pass of a reconciler is a span, and every request to the
/// API server and to a runner is one below it.
/// </summary>
public static class OperatorTracing
{
    /// <summary>Name of the operator's own source of spans.</summary>
    public const string SourceName = "loadtest.operator";

    // The spans that .NET's own HTTP client makes, named by OpenTelemetry's semantic conventions.
    private const string HttpClientSource = "System.Net.Http";

    /// <summary>Where the operator's own spans start; costs nothing while nobody listens.</summary>
    public static ActivitySource Source { get; } = new(SourceName);

    /// <summary>The exporter; null when none is configured. Its disposal sends what is still queued.</summary>
    /// <param name="settings">The OTEL_… variables by name; usually the process's environment.</param>
    /// <param name="instance">This process's name among its replicas.</param>
    public static TracerProvider? Create(IConfiguration settings, string instance)
    {
        if (string.Equals(settings["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)
            || (IsEmpty("OTEL_EXPORTER_OTLP_ENDPOINT") && IsEmpty("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"))
            || string.Equals(settings["OTEL_TRACES_EXPORTER"], "none", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var version = typeof(OperatorTracing).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(settings))
            .ConfigureResource(resource =>
            {
                resource.AddService("loadtest-operator", serviceVersion: version, serviceInstanceId: instance);
                // After the defaults, so that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
                resource.AddEnvironmentVariableDetector();
            })
            .AddSource(SourceName, HttpClientSource)
            .AddOtlpExporter()
            .Build();

        bool IsEmpty(string name) => string.IsNullOrEmpty(settings[name]);
    }

    /// <summary>The same reconciler, with a span around every pass.</summary>
    /// <param name="name">The controller's name.</param>
    /// <param name="reconciler">What is traced.</param>
    public static IReconciler Traced(string name, IReconciler reconciler) => new TracedReconciler(name, reconciler);

    private sealed class TracedReconciler(string name, IReconciler inner) : IReconciler
    {
        public async Task<ReconcileResult> ReconcileAsync(NamespacedName item, CancellationToken cancellation)
        {
            using var span = Source.StartActivity($"reconcile {name}");
            span?.SetTag("k8s.namespace.name", item.Namespace);
            span?.SetTag("loadtest.object", item.Name);
            try
            {
                return await inner.ReconcileAsync(item, cancellation);
            }
            catch (Exception e)
            {
                span?.SetStatus(ActivityStatusCode.Error, e.GetType().Name);
                throw;
            }
        }
    }
}
