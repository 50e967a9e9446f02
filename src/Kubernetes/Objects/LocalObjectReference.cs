namespace LoadTesting.Kubernetes.Objects;

/// <summary>Names an object in the same namespace, e.g. a Secret that only the kubelet reads.</summary>
public sealed record LocalObjectReference
{
    /// <summary>The object's name.</summary>
    public required string Name { get; init; }
}
