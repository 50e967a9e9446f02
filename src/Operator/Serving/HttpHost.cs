using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using LoadTesting.Kubernetes.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Operator.Serving;

/// <summary>
/// An HTTP/1.1 server with a fixed set of paths that lives as long as the process. What it answers is a matter of the routes alone; what it takes, of <see cref="ServerLimits"/>.
/// </summary>
public sealed class HttpHost : IRunnable
{
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(2);

    private readonly IPEndPoint _address;
    private readonly IReadOnlyDictionary<string, RequestDelegate> _routes;
    private readonly TimeProvider _time;
    private readonly Func<X509Certificate2>? _certificate;
    private readonly ServerLimits _limits;
    private readonly PeerLimit _peers;
    private readonly TaskCompletionSource<Uri> _bound = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="address">Where to listen; port 0 takes any free one.</param>
    /// <param name="routes">Path → answer. Other paths are not found.</param>
    /// <param name="time">Clock of the graceful stop.</param>
    /// <param name="certificate">Asked for every TLS handshake, so that it may change; null serves plain HTTP.</param>
    /// <param name="limits">What it takes; null = the defaults, for those who only answer reads.</param>
    public HttpHost(
        IPEndPoint address, IReadOnlyDictionary<string, RequestDelegate> routes, TimeProvider time, Func<X509Certificate2>? certificate = null, ServerLimits? limits = null)
    {
        _limits = limits ?? new ServerLimits();
        _peers = new PeerLimit(_limits.Connections, _limits.ConnectionsPerPeer);
        _address = address;
        _routes = routes;
        _time = time;
        _certificate = certificate;
    }

    /// <summary>The base URL, once it listens.</summary>
    public Task<Uri> Bound => _bound.Task;

    /// <summary>Serves until cancelled; answers under way still go out.</summary>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var app = Build();
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (Exception e)
        {
            _bound.TrySetException(e);
            throw;
        }

        _bound.TrySetResult(new Uri(app.Urls.First()));
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var soon = new CancellationTokenSource(LastAnswers, _time);
        await app.StopAsync(soon.Token);
    }

    /// <summary>Answers with a text.</summary>
    public static Task WriteAsync(HttpContext context, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Logging.ClearProviders();
        // Signals are the process's own matter, not a server's.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = _limits.LargestBody;
            kestrel.Limits.MaxRequestHeadersTotalSize = _limits.LargestHead;
            kestrel.Limits.MaxRequestLineSize = _limits.LargestHead / 2;
            kestrel.Limits.RequestHeadersTimeout = _limits.Head;
            kestrel.Limits.KeepAliveTimeout = _limits.Idle;
            kestrel.Listen(_address, Configure);
        });
        var app = builder.Build();
        app.Run(AnswerAsync);
        return app;
    }

    /// <summary>A caller that sends its body, or takes its answer, octet by octet loses its connection.</summary>
    private async Task AnswerAsync(HttpContext context)
    {
        using var late = new CancellationTokenSource(_limits.Request, _time);
        await using var registration = late.Token.Register(context.Abort);
        await (_routes.TryGetValue(context.Request.Path.Value ?? "", out var route) ? route(context) : NotFoundAsync(context));
    }

    /// <summary>Before TLS: a handshake costs more than anything that comes after it.</summary>
    private async Task LimitAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var peer = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        peer = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
        if (!_peers.TryEnter(peer))
        {
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            _peers.Leave(peer);
        }
    }

    private void Configure(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection => LimitAsync(connection, next));
        if (_certificate is { } certificate)
        {
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = _limits.Head,
                OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificate = certificate(), EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 }),
            });
        }
    }

    private static Task NotFoundAsync(HttpContext context) => WriteAsync(context, 404, "text/plain; charset=utf-8", "not found\n"u8.ToArray());

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
