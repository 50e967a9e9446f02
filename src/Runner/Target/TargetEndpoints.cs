using System.Globalization;
using System.Text.Json;
using System.Text;
using LoadTesting.Runner.Target.Systems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LoadTesting.Runner.Target;

/// <summary>The demo target's stateless endpoints, and the list of all of them.</summary>
internal static class TargetEndpoints
{
    /// <summary>Longest delay that a caller can ask for: a demo server must not be a place to park connections.</summary>
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(2);

    private static readonly byte[] Pattern = CreatePattern();

    /// <summary>Route and what it does; printed by <c>GET /</c>.</summary>
    public static readonly IReadOnlyList<(string Route, string Text)> List =
    [
        ("GET /", "this list"),
        ("GET /json", "a small JSON document"),
        ("GET /delay/{ms}", "answers after ms milliseconds; ?jitter=J adds 0 to J more"),
        ("GET /fail/{rate}", "answers 500 for exactly this share of requests (0 to 1), else 200"),
        ("ANY /status/{code}", "answers with this status"),
        ("ANY /echo", "answers with method, path, query, headers and body as JSON"),
        ("GET /redirect/{n}", "n redirects (302), then /json"),
        ("GET /bytes/{n}", "n bytes with Content-Length"),
        ("GET /stream/{chunks}", "so many chunks; ?bytes=B&interval=MS each (default 1024, 100)"),
        ("GET /endless", "a body that never ends"),
        ("GET /stall/{after}/{for}", "ms; requests that arrive in [after, after+for) from the first one wait for the window's end; ?service=MS"),
        ("GET /cookies, GET /cookies/set?name=value", "the request's cookies as JSON; sets cookies"),
        ("POST /init", "{productId, quantity, waitingRoom}: opens a sale; waitingRoom: share of orders that get 302"),
        ("POST /order", "{productId, userId}: 200 sold, 302 waiting room, 409 sold out; header x-idempotency-key repeats the first answer"),
        ("GET /orders/count?productId=P", "{count, stock}: orders sold, what is left"),
        ("GET /limited?perMinute=N", "200 for N requests a minute (default 10), then 429 with Retry-After"),
        ("POST /api/v1/generate", "a learning platform, with /api/v1/embeddings, /api/v1/assessments, /api/v1/search and more"),
        ("POST /api/messages", "a chat platform, with /api/v1/conversations, /api/connectors/whatsapp/webhook, /actuator/health"),
        ("POST /v1/detect", "anomaly detection, with /v1/demo/detect (ten a minute), /healthz, /readyz"),
        ("GET /api/stats", "what the phase gates measure: /api/queries, /api/cache, /api/jobs, /api/inference and more"),
        ("GET /metrics", "requests, memory in use and requests under way for a Prometheus"),
        ("GET /stats, DELETE /stats, GET /stats/log", "what the server saw; forget it; each request with its instant and its time"),
    ];

    public static void Map(WebApplication app, TimeProvider time, TargetBehaviour behaviour, TargetStatistics statistics)
    {
        app.MapGet("/", Index);
        app.MapMethods("/json", ["GET", "POST"], Json);
        app.MapMethods("/delay/{ms:int}", ["GET", "POST"], context => DelayAsync(context, time));
        app.Map("/status/{code:int}", Status);
        app.Map("/echo", EchoAsync);
        app.MapGet("/redirect/{n:int}", Redirect);
        app.MapGet("/bytes/{n:long}", BytesAsync);
        app.MapGet("/stream/{chunks:int}", context => StreamAsync(context, time));
        app.MapGet("/endless", EndlessAsync);
        app.MapGet("/cookies", context => WriteJsonAsync(context, w => WriteMap(w, context.Request.Cookies.Select(c => (c.Key, c.Value)))));
        app.MapGet("/cookies/set", SetCookies);
        new FailShare().Map(app);
        new StallWindows(time).Map(app);
        new Sales(time, behaviour, statistics).Map(app);
        new RateLimit(time, behaviour).Map(app);
        new LearningPlatform(time, behaviour, statistics).Map(app);
        new ChatPlatform(time, behaviour, statistics).Map(app);
        new DetectionApi(time, behaviour, statistics).Map(app);
        new GateOperations(time, behaviour, statistics).Map(app);
        StatisticsEndpoints.Map(app, statistics);
        MetricsEndpoint.Map(app, behaviour, statistics);
    }

