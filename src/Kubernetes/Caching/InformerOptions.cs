namespace LoadTesting.Kubernetes.Caching;

/// <summary>What an informer follows and when it loses patience.</summary>
public sealed record InformerOptions
{
    /// <summary>Empty = all namespaces. Each is listed and watched for itself, so that a Role in each is right enough.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Null = all objects.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Null = all objects.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>
    /// A stream that says nothing for so long, not even a bookmark (the server sends one about every minute), is taken for dead and resumed.
    /// Default 3 min.
    /// </summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>
    /// After so long a stream's end is followed by a new list instead of a resumption: what a faulty proxy swallowed is then found.
    /// Default 30 min.
    /// </summary>
    public TimeSpan RelistAfter { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>First pause after a failure, before jitter; doubles up to 30 s. Default 0.8 s.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.8);
}
