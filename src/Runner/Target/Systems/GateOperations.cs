using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Runner.Target.Systems;

/// <summary>
/// What the phase gates measure. Operations of a millisecond and less only report their duration, as a system does that measures itself;
/// the others also take it. All lie at 60 % of what their gate allows.
/// </summary>
internal sealed class GateOperations(TimeProvider time, TargetBehaviour behaviour, TargetStatistics statistics)
{
    private const int MaxKeys = 100_000;
    private const int Accounts = 10;
    private const long OpeningBalance = 1000;
    private const double JobMilliseconds = 3000;

    /// <summary>Route, duration in ms, whether it is also waited for.</summary>
    private static readonly (string Method, string Route, double Milliseconds, bool Waits)[] Operations =
    [
        ("GET", "/api/stats", 60, true),
        ("POST", "/api/processes/message", 0.6, false),
        ("POST", "/api/processes/spawn", 0.3, false),
        ("POST", "/api/genserver/call", 3, false),
        ("POST", "/api/genserver/crash", 60, false),
        ("GET", "/api/registry/{name}", 0.6, false),
        ("POST", "/api/workers", 1, false),
        ("GET", "/api/queries/simple", 6, true),
        ("GET", "/api/queries/complex", 30, true),
        ("GET", "/page", 30, true),
        ("POST", "/api/events", 1, false),
        ("POST", "/api/cache/reads", 0.3, false),
        ("POST", "/api/rpc", 12, false),
        ("GET", "/api/telemetry", 3, false),
        ("POST", "/api/e2e/login", 30, true),
        ("POST", "/api/e2e/cart", 40, true),
        ("POST", "/api/e2e/checkout", 50, true),
        ("POST", "/api/audited", 3, false),
        ("POST", "/api/inference", 120, true),
        ("POST", "/api/inference/batch", 120, true),
        ("POST", "/api/models/swap", 600, true),
    ];

    private readonly SimulatedWork _work = new(time, behaviour);
    private readonly ConcurrentDictionary<string, Lazy<string>> _cache = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, (long Start, double Takes)> _jobs = new();
    private readonly bool _losesUpdates = behaviour.Has(Misbehaviour.LostUpdates);
    private readonly long[] _balances = [.. Enumerable.Repeat(OpeningBalance, Accounts)];
    private readonly Lock _lock = new();
    private int _lastJob;
    private long _transfers;

    public void Map(WebApplication app)
    {
        foreach (var (method, route, milliseconds, waits) in Operations)
        {
            app.MapMethods(route, [method], context => OperateAsync(context, milliseconds, waits));
        }

        app.MapPost("/api/csv/parse", ParseAsync);
        app.MapGet("/api/memory", context => context.AnswerAsync(StatusCodes.Status200OK, w => w.WriteNumber("used_mb", behaviour.Has(Misbehaviour.Leak) ? 60 : 30)));
        app.MapPost("/api/transfers", TransferAsync);
        app.MapGet("/api/accounts/total", TotalAsync);
        app.MapPost("/api/jobs", SubmitAsync);
        app.MapGet("/api/jobs/{id:int}", JobAsync);
        app.MapGet("/api/cache/{key}", CacheAsync);
    }

    /// <summary>Answers with the duration, and with how many things were done at once: the length of the body's <c>events</c>, or its <c>count</c>, or 1.</summary>
    private async Task OperateAsync(HttpContext context, double milliseconds, bool waits)
    {
        using var body = context.Request.ContentLength > 0 ? await JsonBodies.ReadAsync(context) : null;
        var count = body is null ? 1
            : body.RootElement.TryGetProperty("events", out var events) && events.ValueKind == JsonValueKind.Array ? events.GetArrayLength()
            : body.TryCount("count", out var given) ? given : 1;
        if (_work.Fails())
        {
            await context.FailAsync(StatusCodes.Status503ServiceUnavailable, "try again later");
            return;
        }

        var took = waits ? await _work.DoAsync(context, milliseconds) : _work.Milliseconds(milliseconds);
        statistics.Count($"gates{context.Request.Path.Value}", count);
        await AnswerAsync(context, took, w => w.WriteNumber("count", count));
    }

