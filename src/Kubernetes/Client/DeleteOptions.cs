namespace LoadTesting.Kubernetes.Client;

/// <summary>What exactly may be deleted and how.</summary>
public sealed record DeleteOptions
{
    /// <summary>Delete only the object with this uid: a namesake created since is left alone (<see cref="ApiReason.Conflict"/>).</summary>
    public string? Uid { get; init; }

    /// <summary>Delete only this version: what changed since is left alone (<see cref="ApiReason.Conflict"/>).</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Default <see cref="PropagationPolicy.Background"/>.</summary>
    public PropagationPolicy Propagation { get; init; } = PropagationPolicy.Background;

    /// <summary>Seconds a Pod's processes get to end; null = as its spec says.</summary>
    public long? GracePeriodSeconds { get; init; }
}
