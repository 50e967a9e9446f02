namespace LoadTesting.Kubernetes.Objects;

/// <summary>Why a container has not started.</summary>
public sealed record ContainerStateWaiting
{
    /// <summary>E.g. <c>ContainerCreating</c>, <c>ErrImagePull</c>, <c>ImagePullBackOff</c>, <c>CreateContainerConfigError</c>, <c>CrashLoopBackOff</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>The same for people.</summary>
    public string? Message { get; init; }
}
