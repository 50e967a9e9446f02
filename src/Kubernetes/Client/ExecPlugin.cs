namespace LoadTesting.Kubernetes.Client;

/// <summary>A program that prints an ExecCredential (client.authentication.k8s.io).</summary>
public sealed record ExecPlugin
{
    /// <summary>v1 or v1beta1, with its group.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>A name on PATH, or a path.</summary>
    public required string Command { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Added to our environment.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Tell it about the cluster, too.</summary>
    public bool ProvideClusterInfo { get; init; }

    /// <summary>How to get the program, for the message when it is missing.</summary>
    public string? InstallHint { get; init; }
}
