using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using LoadTesting.Runner.Http.Proxies;

namespace LoadTesting.Runner.Http.Wire;

/// <summary>
/// Exchanges under TLS. A connection is read from as long as it lives, by one asynchronous method, so that a request costs no state of its own, an answer may
/// come before the request is written, and an idle server is heard. What is written goes out at once; only what the kernel does not take has a second method
/// beside the reading.
/// </summary>
internal sealed partial class LoopSender
{
    // A TLS record has 16 KiB of content at most.
    private const int RecordSize = 16 * 1024;

    private byte[] _ownOut = [];

    // Apart from opening: who speaks cleartext does not load the platform's TLS. Gives the time of the handshake with the URL's host.
    private async Task<long> SecureAsync(LoopConnection connection, Uri url, Proxy? proxy)
    {
        if (proxy is { Kind: ProxyKind.Http } && !proxy.Tunnels(url)) return 0;
        Stream carrier = connection.Carry();
        SslStream? tls = null;
        if (proxy is { Kind: ProxyKind.Https }) carrier = tls = await TlsHandshake.RunAsync(_home.Settings, proxy.Host, carrier, default, isProxy: true);
        if (proxy is not null && proxy.Tunnels(url)) await TunnelAsync(carrier, proxy, url);
        await _loop.SwitchTo();
        var began = _loop.Now;
        var isSecure = url.Scheme == Uri.UriSchemeHttps;
        if (isSecure) tls = await TlsHandshake.RunAsync(_home.Settings, url.IdnHost, carrier, default);
        await _loop.SwitchTo();
        if (!connection.IsOpen || tls is null)
        {
            if (tls is null) connection.Uncarry();
            else await tls.DisposeAsync();
            return 0;
        }

        (connection.Tls, connection.TlsVersion) = (tls, isSecure ? TlsHandshake.Version(tls) : "");
        _ = ReadTlsAsync(connection);
        return isSecure ? _loop.Now - began : 0;
    }

    private static async Task TunnelAsync(Stream carrier, Proxy proxy, Uri url)
    {
        try
        {
            await ProxyTunnel.OpenAsync(carrier, proxy, url, default);
        }
        catch
        {
            await carrier.DisposeAsync();
            throw;
        }
    }

    private void StartTls(LoopConnection connection)
    {
        // TLS may need a long head for longer than this call takes, and others render into its memory.
        if (_ownOut.Length < _out.Length) _ownOut = GC.AllocateUninitializedArray<byte>(_out.Length);
        _out.CopyTo(_ownOut);
        _out = _ownOut.AsMemory(0, _out.Length);
        PushTls(connection);
    }

    /// <summary>Writes what there is to write, unless that is being done: then it comes behind.</summary>
    private void PushTls(LoopConnection connection)
    {
        if (connection.IsWriting) return;
        while (TakeOut(out var piece))
        {
            var writing = connection.Tls!.WriteAsync(piece);
            if (!writing.IsCompletedSuccessfully)
            {
                _ = GoOnWritingAsync(connection, writing);
                return;
            }

            writing.GetAwaiter().GetResult();
        }

        Written();
    }

    private async Task GoOnWritingAsync(LoopConnection connection, ValueTask writing)
    {
        connection.IsWriting = true;
        try
        {
            while (true)
            {
                await writing;
                await _loop.SwitchTo();
                if (!IsBusyOn(connection)) return;
                if (!TakeOut(out var piece)) break;
                writing = connection.Tls!.WriteAsync(piece);
            }

            connection.IsWriting = false;
            Written();
        }
        catch (Exception e)
        {
            await _loop.SwitchTo();
            if (!IsBusyOn(connection)) return;
            (_writeError, _writeErrorText) = (ErrorClassifier.OfExchange(e), ErrorClassifier.Text(e));

            // Perhaps it has said why before it hung up: whoever reads finds that, or the same end of the connection. Of anything else he would hear nothing.
            if (e.GetBaseException() is not SocketException) FailOrRetry(connection, _writeError, _writeErrorText);
        }
    }

    private bool TakeOut(out ReadOnlyMemory<byte> piece)
    {
        piece = _out.IsEmpty ? _outRest : _out;
        if (_out.IsEmpty) _outRest = default;
        _out = default;
        return !piece.IsEmpty;
    }

    private void Written()
    {
        _isWritten = _held.IsEmpty;
        if (_isWritten && _at.FirstByte == 0) _at.Written = _loop.Now;
    }

    private async Task ReadTlsAsync(LoopConnection connection)
    {
        var tls = connection.Tls!;
        try
        {
            // Waiting without a buffer: ten thousand users who wait would hold ten thousand of them.
            var more = tls.ReadAsync(Memory<byte>.Empty);
            while (true)
            {
                _ = await more;

                // Session tickets are TLS' own and do not come up to here. What does is a goodbye, or nothing that could be understood.
                if (!IsBusyOn(connection)) break;
                var buffer = ArrayPool<byte>.Shared.Rent(RecordSize);
                try
                {
                    var received = await tls.ReadAsync(buffer);
                    if (!IsBusyOn(connection)) break;

                    // Asked before the answer is looked at: a goodbye that came with it ends the connection before it could be used again.
                    more = received > 0 ? tls.ReadAsync(Memory<byte>.Empty) : default;
                    Take(connection, buffer.AsSpan(0, received), isDrained: !more.IsCompleted);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }

            connection.Close();
        }
        catch (Exception e)
        {
            // An error of the connection, or its being closed by whoever gave the exchange up; then it is not busy any more.
            await _loop.SwitchTo();
            if (IsBusyOn(connection)) FailOrRetry(connection, ErrorClassifier.OfExchange(e), ErrorClassifier.Text(e));
            else connection.Close();
        }
    }
}
