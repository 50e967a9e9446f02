using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Runner.Target;

/// <summary>
/// <c>/fail/{rate}</c>: after n requests exactly floor(n · rate) have failed. A random share would make every test of an error rate
/// a test of luck.
/// </summary>
internal sealed class FailShare
{
    private readonly ConcurrentDictionary<string, long[]> _requests = new(StringComparer.Ordinal);

    public void Map(WebApplication app) => app.MapMethods("/fail/{rate}", ["GET", "POST"], Answer);

    private Task Answer(HttpContext context)
    {
        var text = (string)context.Request.RouteValues["rate"]!;
        if (!double.TryParse(text, CultureInfo.InvariantCulture, out var rate) || rate is not (>= 0 and <= 1) || _requests.Count > 1000)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        }

        var n = Interlocked.Increment(ref _requests.GetOrAdd(text, static _ => new long[1])[0]);
        var fails = Math.Floor(n * rate) > Math.Floor((n - 1) * rate);
        context.Response.StatusCode = fails ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK;
        return TargetEndpoints.WriteJsonAsync(context, w =>
        {
            w.WriteStartObject();
            w.WriteBoolean("ok", !fails);
            w.WriteEndObject();
        });
    }
}
