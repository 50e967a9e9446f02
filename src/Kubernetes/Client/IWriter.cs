using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Client;

/// <summary>Changes the desired state. Every method throws <see cref="ApiException"/> when the server refuses.</summary>
public interface IWriter
{
    /// <summary>A new object. Never retried on a lost answer: with deterministic names the caller recognises its own by <see cref="ApiReason.AlreadyExists"/>.</summary>
    Task<T> CreateAsync<T>(ResourceType<T> type, T item, CancellationToken cancellation = default)
        where T : class, IKubernetesObject;

    /// <summary>Replaces the whole object; conditional on its resourceVersion when it carries one.</summary>
    Task<T> UpdateAsync<T>(ResourceType<T> type, T item, CancellationToken cancellation = default)
        where T : class, IKubernetesObject;

    /// <summary>Server-side apply: states the fields we want; creates the object when there is none.</summary>
    Task<T> ApplyAsync<T>(ResourceType<T> type, T item, ApplyOptions options, CancellationToken cancellation = default)
        where T : class, IKubernetesObject;

    /// <summary>Server-side apply of a partial object.</summary>
    /// <param name="fields">Members beside apiVersion, kind and metadata.name, which are added; <c>metadata</c> may carry labels and the like.</param>
    Task<T> ApplyAsync<T>(ResourceType<T> type, NamespacedName name, JsonObject fields, ApplyOptions options, CancellationToken cancellation = default)
        where T : class, IKubernetesObject;

    /// <summary>RFC 7386 merge patch; conditional when it carries metadata.resourceVersion.</summary>
    Task<T> PatchAsync<T>(ResourceType<T> type, NamespacedName name, JsonObject patch, CancellationToken cancellation = default)
        where T : class, IKubernetesObject;

    /// <summary>Asks for deletion; finalizers and grace periods may delay it.</summary>
    /// <returns>False when there was no such object.</returns>
    Task<bool> DeleteAsync<T>(ResourceType<T> type, NamespacedName name, DeleteOptions? options = null, CancellationToken cancellation = default)
        where T : class, IKubernetesObject;
}
