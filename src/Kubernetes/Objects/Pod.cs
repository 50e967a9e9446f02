namespace LoadTesting.Kubernetes.Objects;

/// <summary>Containers that are placed on one node together.</summary>
public sealed record Pod : KubernetesObject
{
    /// <inheritdoc/>
    public override string ApiVersion => "v1";

    /// <inheritdoc/>
    public override string Kind => "Pod";

    /// <summary>Desired state; mostly immutable after creation.</summary>
    public PodSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>Observed state; null in objects that are to be created.</summary>
    public PodStatus? Status { get; init; }
}
