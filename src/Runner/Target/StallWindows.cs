using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Runner.Target;

/// <summary>
/// <c>/stall/{after}/{for}</c>: a server that freezes once. With a constant arrival rate over T seconds and a stall of S seconds the
/// true quantile of the response time is p_q ≈ S − (1−q)·T + service: the oracle for coordinated omission.
/// </summary>
internal sealed class StallWindows(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _firstRequest = new(StringComparer.Ordinal);

    public void Map(WebApplication app) => app.MapGet("/stall/{after:int}/{for:int}", AnswerAsync);

    private async Task AnswerAsync(HttpContext context)
    {
        var now = time.GetTimestamp();
        var after = TimeSpan.FromMilliseconds(TargetEndpoints.RouteInt(context, "after"));
        var length = TimeSpan.FromMilliseconds(Math.Min(TargetEndpoints.RouteInt(context, "for"), 60_000));
        // The query takes part in the key: a test separates its window from others by any ?run=… it likes.
        var key = string.Concat(context.Request.Path.Value, context.Request.QueryString.Value);
        var first = _firstRequest.GetOrAdd(key, now);
        var wait = TimeSpan.FromMilliseconds(TargetEndpoints.QueryInt(context, "service", 0));
        var since = time.GetElapsedTime(first, now);
        if (since >= after && since < after + length)
        {
            wait += after + length - since;
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, context.RequestAborted);
        }

        context.Response.ContentLength = 0;
    }
}
