using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Runner.Target;

/// <summary>Counts requests by source in windows that start with a source's first request.</summary>
internal sealed class FixedWindowLimiter(TimeProvider time, TargetBehaviour behaviour)
{
    private readonly ConcurrentDictionary<string, (long Start, int Count)> _windows = new(StringComparer.Ordinal);

    /// <summary>Counts a request. Over the limit the answer gets 429 and Retry-After (whole seconds, RFC 9110 10.2.3).</summary>
    /// <returns>How many requests the source has left in its window; negative when this one was too many.</returns>
    public int Take(HttpContext context, int limit)
    {
        if (behaviour.Has(Misbehaviour.Unlimited))
        {
            return limit;
        }

        var window = behaviour.LimiterWindow;
        var now = time.GetTimestamp();
        var (start, count) = _windows.AddOrUpdate(
            $"{context.Connection.RemoteIpAddress} {limit}",
            static (_, state) => (state.now, 1),
            (_, current, state) => time.GetElapsedTime(current.Start, state.now) >= state.window ? (state.now, 1) : (current.Start, current.Count + 1),
            (now, window));
        if (count > limit)
        {
            var left = window - time.GetElapsedTime(start, now);
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(left.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return limit - count;
    }
}
