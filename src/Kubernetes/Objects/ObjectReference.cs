namespace LoadTesting.Kubernetes.Objects;

/// <summary>Points at any object, as events do.</summary>
public sealed record ObjectReference
{
    /// <summary>Group and version.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Kind.</summary>
    public string? Kind { get; init; }

    /// <summary>Namespace; absent for cluster-scoped kinds.</summary>
    public string? Namespace { get; init; }

    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Uid; without it <c>kubectl describe</c> does not list the event.</summary>
    public string? Uid { get; init; }

    /// <summary>Stored version that was looked at.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>A reference to an object as read.</summary>
    public static ObjectReference To(IKubernetesObject item) => new()
    {
        ApiVersion = item.ApiVersion,
        Kind = item.Kind,
        Namespace = item.Metadata.Namespace,
        Name = item.Metadata.Name,
        Uid = item.Metadata.Uid,
        ResourceVersion = item.Metadata.ResourceVersion,
    };
}
