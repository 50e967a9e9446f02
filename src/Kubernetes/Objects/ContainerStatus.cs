namespace LoadTesting.Kubernetes.Objects;

/// <summary>How one container fares.</summary>
public sealed record ContainerStatus
{
    /// <summary>The container's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it does now.</summary>
    public ContainerState State { get; init => field = value ?? new(); } = new();

    /// <summary>How its previous life ended.</summary>
    public ContainerState LastState { get; init => field = value ?? new(); } = new();

    /// <summary>Whether its readiness probe passes.</summary>
    public bool Ready { get; init; }

    /// <summary>How often it was started again.</summary>
    public int RestartCount { get; init; }

    /// <summary>The image as it was resolved.</summary>
    public string? ImageID { get; init; }
}
