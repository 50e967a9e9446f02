using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Client;

/// <summary>What containers printed.</summary>
public interface IPodLogs
{
    /// <summary>Output so far.</summary>
    /// <exception cref="ApiException">The Pod is gone, the container has not started, or the node does not answer.</exception>
    Task<string> ReadLogAsync(NamespacedName pod, PodLogOptions options, CancellationToken cancellation = default);
}
