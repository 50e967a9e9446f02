using System.Buffers;
using System.Net.Sockets;

namespace LoadTesting.Runner.Http.Wire;

/// <summary>
/// Exchanges under TLS. A connection is read from as long as it lives, by one asynchronous method, so that a request costs no state of its own, an answer may come before the request is
/// written, and an idle server is heard. What is written goes out at once; only what the kernel does not take has a second method beside the reading.
/// </summary>
internal sealed partial class LoopSender
{
    // A TLS record has 16 KiB of content at most.
    private const int RecordSize = 16 * 1024;

    private byte[] _ownOut = [];

    // Apart from opening: who speaks cleartext does not load the platform's TLS.
    private async Task SecureAsync(LoopConnection connection, string host)
    {
        var tls = await TlsHandshake.RunAsync(_home.Settings, host, connection.Carry(), default);
        await _loop.SwitchTo();
        if (!connection.IsOpen)
        {
            await tls.DisposeAsync();
            return;
        }

        (connection.Tls, connection.TlsVersion) = (tls, TlsHandshake.Version(tls));
        _ = ReadTlsAsync(connection);
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
