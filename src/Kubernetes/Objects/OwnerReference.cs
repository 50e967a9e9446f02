namespace LoadTesting.Kubernetes.Objects;

/// <summary>Names an owner in the same namespace (or a cluster-scoped one); the garbage collector follows it.</summary>
public sealed record OwnerReference
{
    /// <summary>The owner's group and version.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The owner's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The owner's name.</summary>
    public required string Name { get; init; }

    /// <summary>The owner's uid: a namesake created later does not own.</summary>
    public required string Uid { get; init; }

    /// <summary>Whether this owner manages the object; at most one may.</summary>
    public bool? Controller { get; init; }

    /// <summary>Whether foreground deletion of the owner waits for this object.</summary>
    public bool? BlockOwnerDeletion { get; init; }

    /// <summary>A controller reference to an object as read (it must have a uid).</summary>
    public static OwnerReference ControllerOf(IKubernetesObject owner) => new()
    {
        ApiVersion = owner.ApiVersion,
        Kind = owner.Kind,
        Name = owner.Metadata.Name ?? throw new ArgumentException("the owner has no name", nameof(owner)),
        Uid = owner.Metadata.Uid ?? throw new ArgumentException("the owner was not read from the server: it has no uid", nameof(owner)),
        Controller = true,
        BlockOwnerDeletion = true,
    };
}
