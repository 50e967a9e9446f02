namespace LoadTesting.Kubernetes.Objects;

/// <summary>A lock with a holder and a renewal time (coordination.k8s.io/v1).</summary>
public sealed record Lease : KubernetesObject
{
    /// <inheritdoc/>
    public override string ApiVersion => "coordination.k8s.io/v1";

    /// <inheritdoc/>
    public override string Kind => "Lease";

    /// <summary>The lock itself.</summary>
    public LeaseSpec Spec { get; init => field = value ?? new(); } = new();
}