    private async Task ParseAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var rows = 0;
        while (await reader.ReadLineAsync(context.RequestAborted) is { } line)
        {
            rows += line.Contains(',', StringComparison.Ordinal) ? 1 : 0;
        }

        var took = await _work.DoAsync(context, 30);
        statistics.Count("gates/api/csv/parse", rows);
        await AnswerAsync(context, took, w => w.WriteNumber("rows", rows));
    }

    /// <summary>Moves one unit between two accounts: the total stays what it is, or money was made.</summary>
    private async Task TransferAsync(HttpContext context)
    {
        using var body = await JsonBodies.ReadAsync(context);
        if (body is null || !body.TryCount("from", out var from) || !body.TryCount("to", out var to) || from >= Accounts || to >= Accounts)
        {
            await context.FailAsync(StatusCodes.Status400BadRequest, "body must be {\"from\": 0 to 9, \"to\": 0 to 9}");
            return;
        }

        lock (_lock)
        {
            _balances[from]--;
            // A transaction that is not one.
            _balances[to] += _losesUpdates && ++_transfers % 10 == 0 ? 0 : 1;
        }

        statistics.Count("gates/api/transfers");
        await AnswerAsync(context, _work.Milliseconds(1), _ => { });
    }

    private Task TotalAsync(HttpContext context)
    {
        long total;
        lock (_lock)
        {
            total = _balances.Sum();
        }

        return context.AnswerAsync(StatusCodes.Status200OK, w =>
        {
            w.WriteNumber("total", total);
            w.WriteNumber("expected", Accounts * OpeningBalance);
        });
    }

    private Task SubmitAsync(HttpContext context)
    {
        if (_jobs.Count >= MaxKeys)
        {
            context.Response.Headers.RetryAfter = "1";
            return context.FailAsync(StatusCodes.Status429TooManyRequests, "the queue is full");
        }

        var id = Interlocked.Increment(ref _lastJob);
        _jobs[id] = (time.GetTimestamp(), _work.Milliseconds(JobMilliseconds));
        statistics.Count("gates/api/jobs");
        return context.AnswerAsync(StatusCodes.Status202Accepted, w => w.WriteNumber("id", id));
    }

    private Task JobAsync(HttpContext context)
    {
        if (!_jobs.TryGetValue(TargetEndpoints.RouteInt(context, "id"), out var job))
        {
            return context.FailAsync(StatusCodes.Status404NotFound, "no such job");
        }

        var done = time.GetElapsedTime(job.Start).TotalMilliseconds >= job.Takes;
        return context.AnswerAsync(StatusCodes.Status200OK, w =>
        {
            w.WriteString("state", done ? "done" : "queued");
            w.WriteNumber("latency_ms", job.Takes);
        });
    }

    /// <summary>A value is computed once, however many ask for it at the same time: no stampede.</summary>
    private async Task CacheAsync(HttpContext context)
    {
        var key = (string)context.Request.RouteValues["key"]!;
        var computed = false;
        var known = _cache.Count >= MaxKeys ? "" : _cache.GetOrAdd(key, static (k, self) => new Lazy<string>(() => self(k)), Compute).Value;
        context.Response.Headers["x-cache"] = computed ? "miss" : "hit";
        await AnswerAsync(context, _work.Milliseconds(0.3), w => w.WriteString("value", known));

        string Compute(string k)
        {
            computed = true;
            statistics.Count("gates/api/cache/computed");
            return string.Create(CultureInfo.InvariantCulture, $"value of {k}");
        }
    }

    private static Task AnswerAsync(HttpContext context, double milliseconds, Action<Utf8JsonWriter> more) => context.AnswerAsync(StatusCodes.Status200OK, w =>
    {
        w.WriteNumber("duration_ms", milliseconds);
        more(w);
    });
}
