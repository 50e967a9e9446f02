using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Client;

/// <summary>Reads from the API server itself, not from a cache.</summary>
public interface IReader
{
    /// <summary>One object.</summary>
    /// <exception cref="ApiException">It does not exist or may not be read.</exception>
    Task<T> GetAsync<T>(ResourceType<T> type, NamespacedName name, CancellationToken cancellation = default)
        where T : class, IKubernetesObject;

    /// <summary>One object, or null when there is none.</summary>
    /// <exception cref="ApiException">It may not be read.</exception>
    Task<T?> FindAsync<T>(ResourceType<T> type, NamespacedName name, CancellationToken cancellation = default)
        where T : class, IKubernetesObject;

    /// <summary>All objects that match, page by page; when the first page's version expires meanwhile, begins anew.</summary>
    /// <exception cref="ApiException">They may not be read.</exception>
    Task<ResourceList<T>> ListAsync<T>(ResourceType<T> type, ListOptions? options = null, CancellationToken cancellation = default)
        where T : class, IKubernetesObject;
}
