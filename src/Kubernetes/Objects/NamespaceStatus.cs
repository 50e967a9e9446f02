namespace LoadTesting.Kubernetes.Objects;

/// <summary>Whether a namespace accepts new objects.</summary>
public sealed record NamespaceStatus
{
    /// <summary><c>Active</c> or <c>Terminating</c>.</summary>
    public string? Phase { get; init; }
}
