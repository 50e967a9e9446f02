using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Runner.Target;

/// <summary>
/// The demo target: a small HTTP server with known behaviour, so that a first run, a rehearsal of a manifest and our own tests have
/// something true to measure. Endpoints are listed by <c>GET /</c> and in docs/demo-target.md.
/// </summary>
public sealed class TargetServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource<bool> _end;

    private TargetServer(WebApplication app, TargetStatistics statistics, Uri url, TaskCompletionSource<bool> end)
    {
        (_app, _end) = (app, end);
        Statistics = statistics;
        Url = url;
    }

    /// <summary>Base URL with the port that was bound.</summary>
    public Uri Url { get; }

    /// <summary>What the server has seen so far.</summary>
    public TargetStatistics Statistics { get; }

    /// <summary>Binds and serves.</summary>
    /// <param name="address">Address to listen on; loopback unless the caller is a Pod.</param>
    /// <param name="port">0 picks a free port.</param>
    /// <param name="time">Clock of all delays, windows and limits.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static Task<TargetServer> StartAsync(IPAddress address, int port, TimeProvider time, CancellationToken cancellation = default) =>
        StartAsync(address, port, time, TargetBehaviour.Documented, cancellation);

    /// <summary>Binds and serves.</summary>
    /// <param name="address">Address to listen on; loopback unless the caller is a Pod.</param>
    /// <param name="port">0 picks a free port.</param>
    /// <param name="time">Clock of all delays, windows and limits.</param>
    /// <param name="behaviour">How the simulated systems behave.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static async Task<TargetServer> StartAsync(
        IPAddress address, int port, TimeProvider time, TargetBehaviour behaviour, CancellationToken cancellation = default)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            // HTTP/2 over cleartext needs prior knowledge and its own port; the demo speaks HTTP/1.1.
            options.Listen(address, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        var statistics = new TargetStatistics(time);
        app.Use(next => context => CountAsync(context, next, statistics));
        TargetEndpoints.Map(app, time, behaviour, statistics);
        var end = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (behaviour.Has(Misbehaviour.Crash))
        {
            app.MapPost("/crash", _ =>
            {
                end.TrySetResult(true);
                return Task.CompletedTask;
            });
        }

        await app.StartAsync(cancellation);
        var bound = new Uri(app.Urls.First());
        return new TargetServer(app, statistics, bound, end);
    }

    /// <summary>Serves until <paramref name="cancellation"/> fires, or until somebody made it crash.</summary>
    /// <returns>Whether it crashed.</returns>
    public async Task<bool> WaitAsync(CancellationToken cancellation)
    {
        await using (cancellation.Register(() => _end.TrySetResult(false)))
        {
            return await _end.Task;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Requests that are held on purpose (a stall, an endless body) must not hold the shutdown.
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static async Task CountAsync(HttpContext context, RequestDelegate next, TargetStatistics statistics)
    {
        if (context.Request.Path.StartsWithSegments("/stats") || context.Request.Path == MetricsEndpoint.Path)
        {
            await next(context);
            return;
        }

        var entry = statistics.Arrived(
            context.Request.Method, context.Request.Path, context.Request.QueryString.Value ?? "", context.Connection.RemoteIpAddress?.ToString() ?? "");
        context.Response.OnStarting(() =>
        {
            entry.Service = (statistics.Elapsed - entry.At) / 1000;
            context.Response.Headers["server-timing"] = string.Create(CultureInfo.InvariantCulture, $"app;dur={entry.Service / 1000.0:F3}");
            return Task.CompletedTask;
        });
        try
        {
            await next(context);
        }
        finally
        {
            entry.Status = context.RequestAborted.IsCancellationRequested ? 0 : context.Response.StatusCode;
            statistics.Answered(entry.Status);
        }
    }
}
