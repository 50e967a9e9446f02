using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LoadTesting.Runner.Agent;

/// <summary>
/// Kestrel by itself, with a table of paths. The web application around it (host, container of services, middleware, routing by patterns) is for programs with more than a dozen fixed
/// paths, and an agent would make all of it before it is ready (docs/decisions/0020).
/// </summary>
internal sealed class BareHttpServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private readonly Dictionary<string, (string Method, RequestDelegate Handler)> _routes = new(StringComparer.OrdinalIgnoreCase);
    private readonly RequestDelegate _before;
    private readonly KestrelServer _server;
    private readonly bool _isTls;

    /// <summary>A server that does not listen yet.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="port">Port; 0 = any free one.</param>
    /// <param name="connections">Most connections at once; one more is closed as soon as it is accepted.</param>
    /// <param name="before">What happens to each request before it is handled.</param>
    /// <param name="time">Clock of handshakes.</param>
    /// <param name="certificate">Serves TLS with it; null serves cleartext.</param>
    public BareHttpServer(IPAddress address, int port, int connections, RequestDelegate before, TimeProvider time, X509Certificate2? certificate = null)
    {
        _before = before;
        var options = new KestrelServerOptions { AddServerHeader = false };
        AgentLimits.Apply(options.Limits, connections);
        options.Listen(address, port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (certificate is not null)
            {
                listen.UseTls(certificate, AgentLimits.Patience, time);
            }
        });
        _isTls = certificate is not null;
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        _server = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
    }

    /// <summary>Base URL with the port that was bound; after <see cref="StartAsync"/>.</summary>
    public Uri Url
    {
        get
        {
            var bound = new Uri(_server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
            return _isTls ? new UriBuilder(bound) { Scheme = Uri.UriSchemeHttps }.Uri : bound;
        }
    }

    /// <summary>Adds a path, before <see cref="StartAsync"/>.</summary>
    public void Map(string method, string path, RequestDelegate handler) => _routes.Add(path, (method, handler));

    /// <summary>Binds and serves.</summary>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public Task StartAsync(CancellationToken cancellation) => _server.StartAsync(this, cancellation);

    /// <summary>Listens no more, and lets answers under way go out until <paramref name="soon"/>.</summary>
    public Task StopAsync(CancellationToken soon) => _server.StopAsync(soon);

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(HttpContext context)
    {
        await _before(context);
        var path = context.Request.Path.Value ?? "";
        if (!_routes.TryGetValue(path.Length > 1 ? path.TrimEnd('/') : path, out var route))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (!HttpMethods.Equals(context.Request.Method, route.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = route.Method;
        }
        else
        {
            await route.Handler(context);
        }
    }

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // The context's features are the connection's, which uses them again.
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return ValueTask.CompletedTask;
    }
}
