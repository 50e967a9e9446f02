using System.Net;
using System.Net.Sockets;
using LoadTesting.Runner.Http.Proxies;

namespace LoadTesting.Runner.Http;

/// <summary>Opens one virtual user's connections and notes how long name, TCP and TLS took. TLS happens here because only here its end can be seen and its SNI chosen.</summary>
internal sealed class ConnectionOpener
{
    private readonly HttpSettings _settings;
    private readonly AddressBook _addresses;
    private readonly IPAddress? _local;
    private readonly MonotonicClock _clock;
    private readonly ExchangeTrace _trace;
    private string _tlsVersion = "";

    public ConnectionOpener(HttpSettings settings, AddressBook addresses, IPAddress? local, MonotonicClock clock, ExchangeTrace trace)
    {
        (_settings, _addresses, _local, _clock, _trace) = (settings, addresses, local, clock, trace);
    }

    /// <summary>The request whose exchange is under way: only its own attempt may write to the trace, a late one of an earlier request may not.</summary>
    public HttpRequestMessage? Current { get; set; }

    /// <summary>Protocol of the last handshake, as k6 writes it; empty for a URL without TLS.</summary>
    public string TlsVersion(Uri url) => url.Scheme == Uri.UriSchemeHttps ? _tlsVersion : "";

    /// <summary>A connection for the request; with TLS an SslStream, which the handler takes as it is.</summary>
    public async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var request = context.InitialRequestMessage;
        var error = TransportError.Dns;
        try
        {
            var url = request.RequestUri!;
            var proxy = _settings.Proxies?.For(url);
            if (proxy is not null) _addresses.RefuseBlocked(url.IdnHost);
            var endPoint = await _addresses.ResolveAsync(proxy?.Host ?? url.IdnHost, proxy?.Port ?? context.DnsEndPoint.Port, cancellation);

            error = TransportError.Dial;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(_settings.ConnectTimeout.ToTimeSpan());
            var began = _clock.Now;
            var transport = await ConnectAsync(endPoint, limit.Token);
            var connected = _clock.Now;
            if (url.Scheme != Uri.UriSchemeHttps && proxy is null)
            {
                Note(request, connected - began, 0);
                return new WireStream(transport, _trace, WireLayer.Transport | WireLayer.Plaintext | (_settings.H2c ? WireLayer.Frames : 0));
            }

            error = TransportError.Tls;
            Stream carrier = new WireStream(transport, _trace, WireLayer.Transport);
            if (proxy is not null) carrier = await ThroughAsync(proxy, url, carrier, limit.Token);
            var tunnelled = _clock.Now;
            if (url.Scheme != Uri.UriSchemeHttps)
            {
                Note(request, connected - began, 0);
                return new WireStream(carrier, _trace, WireLayer.Plaintext);
            }

            var tls = await TlsHandshake.RunAsync(_settings, url.IdnHost, carrier, limit.Token);
            _tlsVersion = TlsHandshake.Version(tls);
            Note(request, connected - began, _clock.Now - tunnelled);
            return tls;
        }
        catch (Exception e)
        {
            if (ReferenceEquals(request, Current) && _trace.ConnectError == TransportError.None)
            {
                _trace.ConnectFailed(ErrorClassifier.OfConnecting(e, error));
            }

            throw;
        }
    }

    /// <summary>The layer that sees what HTTP says, above TLS. Without TLS the connection already is one.</summary>
    public ValueTask<Stream> FilterAsync(SocketsHttpPlaintextStreamFilterContext context)
    {
        var isTwo = context.NegotiatedHttpVersion.Major >= 2;
        var wire = context.PlaintextStream as WireStream ?? new WireStream(context.PlaintextStream, _trace, WireLayer.Plaintext | (isTwo ? WireLayer.Frames : 0));
        return new ValueTask<Stream>(isTwo ? wire : new ListeningStream(wire, _trace, _clock.Time));
    }

    private async Task<Stream> ThroughAsync(Proxy proxy, Uri url, Stream carrier, CancellationToken cancellation)
    {
        try
        {
            if (proxy.Kind == ProxyKind.Https) carrier = await TlsHandshake.RunAsync(_settings, proxy.Host, carrier, cancellation, isProxy: true);
            if (proxy.Tunnels(url)) await ProxyTunnel.OpenAsync(carrier, proxy, url, cancellation);
            return carrier;
        }
        catch
        {
            await carrier.DisposeAsync();
            throw;
        }
    }

    private async ValueTask<NetworkStream> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellation)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (_local is not null) socket.Bind(new IPEndPoint(_local, 0));
            await socket.ConnectAsync(endPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Note(HttpRequestMessage request, long connecting, long handshaking)
    {
        if (ReferenceEquals(request, Current)) _trace.Connected(connecting, handshaking);
    }
}
