using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Client;

/// <summary>Changes the observed state (the <c>status</c> subresource). Every method throws <see cref="ApiException"/> when the server refuses.</summary>
public interface IStatusWriter
{
    /// <summary>Server-side apply of the status: what an earlier apply by the same manager set and this one leaves out is removed.</summary>
    /// <param name="status">The content of <c>status</c>.</param>
    Task<T> ApplyStatusAsync<T>(ResourceType<T> type, NamespacedName name, JsonObject status, ApplyOptions options, CancellationToken cancellation = default)
        where T : class, IKubernetesObject;

    /// <summary>RFC 7386 merge patch of the status.</summary>
    /// <param name="status">The changes within <c>status</c>.</param>
    Task<T> PatchStatusAsync<T>(ResourceType<T> type, NamespacedName name, JsonObject status, CancellationToken cancellation = default)
        where T : class, IKubernetesObject;

    /// <summary>Replaces the status; conditional on the object's resourceVersion when it carries one.</summary>
    Task<T> UpdateStatusAsync<T>(ResourceType<T> type, T item, CancellationToken cancellation = default)
        where T : class, IKubernetesObject;
}
