namespace LoadTesting.Kubernetes.Client;

/// <summary>Which changes to follow.</summary>
public sealed record WatchOptions
{
    /// <summary>Null = all namespaces.</summary>
    public string? Namespace { get; init; }

    /// <summary>As in <see cref="ListOptions.LabelSelector"/>.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>As in <see cref="ListOptions.FieldSelector"/>.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Changes after this version, usually that of a list; null starts with the present objects as ADDED events.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>When the server ends the stream in an orderly way; null = random in 5 to 10 min, so that clients do not reconnect in step.</summary>
    public TimeSpan? Timeout { get; init; }
}
