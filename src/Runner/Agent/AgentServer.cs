using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Observing;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Runner.Agent;

/// <summary>
/// The HTTP side of an agent (<see cref="AgentContract"/>). Whoever does not show the bearer token is told whether the agent works and is ready, and nothing
/// else; where there is a port for scrapes, anybody reads the metrics there.
/// </summary>
internal sealed class AgentServer : IAsyncDisposable
{
    private readonly AgentOptions _options;
    private readonly AgentRun _run;
    private readonly TimeProvider _time;
    private readonly byte[] _token;
    private readonly SharedScrape _scrape;
    private readonly BareHttpServer _server;
    private readonly BareHttpServer? _scraped;

    private AgentServer(AgentOptions options, AgentRun run, TimeProvider time)
    {
        _options = options;
        _run = run;
        _time = time;
        _token = Encoding.UTF8.GetBytes(options.Token);
        _scrape = new SharedScrape(run, time);
        _server = new BareHttpServer(options.Listen, options.Port, AgentLimits.Connections, Identify, time, options.Certificate);
        _server.Map(HttpMethods.Get, AgentContract.HealthPath, context => TextAsync(context, 200, "ok"));
        _server.Map(HttpMethods.Get, AgentContract.ReadyPath, ReadyAsync);
        _server.Map(HttpMethods.Get, AgentContract.PlanPath, Guarded(context => JsonAsync(context, 200, run.PlanJson)));
        _server.Map(HttpMethods.Post, AgentContract.StartPath, Guarded(StartAsync));
        _server.Map(HttpMethods.Post, AgentContract.StopPath, Guarded(context => AnswerAsync(context, run.Stop(context.Request.Query[AgentContract.InterruptParameter] == "true"))));
        _server.Map(HttpMethods.Post, AgentContract.AckPath, Guarded(context => AnswerAsync(context, run.Acknowledge())));
        _server.Map(HttpMethods.Post, AgentContract.ObservePath, Guarded(ObserveAsync));
        foreach (var path in new[] { AgentContract.AwaitPath, AgentContract.SetupPath, AgentContract.VerifyPath, AgentContract.TeardownPath })
        {
            _server.Map(HttpMethods.Post, path, Guarded(context => StageAsync(context, path.TrimStart('/'))));
        }

        if (options.MetricsPort is { } port)
        {
            _server.Map(HttpMethods.Get, AgentContract.MetricsPath, Guarded(MetricsAsync));
            _scraped = new BareHttpServer(options.Listen, port, AgentLimits.ScrapeConnections, static _ => Task.CompletedTask, time);
            _scraped.Map(HttpMethods.Get, AgentContract.MetricsPath, ScrapeAsync);
        }
        else
        {
            // By hand, without a port for scrapes: anybody reads them here.
            _server.Map(HttpMethods.Get, AgentContract.MetricsPath, context => IsAuthentic(context) ? MetricsAsync(context) : ScrapeAsync(context));
        }
    }

    /// <summary>Base URL with the port that was bound.</summary>
    public Uri Url => _server.Url;

    /// <summary>Base URL of the port for scrapes; null where there is none.</summary>
    public Uri? ScrapeUrl => _scraped?.Url;

