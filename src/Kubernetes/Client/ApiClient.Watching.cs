using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Client;

public sealed partial class ApiClient
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ResourceType<T> type, WatchOptions options, [EnumeratorCancellation] CancellationToken cancellation = default)
        where T : class, IKubernetesObject
    {
        // client-go's stretch: long enough to be cheap, short enough that a balanced set of servers stays balanced.
        var timeout = options.Timeout ?? TimeSpan.FromMinutes(5 * (1 + Random.Shared.NextDouble()));
        var request = new ApiRequest(HttpMethod.Get, type.CollectionPath(options.Namespace)) { IsIdempotent = true }
            .With("watch", "true")
            .With("allowWatchBookmarks", "true")
            .With("labelSelector", options.LabelSelector)
            .With("fieldSelector", options.FieldSelector)
            .With("resourceVersion", options.ResourceVersion)
            .With("timeoutSeconds", ((int)Math.Ceiling(timeout.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
        using var answer = await _transport.SendAsync(request, cancellation);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
        await foreach (var line in JsonLines.ReadAsync(stream, cancellation))
        {
            using (line)
            {
                yield return Event(type, line.RootElement);
            }
        }
    }

    private WatchEvent<T> Event<T>(ResourceType<T> type, JsonElement line)
        where T : class, IKubernetesObject
    {
        if (line.ValueKind != JsonValueKind.Object || !line.TryGetProperty("object", out var item) || item.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"watch of {type}: a line is not an event");
        }

        var kind = Text(line, "type");
        if (kind == "ERROR")
        {
            return new WatchEvent<T>(WatchEventType.Error, null, "", ApiError.From(item.Deserialize(KubernetesJson.TypeInfo<ApiStatus>()), 500));
        }

        var version = item.TryGetProperty("metadata", out var metadata) ? Text(metadata, "resourceVersion") : null;
        if (string.IsNullOrEmpty(version))
        {
            throw new InvalidDataException($"watch of {type}: an event has no resource version");
        }

        WatchEventType change = kind switch
        {
            "ADDED" => WatchEventType.Added,
            "MODIFIED" => WatchEventType.Modified,
            "DELETED" => WatchEventType.Deleted,
            "BOOKMARK" => WatchEventType.Bookmark,
            _ => throw new InvalidDataException($"watch of {type}: unknown event type '{kind}'"),
        };
        var decoded = change == WatchEventType.Bookmark ? null : Decode(type, item);
        // An unreadable object still moves the stream on.
        return decoded is null ? new WatchEvent<T>(WatchEventType.Bookmark, null, version) : new WatchEvent<T>(change, decoded, version);
    }
}
