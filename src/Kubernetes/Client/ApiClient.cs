using System.Globalization;
using System.Text.Json;
using LoadTesting.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Kubernetes.Client;

/// <summary>
/// The API server's verbs over typed objects. One per process; safe for concurrent use. Refusals are <see cref="ApiException"/>s, connection
/// failures <see cref="HttpRequestException"/>s, attempts without an answer <see cref="TimeoutException"/>s.
/// </summary>
public sealed partial class ApiClient : IReader, IWatcher, IWriter, IStatusWriter, IPodLogs, IDisposable
{
    private readonly ApiTransport _transport;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TimeSpan _timeout;
    private readonly string _manager;

    /// <param name="config">Where and as whom.</param>
    /// <param name="options">Name and patience.</param>
    /// <param name="time">Clock of time limits and pauses.</param>
    /// <param name="logger">Where retries and unreadable objects go.</param>
    /// <param name="metrics">Null records nothing.</param>
    public ApiClient(ClusterConfig config, ApiClientOptions options, TimeProvider time, ILogger logger, ClientMetrics? metrics = null)
    {
        _transport = new ApiTransport(config, options, time, metrics, logger);
        _time = time;
        _logger = logger;
        _timeout = options.AttemptTimeout;
        _manager = options.UserAgent.Split('/', ' ')[0];
    }

    /// <inheritdoc/>
    public Task<T> GetAsync<T>(ResourceType<T> type, NamespacedName name, CancellationToken cancellation = default)
        where T : class, IKubernetesObject =>
        SendAsync(type, new ApiRequest(HttpMethod.Get, type.ItemPath(name)) { IsIdempotent = true }, cancellation);

    /// <inheritdoc/>
    public async Task<T?> FindAsync<T>(ResourceType<T> type, NamespacedName name, CancellationToken cancellation = default)
        where T : class, IKubernetesObject
    {
        try
        {
            return await GetAsync(type, name, cancellation);
        }
        catch (ApiException e) when (e.Error.IsNotFound)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<ResourceList<T>> ListAsync<T>(ResourceType<T> type, ListOptions? options = null, CancellationToken cancellation = default)
        where T : class, IKubernetesObject
    {
        options ??= new ListOptions();
        var items = new List<T>();
        string? next = null;
        var restarts = 0;
        while (true)
        {
            try
            {
                var page = await PageAsync(type, options, next, items, cancellation);
                if (string.IsNullOrEmpty(page.Continue))
                {
                    return new ResourceList<T>(items, page.ResourceVersion);
                }

                next = page.Continue;
            }
            catch (ApiException e) when (e.Error.IsExpired && next is not null && restarts < 3)
            {
                // The pages so far and the rest would be of different versions: begin anew, with a consistent whole.
                restarts++;
                items.Clear();
                next = null;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<string> ReadLogAsync(NamespacedName pod, PodLogOptions options, CancellationToken cancellation = default)
    {
        var request = new ApiRequest(HttpMethod.Get, Resources.Pods.ItemPath(pod, "log")) { IsIdempotent = true }
            .With("container", options.Container)
            .With("tailLines", options.TailLines?.ToString(CultureInfo.InvariantCulture))
            .With("limitBytes", options.LimitBytes.ToString(CultureInfo.InvariantCulture))
            .With("previous", options.Previous ? "true" : null);
        using var answer = await _transport.SendAsync(request, cancellation);
        return await WithinTimeoutAsync(request, async limit => await answer.Content.ReadAsStringAsync(limit), cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    private async Task<(string ResourceVersion, string? Continue)> PageAsync<T>(
        ResourceType<T> type, ListOptions options, string? next, List<T> items, CancellationToken cancellation)
        where T : class, IKubernetesObject
    {
        var request = new ApiRequest(HttpMethod.Get, type.CollectionPath(options.Namespace)) { IsIdempotent = true }
            .With("labelSelector", options.LabelSelector)
            .With("fieldSelector", options.FieldSelector)
            .With("limit", options.PageSize.ToString(CultureInfo.InvariantCulture))
            .With("continue", next)
            .With("resourceVersion", next is null ? options.ResourceVersion : null);
        using var answer = await _transport.SendAsync(request, cancellation);
        using var document = await WithinTimeoutAsync(request, limit => ParseAsync(answer, limit), cancellation);
        if (document.RootElement.TryGetProperty("items", out var list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in list.EnumerateArray())
            {
                if (Decode(type, item) is { } decoded)
                {
                    items.Add(decoded);
                }
            }
        }

        var metadata = document.RootElement.GetProperty("metadata");
        return (Text(metadata, "resourceVersion") ?? "", Text(metadata, "continue"));
    }

    private async Task<T> SendAsync<T>(ResourceType<T> type, ApiRequest request, CancellationToken cancellation)
        where T : class, IKubernetesObject
    {
        using var answer = await _transport.SendAsync(request, cancellation);
        return await WithinTimeoutAsync(
            request,
            async limit =>
            {
                await using var stream = await answer.Content.ReadAsStreamAsync(limit);
                return await JsonSerializer.DeserializeAsync(stream, type.TypeInfo, limit) ?? throw new InvalidDataException($"{request}: the answer is null");
            },
            cancellation);
    }

    private static async Task<JsonDocument> ParseAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
        return await JsonDocument.ParseAsync(stream, cancellationToken: cancellation);
    }

    private async Task<TResult> WithinTimeoutAsync<TResult>(ApiRequest request, Func<CancellationToken, Task<TResult>> read, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            return await read(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{request}: the answer did not end within {_timeout}", e);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{request}: the answer is not what was asked for: {e.Message}", e);
        }
    }

    /// <summary>Null, and a line in the log, for an object that its type cannot hold: one such object must not hide all others.</summary>
    private T? Decode<T>(ResourceType<T> type, JsonElement item)
        where T : class, IKubernetesObject
    {
        try
        {
            return item.Deserialize(type.TypeInfo);
        }
        catch (JsonException e)
        {
            var metadata = item.TryGetProperty("metadata", out var found) ? found : default;
            LogUnreadable(e, type.ToString(), $"{Text(metadata, "namespace")}/{Text(metadata, "name")}");
            return null;
        }
    }

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [LoggerMessage(1011, LogLevel.Error, "{Resource} {Name} does not have the shape of its type and is passed over")]
    private partial void LogUnreadable(Exception error, string resource, string name);
}
