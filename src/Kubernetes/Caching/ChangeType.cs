namespace LoadTesting.Kubernetes.Caching;

/// <summary>What happened to a cached object.</summary>
public enum ChangeType
{
    /// <summary>It came into view.</summary>
    Added,

    /// <summary>It has a newer version.</summary>
    Updated,

    /// <summary>It is gone.</summary>
    Deleted,
}
