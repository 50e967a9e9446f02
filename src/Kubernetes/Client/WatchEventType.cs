namespace LoadTesting.Kubernetes.Client;

/// <summary>What one line of a watch says.</summary>
public enum WatchEventType
{
    /// <summary>The object came into view (created, or began to match the selector).</summary>
    Added,

    /// <summary>The object changed.</summary>
    Modified,

    /// <summary>The object went out of view; it carries the version of its deletion.</summary>
    Deleted,

    /// <summary>Nothing changed up to this version.</summary>
    Bookmark,

    /// <summary>The server ends the watch and says why.</summary>
    Error,
}
