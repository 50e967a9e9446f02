namespace LoadTesting.Kubernetes.Control;

/// <summary>How a controller works.</summary>
public sealed record ControllerOptions
{
    /// <summary>How many keys are reconciled at the same time; at least 1, default 4.</summary>
    public int Workers { get; init; } = 4;

    /// <summary>How long the caches may take to fill before starting fails. Default 2 min.</summary>
    public TimeSpan SyncTimeout { get; init; } = TimeSpan.FromMinutes(2);
}
