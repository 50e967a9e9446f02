using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>A target whose faults are scripted, and which knows itself what it did.</summary>
internal sealed class OracleServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Stopwatch _clock = new();
    private readonly Lock _lock = new();
    private long _arrived;

    private OracleServer(WebApplication app) => _app = app;

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Requests answered.</summary>
    public long Answered { get; private set; }

    /// <summary>Requests answered with 500.</summary>
    public long Failed { get; private set; }

    /// <summary>From the arrival of the first to the answer of the last failed request.</summary>
    public TimeSpan Gap => _lastFailed - _firstFailed;

    /// <summary>Ends when the first request fails.</summary>
    public Task FirstFailure => _failing.Task;

    private readonly TaskCompletionSource _failing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _firstFailed = TimeSpan.MaxValue;
    private TimeSpan _lastFailed;

    public static async Task<OracleServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new OracleServer(app);
        app.MapGet("/ok", () => server.Answer(false));
        // Every third request within the window fails.
        app.MapGet("/errors", (double after, double length) =>
        {
            var (number, at) = server.Arrive();
            var fails = number % 3 == 0 && at.TotalSeconds >= after && at.TotalSeconds < after + length;
            if (fails) server.Fails(at);
            return server.Answer(fails);
        });
        // One replica of three is slow.
        app.MapGet("/replica", async (int slow) =>
        {
            var (number, _) = server.Arrive();
            await Task.Delay(number % 3 == 0 ? slow : 5);
            return server.Answer(false);
        });
        // Every second of its life makes it slower by a share of what it was.
        app.MapGet("/leak", async (double share) =>
        {
            var (_, at) = server.Arrive();
            await Task.Delay(TimeSpan.FromMilliseconds(20 * (1 + (share * at.TotalSeconds))));
            return server.Answer(false);
        });
        app.MapGet("/slow", async (HttpContext context, int ms) =>
        {
            await context.Response.WriteAsync("{");
            await context.Response.Body.FlushAsync();
            await Task.Delay(ms);
            await context.Response.WriteAsync("}");
            server.Answer(false);
        });
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private (long Number, TimeSpan At) Arrive()
    {
        lock (_lock)
        {
            _clock.Start();
            return (_arrived++, _clock.Elapsed);
        }
    }

    private void Fails(TimeSpan at)
    {
        lock (_lock)
        {
            if (at < _firstFailed) _firstFailed = at;
            Failed++;
        }

        _failing.TrySetResult();
    }

    private IResult Answer(bool fails)
    {
        lock (_lock)
        {
            Answered++;
            if (fails) _lastFailed = _clock.Elapsed;
        }

        return fails ? Results.StatusCode(500) : Results.Text("ok");
    }
}
