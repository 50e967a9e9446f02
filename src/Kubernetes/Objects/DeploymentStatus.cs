namespace LoadTesting.Kubernetes.Objects;

/// <summary>How far a rollout is. Absent counters are zero.</summary>
public sealed record DeploymentStatus
{
    /// <summary>The generation these numbers speak of.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>Pods of any template revision.</summary>
    public int Replicas { get; init; }

    /// <summary>Pods of the newest template.</summary>
    public int UpdatedReplicas { get; init; }

    /// <summary>Pods that are ready.</summary>
    public int ReadyReplicas { get; init; }

    /// <summary>Pods that were ready for minReadySeconds.</summary>
    public int AvailableReplicas { get; init; }

    /// <summary>Pods still missing or not available.</summary>
    public int UnavailableReplicas { get; init; }

    /// <summary><c>Progressing</c>, <c>Available</c>, <c>ReplicaFailure</c>.</summary>
    public IReadOnlyList<Condition> Conditions { get; init => field = value ?? []; } = [];
}
