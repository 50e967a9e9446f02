using LoadTesting.Operator.Api;
using LoadTesting.Operator.Lifecycle;

namespace LoadTesting.Operator.Hosting;

/// <summary>How the operator was started.</summary>
public sealed record OperatorOptions
{
    /// <summary>Image of runners whose test names none.</summary>
    public required string RunnerImage { get; init; }

    /// <summary><c>Always</c>, <c>IfNotPresent</c> or <c>Never</c>.</summary>
    public string RunnerImagePullPolicy { get; init; } = "IfNotPresent";

    /// <summary>The only namespaces that are looked at; empty = all.</summary>
    public IReadOnlyList<string> WatchNamespaces { get; init; } = [];

    /// <summary>Whether processes compete for a Lease; false only where there is never a second one.</summary>
    public bool LeaderElect { get; init; } = true;

    /// <summary>The operator's own namespace: Lease and key are there.</summary>
    public required string Namespace { get; init; }

    /// <summary>Unique per process.</summary>
    public required string Identity { get; init; }

    /// <summary>How long runs may wait for what, unless their test says otherwise.</summary>
    public RunDeadlines Deadlines { get; init; } = new();

    /// <summary>What tests may do beyond what their format allows.</summary>
    public TestPolicy Policy { get; init; } = TestPolicy.Standard;

    /// <summary>Address and port of <c>/metrics</c>; null switches it off.</summary>
    public string? MetricsAddress { get; init; }

    /// <summary>Address and port of <c>/healthz</c> and <c>/readyz</c>; null switches them off.</summary>
    public string? HealthAddress { get; init; }

    /// <summary>Whether manifests are checked in admission.</summary>
    public bool Webhook { get; init; }

    /// <summary>Address and port of the webhook's TLS server.</summary>
    public string WebhookAddress { get; init; } = "0.0.0.0:9443";

    /// <summary>Name of the Service in front of the webhook, in the operator's namespace.</summary>
    public string WebhookService { get; init; } = "loadtest-operator-webhook";

    /// <summary>Name of the ValidatingWebhookConfiguration that trusts the webhook's certificate.</summary>
    public string WebhookConfiguration { get; init; } = "loadtest-operator";

    /// <summary>Lines of JSON (for collectors) instead of text (for people).</summary>
    public bool JsonLogs { get; init; } = true;

    /// <summary>Name of the Lease.</summary>
    public const string LeaseName = "loadtest-operator";

    /// <summary>Name of the Secret with the operator's key.</summary>
    public const string KeyName = "loadtest-operator-key";
}
