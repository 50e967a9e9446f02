namespace LoadTesting.Kubernetes.Objects;

/// <summary>A machine; only what placement and loss of runners need.</summary>
public sealed record Node : KubernetesObject
{
    /// <inheritdoc/>
    public override string ApiVersion => "v1";

    /// <inheritdoc/>
    public override string Kind => "Node";

    /// <summary>Desired state.</summary>
    public NodeSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>Observed state.</summary>
    public NodeStatus Status { get; init => field = value ?? new(); } = new();
}
