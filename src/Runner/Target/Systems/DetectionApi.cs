using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Runner.Target.Systems;

/// <summary>
/// Anomaly detection over event streams: an event whose message carries more entropy than its profile allows is an anomaly. A detector is kept for each
/// stream, the one unused for longest is evicted. The demo endpoint is limited to ten requests a minute from one address; the other wants an API key.
/// </summary>
internal sealed class DetectionApi(TimeProvider time, TargetBehaviour behaviour, TargetStatistics statistics)
{
    private const int DemoRequestsPerMinute = 10;
    private const double BaseMilliseconds = 60;
    private const double MillisecondsPerEvent = 0.28;

    private readonly SimulatedWork _work = new(time, behaviour);
    private readonly FixedWindowLimiter _limiter = new(time, behaviour);
    private readonly DetectorCache _detectors = new(behaviour, statistics);
    private long _served;

    public void Map(WebApplication app)
    {
        app.MapGet("/healthz", context => context.AnswerAsync(StatusCodes.Status200OK, w => w.WriteString("status", "ok")));
        app.MapGet("/readyz", context => context.AnswerAsync(StatusCodes.Status200OK, w => w.WriteBoolean("ready", true)));
        app.MapPost("/v1/demo/detect", DemoAsync);
        app.MapGet("/v1/detectors", context => context.AnswerAsync(StatusCodes.Status200OK, _detectors.Describe));
        app.MapPost("/v1/detect", context => context.Request.Headers["x-api-key"].Count == 0
            ? context.FailAsync(StatusCodes.Status401Unauthorized, "the header x-api-key is missing")
            : DetectAsync(context));
    }

    private Task DemoAsync(HttpContext context)
    {
        if (_limiter.Take(context, DemoRequestsPerMinute) >= 0)
        {
            return DetectAsync(context);
        }

        statistics.Count("detection.limited");
        return context.FailAsync(StatusCodes.Status429TooManyRequests, "ten requests a minute");
    }

    private async Task DetectAsync(HttpContext context)
    {
        using var body = await JsonBodies.ReadAsync(context);
        if (body is null || !body.TryString("stream_id", out var stream)
            || !body.RootElement.TryGetProperty("events", out var events) || events.ValueKind != JsonValueKind.Array)
        {
            await context.FailAsync(StatusCodes.Status400BadRequest, "body must be {\"stream_id\": string, \"profile\": string (optional), \"events\": [{\"message\": string}, …]}");
            return;
        }

        if (_work.Fails())
        {
            await context.FailAsync(StatusCodes.Status503ServiceUnavailable, "out of detectors");
            return;
        }

        _detectors.Use(stream);
        var limit = Limit(body.TryString("profile", out var profile) ? profile : "balanced");
        var anomalies = new List<int>();
        var count = 0;
        foreach (var e in events.EnumerateArray())
        {
            if (e.ValueKind == JsonValueKind.Object && e.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String
                && Entropy.BitsPerCharacter(message.GetString()!) > limit)
            {
                anomalies.Add(count);
            }

            count++;
        }

        var served = Interlocked.Increment(ref _served);
        var leaked = behaviour.Has(Misbehaviour.Leak) ? 1 + behaviour.LeakPerRequest * served : 1;
        var milliseconds = await _work.DoAsync(context, BaseMilliseconds + MillisecondsPerEvent * count, leaked);
        statistics.Count("detection.requests");
        statistics.Count("detection.events", count);
        statistics.Count("detection.anomalies", anomalies.Count);
        await context.AnswerAsync(StatusCodes.Status200OK, w =>
        {
            w.WriteBoolean("success", true);
            w.WriteString("stream_id", stream);
            w.WriteNumber("total_events", count);
            w.WriteNumber("processing_time_ms", milliseconds);
            w.WriteStartArray("anomalies");
            foreach (var index in anomalies)
            {
                w.WriteStartObject();
                w.WriteNumber("index", index);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    /// <summary>Bits per character above which a message is an anomaly.</summary>
    private static double Limit(string profile) => profile switch
    {
        "sensitive" => 4.3,
        "strict" => 4.7,
        _ => 4.5,
    };
}