    /// <summary>Binds and serves.</summary>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static async Task<AgentServer> StartAsync(AgentOptions options, AgentRun run, TimeProvider time, CancellationToken cancellation)
    {
        var server = new AgentServer(options, run, time);
        await server._server.StartAsync(cancellation);
        if (server._scraped is { } scraped)
        {
            try
            {
                await scraped.StartAsync(cancellation);
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }

        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // An answer under way (the acknowledgement's own) may still go out.
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2), _time);
        await _server.StopAsync(soon.Token);
        await _server.DisposeAsync();
        if (_scraped is not null)
        {
            await _scraped.StopAsync(soon.Token);
            await _scraped.DisposeAsync();
        }
    }

    private Task Identify(HttpContext context)
    {
        if (!IsAuthentic(context))
        {
            return Task.CompletedTask;
        }

        var headers = context.Response.Headers;
        headers[AgentContract.RunIdHeader] = _options.RunId;
        headers[AgentContract.IndexHeader] = _options.Index.ToString(CultureInfo.InvariantCulture);
        context.Response.OnStarting(() =>
        {
            headers[AgentContract.StateHeader] = _run.State;
            var now = _time.GetUtcNow();
            headers[AgentContract.ClockHeader] = ((now - DateTimeOffset.UnixEpoch).Ticks * 100).ToString(CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }

    private bool IsAuthentic(HttpContext context)
    {
        var given = context.Request.Headers.Authorization.ToString();
        var scheme = AgentContract.AuthorizationScheme + " ";
        return given.StartsWith(scheme, StringComparison.Ordinal) && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given[scheme.Length..]), _token);
    }

    private RequestDelegate Guarded(RequestDelegate next) => context =>
    {
        if (!IsAuthentic(context))
        {
            context.Response.Headers.WWWAuthenticate = AgentContract.AuthorizationScheme;
            // Connections are few: they are for who has the token.
            context.Response.Headers.Connection = "close";
            return TextAsync(context, 401, "bearer token missing or wrong");
        }

        var run = context.Request.Headers[AgentContract.RunIdHeader].ToString();
        return run.Length > 0 && run != _options.RunId
            ? TextAsync(context, 409, $"this runner belongs to run {_options.RunId}")
            : next(context);
    };

    /// <summary>The status is for probes, which show no token. The reason is for the operator.</summary>
    private Task ReadyAsync(HttpContext context)
    {
        var isReady = _run.State != AgentStates.Preparing;
        return TextAsync(context, isReady ? 200 : 503, IsAuthentic(context) ? isReady ? _run.State : _run.Failure ?? AgentStates.Preparing : isReady ? "ready" : "not ready");
    }

    private async Task ScrapeAsync(HttpContext context)
    {
        var (contentType, body) = _scrape.Get(context.Request.Headers.Accept.ToString());
        await BytesAsync(context, contentType, body);
    }

    private async Task MetricsAsync(HttpContext context)
    {
        var (contentType, body) = _run.Metrics(context.Request.Headers.Accept.ToString(), context.Request.Headers[AgentContract.KnownHeader]);
        await BytesAsync(context, contentType, body);
    }

    private static Task BytesAsync(HttpContext context, string contentType, byte[] body)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, 0, body.Length, context.RequestAborted);
    }

    private async Task StartAsync(HttpContext context)
    {
        JsonDocument body;
        try
        {
            body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        }
        catch (JsonException e)
        {
            await TextAsync(context, 400, $"the body is not JSON at line {(e.LineNumber ?? 0) + 1}, column {(e.BytePositionInLine ?? 0) + 1}");
            return;
        }

        using (body)
        {
            if (body.RootElement.ValueKind != JsonValueKind.Object
                || !body.RootElement.TryGetProperty("at", out var at) || !at.TryGetDateTimeOffset(out var instant))
            {
                await TextAsync(context, 400, "wanted {\"at\": \"RFC 3339 instant\"}");
                return;
            }

            DateTimeOffset? resumeAt = null;
            if (body.RootElement.TryGetProperty("resumeAt", out var resume))
            {
                if (!(resume.ValueKind == JsonValueKind.String && resume.TryGetDateTimeOffset(out var from)))
                {
                    await TextAsync(context, 400, "resumeAt is no RFC 3339 instant");
                    return;
                }

                resumeAt = from;
            }

            var setup = body.RootElement.TryGetProperty("setup", out var values) && values.ValueKind == JsonValueKind.Object ? values.GetRawText() : null;
            await AnswerAsync(context, _run.Start(instant, resumeAt, setup));
        }
    }

    private async Task ObserveAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        if (ObservationMessages.ReadQuestion(await reader.ReadToEndAsync(context.RequestAborted)) is not { } question)
        {
            await TextAsync(context, 400, "wanted {\"start\": \"RFC 3339 instant\", \"due\": [{\"name\": …, \"from\": 0, \"to\": 0}]}");
            return;
        }

        await JsonAsync(context, 200, ObservationMessages.Answers(await _run.ObserveAsync(question.Start, question.Due)));
    }

    private async Task StageAsync(HttpContext context, string stage)
    {
        JobResult? result = null;
        if (context.Request.ContentLength is not (null or 0))
        {
            try
            {
                result = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) is JsonObject body && body[JobOrder.Field] is JsonObject job ? JobResult.Read(job) : null;
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
            {
                await TextAsync(context, 400, $"wanted nothing, or {{\"job\": {{\"ordinal\", \"exitCode\", \"output\"}}}}: {e.Message}");
                return;
            }
        }

        var answer = await _run.StageAsync(stage, result);
        using var buffer = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("ok", answer.Ok);
            writer.WriteString("message", answer.Message);
            writer.WritePropertyName("values");
            writer.WriteRawValue(answer.ValuesJson);
            if (answer.Reason is not null)
            {
                writer.WriteString("reason", answer.Reason);
            }

            if (answer.Job is { } order)
            {
                writer.WritePropertyName(JobOrder.Field);
                order.ToJson().WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        await JsonAsync(context, 200, Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private static Task AnswerAsync(HttpContext context, VerbOutcome outcome) =>
        TextAsync(context, outcome.IsAccepted ? 200 : 409, outcome.Message ?? (outcome.IsNew ? "done" : "already done"));

    private static Task TextAsync(HttpContext context, int status, string text) => WriteAsync(context, status, "text/plain; charset=utf-8", text);

    private static Task JsonAsync(HttpContext context, int status, string json) => WriteAsync(context, status, "application/json", json);

    private static Task WriteAsync(HttpContext context, int status, string contentType, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, 0, bytes.Length, context.RequestAborted);
    }
}
