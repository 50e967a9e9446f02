using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Runner.Target.Systems;

/// <summary>
/// Three services behind one address, with documented latencies at 60 % of their objectives: a gateway to language models, assessments, search. All want
/// a bearer token and a tenant.
/// </summary>
internal sealed class LearningPlatform(TimeProvider time, TargetBehaviour behaviour, TargetStatistics statistics)
{
    private static readonly string[] Models = ["gpt-3.5", "gpt-4"];

    private readonly SimulatedWork _work = new(time, behaviour);
    private int _assessments;

    public void Map(WebApplication app)
    {
        Service(app, "POST", "/api/v1/generate", 180, "generate", StatusCodes.Status200OK, Generate);
        Service(app, "POST", "/api/v1/embeddings", 120, "embeddings", StatusCodes.Status200OK, Embeddings);
        Service(app, "POST", "/api/v1/assessments", 120, "assessments", StatusCodes.Status201Created, CreateAssessment);
        Service(app, "POST", "/api/v1/assessments/{id:int}/answers", 90, "answers", StatusCodes.Status201Created, RecordAnswer);
        Service(app, "POST", "/api/v1/assessments/{id:int}/grade", 180, "grades", StatusCodes.Status200OK, Grade);
        Service(app, "GET", "/api/v1/search/suggest", 72, "suggestions", StatusCodes.Status200OK, Suggest);
        Service(app, "POST", "/api/v1/search", 120, "searches", StatusCodes.Status200OK, Search);
        Service(app, "POST", "/api/v1/search/documents", 300, "documents", StatusCodes.Status201Created, Index);
        app.MapGet("/health", HealthAsync);
        app.MapGet("/api/v1/health", context => Authorized(context) ? HealthAsync(context) : RefuseAsync(context));
    }

    private void Service(
        WebApplication app, string method, string route, double milliseconds, string counter, int status, Func<HttpContext, JsonDocument?, Action<Utf8JsonWriter>?> answer) =>
        app.MapMethods(route, [method], async context =>
        {
            if (!Authorized(context))
            {
                await RefuseAsync(context);
                return;
            }

            using var body = method == "GET" ? null : await JsonBodies.ReadAsync(context);
            if (context.Request.Headers["x-tenant-id"].Count == 0 || (method != "GET" && body is null) || answer(context, body) is not { } fields)
            {
                await context.FailAsync(StatusCodes.Status400BadRequest, "the header x-tenant-id or a field of the body is missing");
                return;
            }

            await _work.DoAsync(context, milliseconds);
            if (_work.Fails())
            {
                await context.FailAsync(StatusCodes.Status503ServiceUnavailable, "try again later");
                return;
            }

            statistics.Count($"learning.{counter}");
            await context.AnswerAsync(status, fields);
        });

    private static bool Authorized(HttpContext context) =>
        context.Request.Headers.Authorization.ToString() is ['B', 'e', 'a', 'r', 'e', 'r', ' ', _, ..];

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return context.FailAsync(StatusCodes.Status401Unauthorized, "a bearer token is missing");
    }

    private async Task HealthAsync(HttpContext context)
    {
        await _work.DoAsync(context, 60);
        await context.AnswerAsync(StatusCodes.Status200OK, w => w.WriteString("status", "ok"));
    }

    private static Action<Utf8JsonWriter>? Generate(HttpContext context, JsonDocument? body) =>
        body!.TryString("prompt", out var prompt) && body!.TryString("model", out var model) && Models.Contains(model, StringComparer.Ordinal)
            ? w =>
            {
                w.WriteString("model", model);
                w.WriteString("text", string.Create(CultureInfo.InvariantCulture, $"an answer to {prompt.Length} characters"));
            }
            : null;

    private static Action<Utf8JsonWriter>? Embeddings(HttpContext context, JsonDocument? body) => body!.TryString("input", out var input)
        ? w =>
        {
            w.WriteStartArray("embedding");
            for (var i = 0; i < 16; i++)
            {
                w.WriteNumberValue((input.Length * (i + 7) % 100) / 100.0);
            }

            w.WriteEndArray();
        }
        : null;

    private Action<Utf8JsonWriter>? CreateAssessment(HttpContext context, JsonDocument? body) =>
        body!.TryString("title", out _) ? w => w.WriteNumber("id", Interlocked.Increment(ref _assessments)) : null;

    private Action<Utf8JsonWriter>? RecordAnswer(HttpContext context, JsonDocument? body) =>
        Known(context) && body!.TryString("learnerId", out _) ? w => w.WriteBoolean("recorded", true) : null;

    private Action<Utf8JsonWriter>? Grade(HttpContext context, JsonDocument? body) =>
        Known(context) && body!.TryString("mode", out var mode) && mode is "automated" or "manual"
            ? w =>
            {
                w.WriteNumber("score", 87.5);
                w.WriteString("mode", mode);
            }
            : null;

    /// <summary>Grades and answers belong to an assessment that was created.</summary>
    private bool Known(HttpContext context) => TargetEndpoints.RouteInt(context, "id") is var id && id > 0 && id <= Volatile.Read(ref _assessments);

    private static Action<Utf8JsonWriter>? Suggest(HttpContext context, JsonDocument? body) => context.Request.Query["q"].ToString() is { Length: > 0 } prefix
        ? w => WriteList(w, "suggestions", [.. Enumerable.Range(1, 5).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix} {i}"))])
        : null;

    private static Action<Utf8JsonWriter>? Search(HttpContext context, JsonDocument? body) =>
        body!.TryString("query", out var query) ? w => WriteList(w, "hits", [$"about {query}"]) : null;

    private static Action<Utf8JsonWriter>? Index(HttpContext context, JsonDocument? body) =>
        body!.TryString("title", out _) && body!.TryString("content", out var content) ? w => w.WriteNumber("indexed", content.Length) : null;

    private static void WriteList(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
