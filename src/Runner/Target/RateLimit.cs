using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Runner.Target;

/// <summary><c>/limited</c>: a fixed-window limit per client address.</summary>
internal sealed class RateLimit(TimeProvider time, TargetBehaviour behaviour)
{
    private readonly FixedWindowLimiter _limiter = new(time, behaviour);

    public void Map(WebApplication app) => app.MapMethods("/limited", ["GET", "POST"], Answer);

    private Task Answer(HttpContext context)
    {
        var left = _limiter.Take(context, TargetEndpoints.QueryInt(context, "perMinute", 10));
        return TargetEndpoints.WriteJsonAsync(context, w =>
        {
            w.WriteStartObject();
            w.WriteNumber("remaining", Math.Max(0, left));
            w.WriteEndObject();
        });
    }
}
