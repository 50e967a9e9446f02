using System.Buffers;

namespace LoadTesting.Runner.Http.Wire;

/// <summary>Exchanges under TLS: one asynchronous loop per connection, so that a request costs no state of its own.</summary>
internal sealed partial class LoopSender
{
    // A TLS record has 16 KiB of content at most.
    private const int RecordSize = 16 * 1024;

    private byte[] _ownOut = [];

    // Apart from opening: who speaks cleartext does not load the platform's TLS.
    private async Task SecureAsync(LoopConnection connection, string host, long connected)
    {
        connection.Tls = await TlsHandshake.RunAsync(_home.Settings, host, connection.Carry(), default);
        await _loop.SwitchTo();
        connection.TlsVersion = TlsHandshake.Version(connection.Tls);
        _at.Handshaking = _loop.Now - connected;
        _ = ServeAsync(connection);
    }

    private void StartTls(LoopConnection connection)
    {
        // Others may render before this is written: TLS takes its octets when its loop comes to it.
        if (_ownOut.Length < _out.Length) _ownOut = GC.AllocateUninitializedArray<byte>(_out.Length);
        _out.CopyTo(_ownOut);
        _out = _ownOut.AsMemory(0, _out.Length);
        connection.Requests!.Set(true);
    }

    private async Task ServeAsync(LoopConnection connection)
    {
        var tls = connection.Tls!;
        try
        {
            while (await connection.Requests!.WaitAsync())
            {
                await tls.WriteAsync(_out);
                if (!_outRest.IsEmpty) await tls.WriteAsync(_outRest);
                Written(connection);
                while (IsBusyOn(connection))
                {
                    // Waiting without a buffer: ten thousand users who wait would hold ten thousand of them.
                    _ = await tls.ReadAsync(Memory<byte>.Empty);
                    if (!IsBusyOn(connection) || await TakeAsync(connection)) break;
                }
            }
        }
        catch (Exception e)
        {
            // An error of the connection, or its being closed by whoever gave the exchange up; then it is not busy any more.
            await _loop.SwitchTo();
            if (IsBusyOn(connection)) FailOrRetry(connection, ErrorClassifier.OfExchange(e), ErrorClassifier.Text(e));
            else connection.Close();
        }
    }

    /// <returns>True when the exchange is over.</returns>
    private async ValueTask<bool> TakeAsync(LoopConnection connection)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(RecordSize);
        try
        {
            var received = await connection.Tls!.ReadAsync(buffer);
            return !IsBusyOn(connection) || Take(connection, buffer.AsSpan(0, received), isDrained: true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Beside the reading, which goes on: the answer may come without waiting for the body.
    private async Task WriteHeldAsync(LoopConnection connection)
    {
        try
        {
            await connection.Tls!.WriteAsync(_out);
            Written(connection);
        }
        catch (IOException)
        {
            // Whoever reads sees the same end of the connection, and perhaps an answer before it.
            _isWritten = false;
        }
    }

    private void Written(LoopConnection connection)
    {
        if (!IsBusyOn(connection)) return;
        _isWritten = _held.IsEmpty;
        if (_isWritten && _at.FirstByte == 0) _at.Written = _loop.Now;
    }
}
