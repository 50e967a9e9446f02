namespace LoadTesting.Kubernetes.Objects;

/// <summary>What a container is given and allowed, as Kubernetes quantities by resource name.</summary>
public sealed record ResourceRequirements
{
    /// <summary>Reserved on the node.</summary>
    public IReadOnlyDictionary<string, string> Requests { get; init => field = value ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();

    /// <summary>Never exceeded: CPU is throttled, memory kills.</summary>
    public IReadOnlyDictionary<string, string> Limits { get; init => field = value ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();
}
