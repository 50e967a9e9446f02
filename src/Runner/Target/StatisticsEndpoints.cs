using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Runner.Target;

/// <summary><c>/stats</c>: what the server saw, for comparison with what a report says. Not counted itself.</summary>
internal static class StatisticsEndpoints
{
    public static void Map(WebApplication app, TargetStatistics statistics)
    {
        app.MapGet("/stats", context => TargetEndpoints.WriteJsonAsync(context, w =>
        {
            w.WriteStartObject();
            w.WriteNumber("elapsed_ns", statistics.Elapsed);
            w.WriteNumber("requests", statistics.Requests);
            w.WriteStartObject("routes");
            foreach (var (route, count) in statistics.Routes.OrderBy(r => r.Key, StringComparer.Ordinal))
            {
                w.WriteNumber(route, count);
            }

            w.WriteEndObject();
            w.WriteStartObject("statuses");
            foreach (var (status, count) in statistics.Statuses.OrderBy(s => s.Key))
            {
                w.WriteNumber(status.ToString(CultureInfo.InvariantCulture), count);
            }

            w.WriteEndObject();
            w.WriteStartObject("counters");
            foreach (var (counter, count) in statistics.Counters.OrderBy(c => c.Key, StringComparer.Ordinal))
            {
                w.WriteNumber(counter, count);
            }

            w.WriteEndObject();
            w.WriteEndObject();
        }));
        app.MapDelete("/stats", context =>
        {
            statistics.Reset();
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        app.MapGet("/stats/log", context => TargetEndpoints.WriteJsonAsync(context, w =>
        {
            w.WriteStartArray();
            foreach (var entry in statistics.Log())
            {
                w.WriteStartObject();
                w.WriteNumber("at_ns", entry.At);
                w.WriteString("method", entry.Method);
                w.WriteString("url", entry.Url);
                w.WriteString("client", entry.Client);
                w.WriteNumber("service_us", entry.Service);
                w.WriteNumber("status", entry.Status);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        }));
    }
}
