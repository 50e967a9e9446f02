namespace LoadTesting.Kubernetes.Objects;

/// <summary>A namespace.</summary>
public sealed record Namespace : KubernetesObject
{
    /// <inheritdoc/>
    public override string ApiVersion => "v1";

    /// <inheritdoc/>
    public override string Kind => "Namespace";

    /// <summary>Whether it is going.</summary>
    public NamespaceStatus? Status { get; init; }
}
