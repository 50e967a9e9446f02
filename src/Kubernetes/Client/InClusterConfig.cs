namespace LoadTesting.Kubernetes.Client;

/// <summary>The way to the API server from within a Pod: its service account.</summary>
public static class InClusterConfig
{
    internal const string HostVariable = "KUBERNETES_SERVICE_HOST";

    private const string PortVariable = "KUBERNETES_SERVICE_PORT";
    private const string Account = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>From the variables and files that the kubelet provides. Token and CA are read anew as the kubelet rotates them.</summary>
    /// <param name="environment">Environment variables by name; null = the process's.</param>
    /// <param name="folder">Where the account is mounted; null = where the kubelet mounts it.</param>
    public static ClusterConfigResult Load(Func<string, string?>? environment = null, string? folder = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        folder ??= Account;
        var problems = new List<ConfigProblem>();
        var host = environment(HostVariable);
        var port = environment(PortVariable);
        if (string.IsNullOrEmpty(host))
        {
            problems.Add(new(HostVariable, "", "is not set: this process does not run in a Pod"));
        }

        if (string.IsNullOrEmpty(port))
        {
            problems.Add(new(PortVariable, "", "is not set: this process does not run in a Pod"));
        }

        var token = Path.Combine(folder, "token");
        var authority = Path.Combine(folder, "ca.crt");
        problems.AddRange(new[] { token, authority }
            .Where(f => !File.Exists(f))
            .Select(f => new ConfigProblem(f, "", "does not exist: is automountServiceAccountToken off?")));
        if (problems.Count > 0)
        {
            return new(null, problems);
        }

        var literal = host!.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        var namespaceFile = Path.Combine(folder, "namespace");
        return new(
            new ClusterConfig
            {
                Server = new Uri($"https://{literal}:{port}"),
                Namespace = File.Exists(namespaceFile) ? File.ReadAllText(namespaceFile).Trim() : "default",
                Tls = new ClusterTls { CertificateAuthority = PemSource.FromFile(authority) },
                User = new ClusterUser { TokenFile = token },
            },
            []);
    }
}
