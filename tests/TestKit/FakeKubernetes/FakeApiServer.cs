using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace LoadTesting.TestKit.FakeKubernetes;

/// <summary>
/// An API server in this process, spoken to over real HTTP: any kind, optimistic locking, generations, finalizers, status subresource, paged
/// lists, watches with bookmarks, expiry, and server-side apply by leaf. What it does not do, and real ones do: schemas, defaults, admission,
/// RBAC, garbage collection, lists merged by key.
/// </summary>
public sealed class FakeApiServer : IAsyncDisposable
{
    private readonly FakeStore _store = new();
    private readonly ConcurrentQueue<RecordedRequest> _requests = [];
    private readonly ConcurrentDictionary<string, string> _logs = [];
    private readonly WebApplication _application;
    private CancellationTokenSource _streams = new();
    private TaskCompletionSource _bookmark = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FakeApiServer(WebApplication application) => _application = application;

    /// <summary>Base URL.</summary>
    public Uri Url => new(_application.Urls.Single());

    /// <summary>Every request so far, in the order of arrival.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    /// <summary>Looks at each request first; one that it answers itself (true) goes no further.</summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; set; }

    /// <summary>Starts one on a free port.</summary>
    public static async Task<FakeApiServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var server = new FakeApiServer(application);
        application.Run(server.HandleAsync);
        await application.StartAsync();
        return server;
    }

    /// <summary>Answers with a Status, as the server does.</summary>
    public static async Task RefuseAsync(HttpContext context, int code, string reason, string message, int? retryAfterSeconds = null)
    {
        context.Response.StatusCode = code;
        if (retryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        await WriteAsync(context, Status(code, reason, message));
    }

    /// <summary>Forgets history: older watches and list pages get 410.</summary>
    public void Compact() => _store.Compact();

    /// <summary>Breaks every open watch off.</summary>
    public void CutWatches()
    {
        var old = Interlocked.Exchange(ref _streams, new CancellationTokenSource());
        old.Cancel();
    }

    /// <summary>Sends a bookmark on every open watch.</summary>
    public void SendBookmarks() =>
        Interlocked.Exchange(ref _bookmark, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    /// <summary>What a container of a Pod printed.</summary>
    public void SetLog(string namespaceName, string pod, string text) => _logs[$"{namespaceName}/{pod}"] = text;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        CutWatches();
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private static JsonObject Status(int code, string reason, string message) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["status"] = "Failure",
        ["message"] = message,
        ["reason"] = reason,
        ["code"] = code,
    };

    private static async Task WriteAsync(HttpContext context, JsonNode body)
    {
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body.ToJsonString());
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        _requests.Enqueue(new RecordedRequest(
            context.Request.Method,
            context.Request.Path,
            context.Request.QueryString.ToString(),
            body,
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        try
        {
            if (Intercept is not { } intercept || !await intercept(context))
            {
                await AnswerAsync(context, body);
            }
        }
        catch (FakeRefusal refusal)
        {
            context.Response.StatusCode = refusal.Code;
            var status = Status(refusal.Code, refusal.Reason, refusal.Message);
            status["details"] = new JsonObject
            {
                ["causes"] = new JsonArray([.. refusal.Causes.Select(c => new JsonObject { ["reason"] = c.Reason, ["message"] = c.Message })]),
            };
            await WriteAsync(context, status);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    private async Task AnswerAsync(HttpContext context, string body)
    {
        var at = FakeRoute.Parse(context.Request.Path) ?? throw new FakeRefusal(404, "NotFound", "the server could not find the requested resource");
        var query = context.Request.Query;
        var manager = query["fieldManager"].ToString();
        var json = body.Length == 0 ? [] : JsonNode.Parse(body)!.AsObject();
        switch (context.Request.Method)
        {
            case "GET" when at.Name is null && query["watch"] == "true":
                await WatchAsync(context, at);
                break;
            case "GET" when at.Name is null:
                await WriteAsync(context, Page(context, at));
                break;
            case "GET" when at.Subresource == "log":
                await context.Response.WriteAsync(Tail(_store.Get(at with { Subresource = null }), query["tailLines"]));
                break;
            case "GET":
                await WriteAsync(context, _store.Get(at));
                break;
            case "POST":
                context.Response.StatusCode = 201;
                await WriteAsync(context, _store.Create(at, json, manager));
                break;
            case "PUT":
                await WriteAsync(context, _store.Update(at, json, manager));
                break;
            case "PATCH" when context.Request.ContentType!.StartsWith("application/apply-patch+yaml", StringComparison.Ordinal):
                await WriteAsync(context, _store.Apply(at, json, manager, query["force"] == "true"));
                break;
            case "PATCH" when context.Request.ContentType == "application/merge-patch+json":
                await WriteAsync(context, _store.MergePatch(at, json, manager));
                break;
            case "DELETE":
                await WriteAsync(context, _store.Delete(at, json));
                break;
            default:
                throw new FakeRefusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
        }
    }

    private static Func<JsonObject, bool> Selected(HttpContext context, FakeRoute at) => item =>
        (at.Namespace is null || item["metadata"]?["namespace"]?.GetValue<string>() == at.Namespace)
        && FakeJson.Matches(item, context.Request.Query["labelSelector"])
        && FakeJson.MatchesFields(item, context.Request.Query["fieldSelector"]);

    private JsonObject Page(HttpContext context, FakeRoute at)
    {
        var query = context.Request.Query;
        var (items, version) = _store.List(at, Selected(context, at));
        var offset = 0;
        if (query["continue"].ToString() is { Length: > 0 } token)
        {
            var parts = token.Split(':');
            version = long.Parse(parts[0], CultureInfo.InvariantCulture);
            offset = int.Parse(parts[1], CultureInfo.InvariantCulture);
            if (_store.IsCompacted(version))
            {
                throw new FakeRefusal(410, "Expired", "The provided continue parameter is too old");
            }
        }

        var limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var asked) && asked > 0 ? asked : int.MaxValue;
        var page = items.Skip(offset).Take(limit).ToList();
        var metadata = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (offset + page.Count < items.Count)
        {
            metadata["continue"] = $"{version}:{offset + page.Count}";
        }

        // Items of real lists carry neither apiVersion nor kind.
        foreach (var item in page)
        {
            item.Remove("apiVersion");
            item.Remove("kind");
        }

        return new JsonObject { ["apiVersion"] = at.ApiVersion, ["kind"] = "List", ["metadata"] = metadata, ["items"] = new JsonArray([.. page]) };
    }

    private async Task WatchAsync(HttpContext context, FakeRoute at)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(
            int.TryParse(context.Request.Query["timeoutSeconds"], CultureInfo.InvariantCulture, out var seconds) ? seconds : 600));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _streams.Token, timeout.Token);
        var seen = Selected(context, at);
        var version = long.TryParse(context.Request.Query["resourceVersion"], CultureInfo.InvariantCulture, out var asked) ? asked : 0;
        context.Response.ContentType = "application/json";
        await context.Response.Body.FlushAsync(end.Token);
        try
        {
            while (true)
            {
                var (next, bookmark) = (_store.NextChange, _bookmark.Task);
                foreach (var change in _store.Since(version, at.Collection))
                {
                    version = change.Version;
                    if (change.Seen(seen) is var (type, item))
                    {
                        await SendAsync(context, type, (JsonObject)item.DeepClone(), end.Token);
                    }
                }

                if (await Task.WhenAny(next, bookmark).WaitAsync(end.Token) == bookmark)
                {
                    version = _store.Version;
                    await SendAsync(context, "BOOKMARK", Bookmark(at, version), end.Token);
                }
            }
        }
        catch (FakeRefusal expired)
        {
            await SendAsync(context, "ERROR", Status(expired.Code, expired.Reason, expired.Message), end.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            await context.Response.CompleteAsync();
        }
    }

    private static JsonObject Bookmark(FakeRoute at, long version) => new()
    {
        ["apiVersion"] = at.ApiVersion,
        ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) },
    };

    private static async Task SendAsync(HttpContext context, string type, JsonObject item, CancellationToken cancellation)
    {
        await context.Response.WriteAsync(new JsonObject { ["type"] = type, ["object"] = item }.ToJsonString() + "\n", cancellation);
        await context.Response.Body.FlushAsync(cancellation);
    }

    private string Tail(JsonObject pod, string? lines)
    {
        var text = _logs.GetValueOrDefault($"{pod["metadata"]!["namespace"]}/{pod["metadata"]!["name"]}", "");
        var all = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return int.TryParse(lines, CultureInfo.InvariantCulture, out var count) ? string.Join('\n', all.TakeLast(count)) + "\n" : text;
    }
}
