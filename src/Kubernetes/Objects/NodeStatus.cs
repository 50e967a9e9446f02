namespace LoadTesting.Kubernetes.Objects;

/// <summary>What a node's kubelet reports.</summary>
public sealed record NodeStatus
{
    /// <summary>Quantities that Pods may request, e.g. <c>cpu: 3900m</c>.</summary>
    public IReadOnlyDictionary<string, string> Allocatable { get; init => field = value ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();

    /// <summary>Among them <c>Ready</c>; Unknown after the node was silent for its grace period.</summary>
    public IReadOnlyList<Condition> Conditions { get; init => field = value ?? []; } = [];
}
