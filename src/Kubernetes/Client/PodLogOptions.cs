namespace LoadTesting.Kubernetes.Client;

/// <summary>Which part of a container's output to read.</summary>
public sealed record PodLogOptions
{
    /// <summary>Needed when the Pod has several containers.</summary>
    public string? Container { get; init; }

    /// <summary>Only the last lines; null = all.</summary>
    public int? TailLines { get; init; }

    /// <summary>At most so many bytes; default 1 MiB, so that a chatty container cannot fill our memory.</summary>
    public long LimitBytes { get; init; } = 1 << 20;

    /// <summary>Of the container's previous life.</summary>
    public bool Previous { get; init; }
}
