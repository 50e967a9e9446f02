using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Runner.Target;

/// <summary><c>/limited</c>: a fixed-window limit per client address, with 429 and Retry-After (whole seconds, RFC 9110 10.2.3).</summary>
internal sealed class RateLimit(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (long Start, int Count)> _windows = new(StringComparer.Ordinal);

    public void Map(WebApplication app) => app.MapMethods("/limited", ["GET", "POST"], Answer);

    private Task Answer(HttpContext context)
    {
        var limit = TargetEndpoints.QueryInt(context, "perMinute", 10);
        var now = time.GetTimestamp();
        var (start, count) = _windows.AddOrUpdate(
            $"{context.Connection.RemoteIpAddress} {limit}",
            static (_, now) => (now, 1),
            (_, window, now) => time.GetElapsedTime(window.Start, now) >= Window ? (now, 1) : (window.Start, window.Count + 1),
            now);
        if (count > limit)
        {
            var left = Window - time.GetElapsedTime(start, now);
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(left.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return TargetEndpoints.WriteJsonAsync(context, w =>
        {
            w.WriteStartObject();
            w.WriteNumber("remaining", Math.Max(0, limit - count));
            w.WriteEndObject();
        });
    }
}
