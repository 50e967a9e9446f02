using System.Text;
using LoadTesting.Kubernetes.Telemetry;
using LoadTesting.Operator.Serving;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Operator.Telemetry;

/// <summary>What the operator's plain-HTTP servers answer; give the routes to <see cref="HttpHost"/>.</summary>
public static class Endpoints
{
    /// <summary>The scrape: <c>/metrics</c>.</summary>
    public static IReadOnlyDictionary<string, RequestDelegate> Metrics(MetricRegistry registry) => new Dictionary<string, RequestDelegate>(StringComparer.Ordinal)
    {
        ["/metrics"] = Reading(async context =>
        {
            using var text = new MemoryStream();
            await registry.WriteAsync(text, context.RequestAborted);
            await HttpHost.WriteAsync(context, 200, MetricRegistry.ContentType, text.GetBuffer().AsMemory(0, (int)text.Length));
        }),
    };

    /// <summary>
    /// The probes. <c>/healthz</c> answers as long as the process can answer at all: what ails the operator for good ends it. <c>/readyz</c> answers 200 once
    /// nothing is missing, else 503 with what is.
    /// </summary>
    /// <param name="missing">What is not ready yet, as one line each; empty when everything is.</param>
    public static IReadOnlyDictionary<string, RequestDelegate> Health(Func<IEnumerable<string>> missing) => new Dictionary<string, RequestDelegate>(StringComparer.Ordinal)
    {
        ["/healthz"] = Reading(context => TextAsync(context, 200, "ok\n")),
        ["/readyz"] = Reading(context => missing().ToList() is { Count: > 0 } open ? TextAsync(context, 503, string.Join('\n', open) + "\n") : TextAsync(context, 200, "ok\n")),
    };

    private static RequestDelegate Reading(RequestDelegate answer) => context =>
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            return answer(context);
        }

        context.Response.Headers.Allow = "GET, HEAD";
        return TextAsync(context, 405, "GET or HEAD\n");
    };

    private static Task TextAsync(HttpContext context, int status, string text) =>
        HttpHost.WriteAsync(context, status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));
}
