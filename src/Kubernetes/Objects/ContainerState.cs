namespace LoadTesting.Kubernetes.Objects;

/// <summary>At most one of the three is set; none means waiting.</summary>
public sealed record ContainerState
{
    /// <summary>Not started yet, and why.</summary>
    public ContainerStateWaiting? Waiting { get; init; }

    /// <summary>Running since when.</summary>
    public ContainerStateRunning? Running { get; init; }

    /// <summary>Ended, and how.</summary>
    public ContainerStateTerminated? Terminated { get; init; }
}
