using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LoadTesting.Runner.Engine;

/// <summary>
/// The other end of a warm-up: a socket on loopback that answers whatever comes with a small JSON document, over HTTP/1.1 or HTTP/2, with TLS (1.2 and 1.3
/// in turn, with a certificate of its own) or without. No server for anything else.
/// </summary>
internal sealed class WarmUpServer : IAsyncDisposable
{
    private static readonly byte[] Json = [.. """{"value":1,"list":[1,2]}"""u8];
    private static readonly byte[] Answer = [.. "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n"u8, .. Json];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly SslStreamCertificateContext? _identity;
    private readonly bool _isTwo;
    private readonly Task _serving;

    /// <summary>Listens.</summary>
    /// <param name="carrier">What is spoken.</param>
    /// <exception cref="SocketException">There is no loopback.</exception>
    public WarmUpServer(WarmUpCarrier carrier)
    {
        _isTwo = carrier is WarmUpCarrier.Http2 or WarmUpCarrier.Http2Clear;
        if (carrier is WarmUpCarrier.Tls or WarmUpCarrier.Http2) _identity = Identity();
        _listener.Start();
        var scheme = _identity is null ? "http" : "https";
        Url = $"{scheme}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _serving = ServeAsync();
    }

    /// <summary>Where it listens.</summary>
    public string Url { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    // Apart: who needs no TLS does not load the platform's.
    private static SslStreamCertificateContext Identity()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));

        // Through PKCS#12, because some platforms' TLS cannot use keys that live in memory only.
        return SslStreamCertificateContext.Create(X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null), null, offline: true);
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token), connections.Count % 2 == 0));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket socket, bool isNew)
    {
        try
        {
            socket.NoDelay = true;
            await using Stream transport = new NetworkStream(socket, ownsSocket: true);
            await using var stream = _identity is null ? transport : await SecureAsync(transport, isNew);
            if (_isTwo) await AnswerTwoAsync(stream);
            else await AnswerOneAsync(stream);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or AuthenticationException)
        {
            // The client has gone, or it is over.
        }
    }

    private async Task<Stream> SecureAsync(Stream transport, bool isNew)
    {
        var tls = new SslStream(transport);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _identity,
            EnabledSslProtocols = isNew ? SslProtocols.Tls13 : SslProtocols.Tls12,
            ApplicationProtocols = [_isTwo ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11],
        };
        await tls.AuthenticateAsServerAsync(options, _stop.Token);
        return tls;
    }

    // Reads whatever comes and answers once per read: head and body of so small a request arrive together, and if they do not, the answer is only early.
    private async Task AnswerOneAsync(Stream stream)
    {
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, _stop.Token) > 0) await stream.WriteAsync(Answer, _stop.Token);
    }

    // RFC 9113: the preface, then frames of nine octets and as many as the first three of them say. A request ends with the flag that ends its stream.
    private async Task AnswerTwoAsync(Stream stream)
    {
        const byte Data = 0, Headers = 1, Settings = 4, Ping = 6, EndStream = 1, Acknowledged = 1;
        var buffer = new byte[32 * 1024];
        await stream.ReadExactlyAsync(buffer.AsMemory(0, 24), _stop.Token);
        await stream.WriteAsync(Frame(Settings, 0, 0, []), _stop.Token);
        while (true)
        {
            await stream.ReadExactlyAsync(buffer.AsMemory(0, 9), _stop.Token);
            var (type, flags, number) = (buffer[3], buffer[4], BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(5)) & int.MaxValue);
            var payload = buffer.AsMemory(0, BinaryPrimitives.ReadInt32BigEndian(buffer) >>> 8);
            await stream.ReadExactlyAsync(payload, _stop.Token);
            if (type is Settings or Ping && (flags & Acknowledged) == 0)
            {
                await stream.WriteAsync(Frame(type, Acknowledged, 0, type == Ping ? payload.Span : []), _stop.Token);
            }
            else if (type is Headers or Data && (flags & EndStream) != 0)
            {
                // RFC 7541: status 200 is number 8 of the static table; a field without an index has its name and value behind their lengths.
                byte[] head = [0x88, 0, 12, .. "content-type"u8, 16, .. "application/json"u8];
                const byte EndHeaders = 4;
                byte[] answer = [.. Frame(Headers, EndHeaders, number, head), .. Frame(Data, EndStream, number, Json)];
                await stream.WriteAsync(answer, _stop.Token);
            }
        }
    }

    private static byte[] Frame(byte type, byte flags, int number, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), number);
        payload.CopyTo(frame.AsSpan(9));
        return frame;
    }
}
