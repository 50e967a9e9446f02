using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;

namespace LoadTesting.Runner.Target;

/// <summary>
/// <c>/metrics</c>: what a Prometheus scrapes of the demo target. Its memory is a simulated one, so that tests do not depend on a garbage collector: a base, and with a leak some bytes more for
/// each request that was ever served. Not counted itself.
/// </summary>
internal static class MetricsEndpoint
{
    /// <summary>Route.</summary>
    public const string Path = "/metrics";

    /// <summary>Bytes in use when nothing was served yet.</summary>
    public const long BaseMemory = 20_000_000;

    /// <summary>Bytes that a leaking target keeps of each request.</summary>
    public const long LeakedBytes = 20_000;

    public static void Map(WebApplication app, TargetBehaviour behaviour, TargetStatistics statistics) => app.MapGet(Path, context =>
    {
        var leaked = behaviour.Has(Misbehaviour.Leak) ? statistics.Requests * LeakedBytes : 0;
        var text = new StringBuilder();
        Family(text, "demo_requests_total", "counter", "Requests that arrived.", statistics.Requests);
        Family(text, "demo_memory_bytes", "gauge", "Memory in use.", BaseMemory + leaked);
        Family(text, "demo_queue_lag", "gauge", "Requests under way.", statistics.Requests - statistics.Statuses.Values.Sum(v => (long)v));
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, 0, bytes.Length, context.RequestAborted);
    });

    private static void Family(StringBuilder text, string name, string type, string help, long value) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n{name} {value}\n");
}
