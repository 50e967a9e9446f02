using System.Text.Json;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Client;

public sealed partial class ApiClient
{
    private const string MergePatch = "application/merge-patch+json";

    // JSON is YAML; older servers do not know apply-patch+json.
    private const string ApplyPatch = "application/apply-patch+yaml";

    /// <inheritdoc/>
    public Task<T> CreateAsync<T>(ResourceType<T> type, T item, CancellationToken cancellation = default)
        where T : class, IKubernetesObject =>
        SendAsync(
            type,
            new ApiRequest(HttpMethod.Post, type.CollectionPath(item.Metadata.Namespace)) { Body = JsonSerializer.SerializeToUtf8Bytes(item, type.TypeInfo) }
                .With("fieldManager", _manager),
            cancellation);

    /// <inheritdoc/>
    public Task<T> UpdateAsync<T>(ResourceType<T> type, T item, CancellationToken cancellation = default)
        where T : class, IKubernetesObject =>
        PutAsync(type, item, null, cancellation);

    /// <inheritdoc/>
    public Task<T> UpdateStatusAsync<T>(ResourceType<T> type, T item, CancellationToken cancellation = default)
        where T : class, IKubernetesObject =>
        PutAsync(type, item, "status", cancellation);

    /// <inheritdoc/>
    public Task<T> ApplyAsync<T>(ResourceType<T> type, T item, ApplyOptions options, CancellationToken cancellation = default)
        where T : class, IKubernetesObject =>
        ApplyAsync(type, NamespacedName.Of(item), null, JsonSerializer.SerializeToUtf8Bytes(item, type.TypeInfo), options, cancellation);

    /// <inheritdoc/>
    public Task<T> ApplyAsync<T>(ResourceType<T> type, NamespacedName name, JsonObject fields, ApplyOptions options, CancellationToken cancellation = default)
        where T : class, IKubernetesObject =>
        ApplyAsync(type, name, null, Envelope(type, name, fields), options, cancellation);

    /// <inheritdoc/>
    public Task<T> ApplyStatusAsync<T>(
        ResourceType<T> type, NamespacedName name, JsonObject status, ApplyOptions options, CancellationToken cancellation = default)
        where T : class, IKubernetesObject =>
        ApplyAsync(type, name, "status", Envelope(type, name, new JsonObject { ["status"] = status.DeepClone() }), options, cancellation);

    /// <inheritdoc/>
    public Task<T> PatchAsync<T>(ResourceType<T> type, NamespacedName name, JsonObject patch, CancellationToken cancellation = default)
        where T : class, IKubernetesObject =>
        PatchAsync(type, name, null, patch, cancellation);

    /// <inheritdoc/>
    public Task<T> PatchStatusAsync<T>(ResourceType<T> type, NamespacedName name, JsonObject status, CancellationToken cancellation = default)
        where T : class, IKubernetesObject =>
        PatchAsync(type, name, "status", new JsonObject { ["status"] = status.DeepClone() }, cancellation);

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync<T>(
        ResourceType<T> type, NamespacedName name, DeleteOptions? options = null, CancellationToken cancellation = default)
        where T : class, IKubernetesObject
    {
        options ??= new DeleteOptions();
        var body = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["propagationPolicy"] = options.Propagation.ToString(),
        };
        if (options.GracePeriodSeconds is { } grace)
        {
            body["gracePeriodSeconds"] = grace;
        }

        var preconditions = new JsonObject();
        if (options.Uid is { } uid)
        {
            preconditions["uid"] = uid;
        }

        if (options.ResourceVersion is { } version)
        {
            preconditions["resourceVersion"] = version;
        }

        if (preconditions.Count > 0)
        {
            body["preconditions"] = preconditions;
        }

        try
        {
            using var answer = await _transport.SendAsync(
                new ApiRequest(HttpMethod.Delete, type.ItemPath(name)) { Body = Bytes(body), IsIdempotent = true }, cancellation);
            return true;
        }
        catch (ApiException e) when (e.Error.IsNotFound)
        {
            return false;
        }
    }

    private Task<T> PutAsync<T>(ResourceType<T> type, T item, string? subresource, CancellationToken cancellation)
        where T : class, IKubernetesObject =>
        SendAsync(
            type,
            new ApiRequest(HttpMethod.Put, type.ItemPath(NamespacedName.Of(item), subresource))
            {
                Body = JsonSerializer.SerializeToUtf8Bytes(item, type.TypeInfo),
                // With a version a repetition would report its own success as a conflict.
                IsIdempotent = item.Metadata.ResourceVersion is null,
            }.With("fieldManager", _manager),
            cancellation);

    private Task<T> ApplyAsync<T>(
        ResourceType<T> type, NamespacedName name, string? subresource, byte[] body, ApplyOptions options, CancellationToken cancellation)
        where T : class, IKubernetesObject =>
        SendAsync(
            type,
            new ApiRequest(HttpMethod.Patch, type.ItemPath(name, subresource)) { Body = body, ContentType = ApplyPatch, IsIdempotent = true }
                .With("fieldManager", options.FieldManager)
                .With("force", options.Force ? "true" : "false"),
            cancellation);

    private Task<T> PatchAsync<T>(ResourceType<T> type, NamespacedName name, string? subresource, JsonObject patch, CancellationToken cancellation)
        where T : class, IKubernetesObject =>
        SendAsync(
            type,
            new ApiRequest(HttpMethod.Patch, type.ItemPath(name, subresource))
            {
                Body = Bytes(patch),
                ContentType = MergePatch,
                IsIdempotent = patch["metadata"] is not JsonObject metadata || !metadata.ContainsKey("resourceVersion"),
            }.With("fieldManager", _manager),
            cancellation);

    private static byte[] Envelope<T>(ResourceType<T> type, NamespacedName name, JsonObject fields)
        where T : class, IKubernetesObject
    {
        var body = (JsonObject)fields.DeepClone();
        body["apiVersion"] = type.ApiVersion;
        body["kind"] = type.Kind;
        var metadata = body["metadata"] as JsonObject ?? [];
        metadata["name"] = name.Name;
        if (name.Namespace.Length > 0)
        {
            metadata["namespace"] = name.Namespace;
        }

        body["metadata"] = metadata.Parent is null ? metadata : metadata.DeepClone();
        return Bytes(body);
    }

    private static byte[] Bytes(JsonObject body) => System.Text.Encoding.UTF8.GetBytes(body.ToJsonString());
}
