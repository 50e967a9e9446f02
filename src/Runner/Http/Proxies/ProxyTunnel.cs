using System.Buffers.Binary;
using System.Net;
using System.Text;
using LoadTesting.Runner.Http.Wire;

namespace LoadTesting.Runner.Http.Proxies;

/// <summary>Makes a connection to a proxy one to a URL's host, over whatever carries it.</summary>
internal static class ProxyTunnel
{
    // A proxy that refuses may send a page with its answer, which nobody reads.
    private const int LongestAnswer = 64 * 1024;

    /// <summary>Asks for the tunnel and reads the answer, no octet more.</summary>
    /// <param name="carrier">The connection to the proxy; whoever called closes it when this fails.</param>
    /// <param name="proxy">Which proxy.</param>
    /// <param name="url">Where to.</param>
    /// <param name="cancellation">Gives up, if the carrier heeds it.</param>
    /// <exception cref="IOException">The proxy refused; <see cref="Exception.Data"/> carries the <see cref="TransportError"/> as
    /// <see cref="ErrorClassifier"/> finds it.</exception>
    public static Task OpenAsync(Stream carrier, Proxy proxy, Uri url, CancellationToken cancellation) =>
        proxy.Kind == ProxyKind.Socks5 ? SocksAsync(carrier, proxy, url, cancellation) : ConnectAsync(carrier, proxy, url, cancellation);

    // RFC 9110, 9.3.6.
    private static async Task ConnectAsync(Stream carrier, Proxy proxy, Uri url, CancellationToken cancellation)
    {
        var target = RequestUrl.HostAndPort(url);
        var credentials = proxy.Authorization is null ? "" : $"Proxy-Authorization: {proxy.Authorization}\r\n";
        await carrier.WriteAsync(Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{credentials}\r\n"), cancellation);
        await carrier.FlushAsync(cancellation);
        var answer = new byte[1024];
        var (length, scanned, end) = (0, 0, 0);
        while (end == 0)
        {
            if (length == answer.Length) Array.Resize(ref answer, 2 * length);

            // Octet by octet: what stands behind the answer is the host's, and a stream takes nothing back.
            var read = await carrier.ReadAsync(answer.AsMemory(length, 1), cancellation);
            length += read;
            if (read == 0) throw Refusal($"the proxy closed the connection instead of answering CONNECT {target}");
            if (length > LongestAnswer) throw Refusal($"the proxy's answer to CONNECT {target} is longer than 64 KiB");
            end = ResponseHead.FindEnd(answer.AsSpan(0, length), scanned, out scanned);
        }

        if (!ResponseHead.TryParse(answer.AsSpan(0, end), out var head, out var problem)) throw Refusal($"the proxy's answer to CONNECT {target}: {problem}");
        if (head.Status is < 200 or > 299) throw Refusal($"the proxy answered CONNECT {target} with {StatusText(answer.AsSpan(0, end))}");
    }

    // RFC 1928; name and password by RFC 1929.
    private static async Task SocksAsync(Stream carrier, Proxy proxy, Uri url, CancellationToken cancellation)
    {
        await carrier.WriteAsync(proxy.User is null ? new byte[] { 5, 1, 0 } : [5, 2, 0, 2], cancellation);
        var choice = await ReadAsync(2);
        if (choice[0] != 5) throw Refusal("the proxy does not speak SOCKS 5");
        if (choice[1] == 2 && proxy.User is { } user)
        {
            var colon = user.IndexOf(':', StringComparison.Ordinal);
            var (name, password) = (Encoding.UTF8.GetBytes(user[..colon]), Encoding.UTF8.GetBytes(user[(colon + 1)..]));
            if (name.Length > 255 || password.Length > 255) throw Refusal("SOCKS 5 takes user and password of at most 255 bytes");
            await carrier.WriteAsync((byte[])[1, (byte)name.Length, .. name, (byte)password.Length, .. password], cancellation);
            if ((await ReadAsync(2))[1] != 0) throw Refusal("the proxy did not take user and password");
        }
        else if (choice[1] != 0)
        {
            throw Refusal("the proxy wants another authentication than user and password");
        }

        var port = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)url.Port);
        await carrier.WriteAsync((byte[])[5, 1, 0, .. Address(url), .. port], cancellation);
        var answer = await ReadAsync(4);
        if (answer[1] != 0) throw Refusal($"the proxy cannot connect to {RequestUrl.HostAndPort(url)}: {SocksText(answer[1])}");
        await ReadAsync(2 + (answer[3] switch { 1 => 4, 4 => 16, _ => (await ReadAsync(1))[0] }));

        async Task<byte[]> ReadAsync(int count)
        {
            var octets = new byte[count];
            for (var length = 0; length < count;)
            {
                var read = await carrier.ReadAsync(octets.AsMemory(length), cancellation);
                if (read == 0) throw Refusal("the proxy closed the connection instead of answering");
                length += read;
            }

            return octets;
        }
    }

    // The name where there is one: the proxy looks it up.
    private static byte[] Address(Uri url)
    {
        if (url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 && IPAddress.TryParse(url.IdnHost, out var address))
        {
            return [address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? (byte)4 : (byte)1, .. address.GetAddressBytes()];
        }

        var name = Encoding.ASCII.GetBytes(url.IdnHost);
        return name.Length > 255 ? throw Refusal("SOCKS 5 takes names of at most 255 bytes") : [3, (byte)name.Length, .. name];
    }

    private static string StatusText(ReadOnlySpan<byte> head) => WireText.Decode(ResponseHead.NextLine(ref head)) is var line && line.Length > 80 ? line[9..80] : line[9..];

    private static string SocksText(byte code) => code switch
    {
        1 => "general failure",
        2 => "not allowed by its rules",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "time to live expired",
        _ => $"answer {code}",
    };

    private static IOException Refusal(string text) => new(text) { Data = { [ErrorClassifier.Key] = TransportError.Proxy } };
}