    /// <summary>Writes a JSON answer with its length, so that keep-alive clients need no chunked decoding.</summary>
    public static Task WriteJsonAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.Length;
        return context.Response.Body.WriteAsync(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    public static void WriteMap(Utf8JsonWriter writer, IEnumerable<(string Key, string Value)> entries)
    {
        writer.WriteStartObject();
        foreach (var (key, value) in entries)
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }

    public static int RouteInt(HttpContext context, string name) =>
        int.Parse((string)context.Request.RouteValues[name]!, CultureInfo.InvariantCulture);

    public static int QueryInt(HttpContext context, string name, int fallback) =>
        int.TryParse(context.Request.Query[name], CultureInfo.InvariantCulture, out var value) && value >= 0 ? value : fallback;

    private static Task Index(HttpContext context)
    {
        var text = new StringBuilder("loadtest demo target\n\n");
        foreach (var (route, what) in List)
        {
            text.Append(CultureInfo.InvariantCulture, $"{route,-48} {what}\n");
        }

        context.Response.ContentType = "text/plain; charset=utf-8";
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, 0, bytes.Length);
    }

    private static Task Json(HttpContext context) => WriteJsonAsync(context, static w =>
    {
        w.WriteStartObject();
        w.WriteNumber("id", 42);
        w.WriteString("status", "ok");
        w.WriteNumber("latency_ms", 1.5);
        w.WriteStartArray("items");
        w.WriteStringValue("a");
        w.WriteStringValue("b");
        w.WriteEndArray();
        w.WriteEndObject();
    });

    private static async Task DelayAsync(HttpContext context, TimeProvider time)
    {
        var jitter = QueryInt(context, "jitter", 0);
        var delay = TimeSpan.FromMilliseconds(RouteInt(context, "ms") + (jitter > 0 ? Random.Shared.NextDouble() * jitter : 0));
        await Task.Delay(delay < MaxDelay ? delay : MaxDelay, time, context.RequestAborted);
        await Json(context);
    }

    private static Task Status(HttpContext context)
    {
        var code = RouteInt(context, "code");
        context.Response.StatusCode = code is >= 200 and <= 599 ? code : StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        await WriteJsonAsync(context, w =>
        {
            w.WriteStartObject();
            w.WriteString("method", context.Request.Method);
            w.WriteString("path", context.Request.Path);
            w.WritePropertyName("query");
            WriteMap(w, context.Request.Query.Select(q => (q.Key, q.Value.ToString())));
            w.WritePropertyName("headers");
            WriteMap(w, context.Request.Headers.Select(h => (h.Key.ToLowerInvariant(), h.Value.ToString())));
            w.WriteString("body", body);
            w.WriteEndObject();
        });
    }

    private static Task Redirect(HttpContext context)
    {
        var left = RouteInt(context, "n");
        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers.Location = left > 1 ? string.Create(CultureInfo.InvariantCulture, $"/redirect/{left - 1}") : "/json";
        return Task.CompletedTask;
    }

    private static async Task BytesAsync(HttpContext context)
    {
        var left = long.Parse((string)context.Request.RouteValues["n"]!, CultureInfo.InvariantCulture);
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = left;
        while (left > 0)
        {
            var part = (int)Math.Min(left, Pattern.Length);
            await context.Response.Body.WriteAsync(Pattern.AsMemory(0, part), context.RequestAborted);
            left -= part;
        }
    }

    private static async Task StreamAsync(HttpContext context, TimeProvider time)
    {
        var chunks = RouteInt(context, "chunks");
        var size = Math.Min(QueryInt(context, "bytes", 1024), Pattern.Length);
        var interval = TimeSpan.FromMilliseconds(QueryInt(context, "interval", 100));
        for (var i = 0; i < chunks; i++)
        {
            if (i > 0)
            {
                await Task.Delay(interval < MaxDelay ? interval : MaxDelay, time, context.RequestAborted);
            }

            await context.Response.Body.WriteAsync(Pattern.AsMemory(0, size), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private static async Task EndlessAsync(HttpContext context)
    {
        context.Response.ContentType = "application/octet-stream";
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.Body.WriteAsync(Pattern, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private static Task SetCookies(HttpContext context)
    {
        foreach (var (name, value) in context.Request.Query)
        {
            context.Response.Cookies.Append(name, value.ToString());
        }

        return WriteJsonAsync(context, w => WriteMap(w, context.Request.Query.Select(q => (q.Key, q.Value.ToString()))));
    }

    private static byte[] CreatePattern()
    {
        var bytes = new byte[16 * 1024];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)('a' + i % 26);
        }

        return bytes;
    }
}
