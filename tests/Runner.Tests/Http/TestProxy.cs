using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>
/// A proxy on loopback: CONNECT and SOCKS 5 tunnels lead to one port of this machine, whatever was asked for; requests with whole URLs it answers itself.
/// </summary>
internal sealed class TestProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly Task _accepting;

    public TestProxy(SslServerAuthenticationOptions? tls = null)
    {
        _tls = tls;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where tunnels lead.</summary>
    public int TargetPort { get; set; }

    /// <summary>What is answered to CONNECT; null = a tunnel.</summary>
    public string? Refusal { get; set; }

    /// <summary>SOCKS: the code that is answered to the request; 0 = a tunnel.</summary>
    public byte SocksCode { get; set; }

    /// <summary>Heads that came, and SOCKS requests as <c>user:password host:port</c>.</summary>
    public ConcurrentQueue<string> Seen { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
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
                Stream stream = client.GetStream();
                if (_tls is not null)
                {
                    var secure = new SslStream(stream);
                    await secure.AuthenticateAsServerAsync(_tls, _stop.Token);
                    stream = secure;
                }

                var first = new byte[1];
                if (await stream.ReadAsync(first, _stop.Token) == 0) return;
                if (first[0] == 5) await SocksAsync(stream);
                else await HttpAsync(stream, (char)first[0]);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                // The client went away; the tests look at what it makes of it.
            }
        }
    }

    private async Task HttpAsync(Stream stream, char first)
    {
        for (var text = first.ToString(); ; text = "")
        {
            while (!text.EndsWith("\r\n\r\n", StringComparison.Ordinal)) text += Encoding.Latin1.GetString(await ReadAsync(stream, 1));
            Seen.Enqueue(text);
            if (text.StartsWith("CONNECT ", StringComparison.Ordinal))
            {
                if (Refusal is { } refusal)
                {
                    await stream.WriteAsync(Encoding.Latin1.GetBytes(refusal), _stop.Token);
                    return;
                }

                await stream.WriteAsync("HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n"u8.ToArray(), _stop.Token);
                await PumpAsync(stream);
                return;
            }

            var length = text.Split("\r\n").Where(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Select(l => int.Parse(l[15..])).FirstOrDefault();
            await ReadAsync(stream, length);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy"u8.ToArray(), _stop.Token);
        }
    }

    private async Task SocksAsync(Stream stream)
    {
        var methods = await ReadAsync(stream, (await ReadAsync(stream, 1))[0]);
        var user = "";
        var withUser = methods.Contains((byte)2);
        await stream.WriteAsync(new byte[] { 5, (byte)(withUser ? 2 : 0) }, _stop.Token);
        if (withUser)
        {
            var name = await ReadAsync(stream, (await ReadAsync(stream, 2))[1]);
            user = Encoding.UTF8.GetString(name) + ":" + Encoding.UTF8.GetString(await ReadAsync(stream, (await ReadAsync(stream, 1))[0]));
            await stream.WriteAsync(new byte[] { 1, 0 }, _stop.Token);
        }

        var kind = (await ReadAsync(stream, 4))[3];
        var host = kind switch
        {
            3 => Encoding.ASCII.GetString(await ReadAsync(stream, (await ReadAsync(stream, 1))[0])),
            4 => new IPAddress(await ReadAsync(stream, 16)).ToString(),
            _ => new IPAddress(await ReadAsync(stream, 4)).ToString(),
        };
        var port = await ReadAsync(stream, 2);
        Seen.Enqueue($"{user} {host}:{(port[0] << 8) | port[1]}");
        await stream.WriteAsync(new byte[] { 5, SocksCode, 0, 1, 127, 0, 0, 1, 0, 0 }, _stop.Token);
        if (SocksCode == 0) await PumpAsync(stream);
    }

    private async Task PumpAsync(Stream stream)
    {
        using var target = new TcpClient();
        await target.ConnectAsync(IPAddress.Loopback, TargetPort, _stop.Token);
        var other = target.GetStream();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var both = new[] { stream.CopyToAsync(other, end.Token), other.CopyToAsync(stream, end.Token) };
        await Task.WhenAny(both);
        await end.CancelAsync();
        await Task.WhenAll(both);
    }

    private async Task<byte[]> ReadAsync(Stream stream, int count)
    {
        var octets = new byte[count];
        await stream.ReadExactlyAsync(octets, _stop.Token);
        return octets;
    }
}
