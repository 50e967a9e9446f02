using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace LoadTesting.TestKit;

/// <summary>
/// A server that says exactly what its script says, octet by octet: real sockets on loopback, for behaviour that no well-behaved server would show. Each connection
/// runs the script from its beginning.
/// </summary>
public sealed class RawHttpServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<RawConnection, Task> _script;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;
    private int _accepted;
    private long _read;
    private long _written;

    private RawHttpServer(Func<RawConnection, Task> script, SslServerAuthenticationOptions? tls, IPAddress? address)
    {
        (_script, _tls, _listener) = (script, tls, new TcpListener(address ?? IPAddress.Loopback, 0));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Port on 127.0.0.1.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Base URL by address.</summary>
    public Uri Url => new($"{(_tls is null ? "http" : "https")}://127.0.0.1:{Port}/");

    /// <summary>Connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Octets read and written so far by all scripts, above TLS.</summary>
    public (long Read, long Written) Octets => (Interlocked.Read(ref _read), Interlocked.Read(ref _written));

    /// <summary>Heads of all requests read, in order of arrival.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Starts one.</summary>
    /// <param name="script">What to do on each connection; the connection is closed when it returns.</param>
    /// <param name="tls">Speaks TLS when given.</param>
    /// <param name="address">Where it listens; null = 127.0.0.1.</param>
    public static RawHttpServer Start(Func<RawConnection, Task> script, SslServerAuthenticationOptions? tls = null, IPAddress? address = null) => new(script, tls, address);

    /// <summary>Answers every request on every connection with the same octets.</summary>
    public static RawHttpServer Answering(string response, SslServerAuthenticationOptions? tls = null, IPAddress? address = null) => Start(
        async connection =>
        {
            while (await connection.ReadRequestAsync() is not null) await connection.WriteAsync(response);
        },
        tls,
        address);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    internal void CountRead(int octets) => Interlocked.Add(ref _read, octets);

    internal void CountWritten(int octets) => Interlocked.Add(ref _written, octets);

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                _connections.Add(ServeAsync(client));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                Stream stream = client.GetStream();
                if (_tls is not null)
                {
                    var secure = new SslStream(stream);
                    await secure.AuthenticateAsServerAsync(_tls, _stop.Token);
                    stream = secure;
                }

                await _script(new RawConnection(this, client, stream, _stop.Token));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
            {
                // The client went away or did not want to talk; the tests look at what the client makes of it.
            }
        }
    }
}

/// <summary>One connection of a <see cref="RawHttpServer"/>.</summary>
public sealed class RawConnection
{
    private readonly RawHttpServer _server;
    private readonly TcpClient _client;
    private readonly CancellationToken _stop;
    private Stream _stream;
    private readonly List<byte> _buffer = [];

    private readonly byte[] _chunk = new byte[64 * 1024];

    internal RawConnection(RawHttpServer server, TcpClient client, Stream stream, CancellationToken stop)
    {
        (_server, _client, _stream, _stop) = (server, client, stream, stop);
    }

    /// <summary>Where the client connects from.</summary>
    public IPAddress RemoteAddress => ((IPEndPoint)_client.Client.RemoteEndPoint!).Address;

    /// <summary>Reads a request with its Content-Length body; null when the client has closed.</summary>
    /// <returns>Head and body as text (Latin-1).</returns>
    public async Task<string?> ReadRequestAsync()
    {
        if (await ReadHeadAsync() is not { } head) return null;
        var length = head.Split("\r\n").Where(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Select(l => int.Parse(l[15..])).FirstOrDefault();
        var body = await ReadAsync(length);
        if (body.Length < length) return null;
        _server.Requests.Enqueue(head + body);
        return head + body;
    }

    /// <summary>What was read and not taken yet.</summary>
    public string Buffered => Encoding.Latin1.GetString([.. _buffer]);

    /// <summary>Reads a request's head only; null when the client has closed.</summary>
    public async Task<string?> ReadHeadAsync()
    {
        while (true)
        {
            var end = Buffered.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0) return await ReadAsync(end + 4);
            if (!await FillAsync()) return null;
        }
    }

    /// <summary>Reads so many octets; fewer when the client closes before.</summary>
    public async Task<string> ReadAsync(int count)
    {
        while (_buffer.Count < count && await FillAsync())
        {
            // Until there are enough.
        }

        var text = Encoding.Latin1.GetString([.. _buffer.Take(count)]);
        _buffer.RemoveRange(0, text.Length);
        return text;
    }

    /// <summary>Writes text as Latin-1.</summary>
    public Task WriteAsync(string text) => WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Writes octets.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> octets)
    {
        _server.CountWritten(octets.Length);
        await _stream.WriteAsync(octets, _stop);
        await _stream.FlushAsync(_stop);
    }

    /// <summary>Waits.</summary>
    public Task PauseAsync(int milliseconds) => Task.Delay(milliseconds, _stop);

    /// <summary>Waits until the client has closed or the server is disposed.</summary>
    public async Task UntilClosedAsync()
    {
        var chunk = new byte[4096];
        while (await _stream.ReadAsync(chunk, _stop) > 0)
        {
            // What still comes is of no interest.
        }
    }

    /// <summary>Speaks TLS from here on: for scripts that do something before it.</summary>
    public async Task SecureAsync(SslServerAuthenticationOptions tls)
    {
        var secure = new SslStream(_stream);
        await secure.AuthenticateAsServerAsync(tls, _stop);
        _stream = secure;
    }

    /// <summary>Whether it speaks TLS.</summary>
    public bool IsTls => _stream is SslStream;

    /// <summary>Sends the end of TLS (close_notify) and leaves TCP open.</summary>
    public Task EndTlsAsync() => ((SslStream)_stream).ShutdownAsync();

    /// <summary>Sends the end of TCP (FIN) and goes on reading.</summary>
    public void EndTcp() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Closes with a reset instead of an orderly end.</summary>
    public void Reset()
    {
        _client.Client.LingerState = new LingerOption(true, 0);
        _client.Client.Close();
    }

    private async Task<bool> FillAsync()
    {
        var read = await _stream.ReadAsync(_chunk, _stop);
        _server.CountRead(read);
        _buffer.AddRange(_chunk.AsSpan(0, read));
        return read > 0;
    }
}
