using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Control;

/// <summary>A leader could not renew in time. The process should end and come back as a candidate.</summary>
public sealed class LeadershipLostException : Exception
{
    /// <param name="lease">The lease that was lost.</param>
    public LeadershipLostException(NamespacedName lease)
        : base($"lease {lease} could not be renewed in time; another process may lead now")
    {
    }
}
