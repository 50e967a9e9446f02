namespace LoadTesting.Kubernetes.Client;

/// <summary>The way to an API server: where, whom to trust, who we are.</summary>
public sealed record ClusterConfig
{
    /// <summary>Base URL, with a path when the server stands behind a prefix.</summary>
    public required Uri Server { get; init; }

    /// <summary>The namespace to use when none is named; the context's, or the Pod's own.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Whom to trust.</summary>
    public ClusterTls Tls { get; init; } = new();

    /// <summary>Who we are.</summary>
    public ClusterUser User { get; init; } = new();

    /// <summary>Proxy for this cluster; null = what HTTPS_PROXY and NO_PROXY say.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>
    /// Finds the cluster as controller-runtime does: the files of KUBECONFIG when set, else the service account when in a Pod, else
    /// <c>~/.kube/config</c>.
    /// </summary>
    /// <param name="context">A context of the kubeconfig; null = its current one.</param>
    /// <param name="environment">Environment variables by name; null = the process's.</param>
    public static ClusterConfigResult Discover(string? context = null, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        if (environment("KUBECONFIG") is { Length: > 0 } list)
        {
            return Kubeconfig.Load(list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries), context);
        }

        return environment(InClusterConfig.HostVariable) is { Length: > 0 }
            ? InClusterConfig.Load(environment)
            : Kubeconfig.Load([Path.Combine(environment("HOME") ?? ".", ".kube", "config")], context);
    }
}
