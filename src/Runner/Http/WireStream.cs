using System.Net.Security;
using System.Runtime.CompilerServices;

namespace LoadTesting.Runner.Http;

/// <summary>
/// A layer of a connection that tells the trace what passes: octets on the TCP side (<see cref="WireLayer.Transport"/>), instants of request and response
/// octets on the side of HTTP (<see cref="WireLayer.Plaintext"/>). Without TLS one layer is both.
/// </summary>
internal sealed class WireStream : Stream
{
    private readonly Stream _inner;
    private readonly ExchangeTrace _trace;
    private readonly bool _counts;
    private readonly bool _times;
    private readonly bool _frames;
    private int _writes;

    public WireStream(Stream inner, ExchangeTrace trace, WireLayer layer)
    {
        (_inner, _trace) = (inner, trace);
        _counts = (layer & WireLayer.Transport) != 0;
        _times = (layer & WireLayer.Plaintext) != 0;
        _frames = (layer & WireLayer.Frames) != 0;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = _inner.ReadAsync(buffer, cancellationToken);
        return read.IsCompletedSuccessfully ? new ValueTask<int>(Note(read.Result, buffer.IsEmpty)) : AwaitReadAsync(read, buffer.IsEmpty);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Note(_inner.Read(buffer, offset, count), count == 0);

    public override int Read(Span<byte> buffer) => Note(_inner.Read(buffer), buffer.IsEmpty);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_times) _trace.WriteBegins();
        var write = _inner.WriteAsync(buffer, cancellationToken);
        if (!write.IsCompletedSuccessfully) return AwaitWriteAsync(write, buffer.Length);
        Note(write, buffer.Length);
        return default;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_times) _trace.WriteBegins();
        _inner.Write(buffer);
        Wrote(buffer.Length);
    }

    public override void Flush() => _inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => _inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override ValueTask DisposeAsync() => _inner.DisposeAsync();

    protected override void Dispose(bool disposing)
    {
        if (_counts) _trace.ConnectionEnded(TransportError.Generic);
        if (disposing && Volatile.Read(ref _writes) == 0) TlsHandshake.SayGoodbye(_inner as SslStream);
        if (disposing) _inner.Dispose();
        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> AwaitReadAsync(ValueTask<int> read, bool isProbe)
    {
        try
        {
            return Note(await read.ConfigureAwait(false), isProbe);
        }
        catch (Exception e) when (_counts)
        {
            _trace.ConnectionEnded(ErrorClassifier.OfExchange(e));
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AwaitWriteAsync(ValueTask write, int octets)
    {
        Interlocked.Increment(ref _writes);
        try
        {
            await write.ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _writes);
        }

        Wrote(octets);
    }

    private void Note(ValueTask write, int octets)
    {
        write.GetAwaiter().GetResult();
        Wrote(octets);
    }

    private int Note(int octets, bool isProbe)
    {
        if (octets > 0)
        {
            if (_counts) _trace.CountReceived(octets);
            if (_times && !_frames) _trace.Received();
        }
        else if (_counts && !isProbe)
        {
            _trace.ConnectionEnded(TransportError.UnexpectedEnd);
        }

        return octets;
    }

    private void Wrote(int octets)
    {
        if (_counts) _trace.CountSent(octets);
        if (_frames) _trace.FrameEnded();
        else if (_times) _trace.WriteEnded();
    }
}

/// <summary>Which side of TLS a <see cref="WireStream"/> is on.</summary>
[Flags]
internal enum WireLayer
{
    /// <summary>What the TCP connection carries.</summary>
    Transport = 1,

    /// <summary>What HTTP says.</summary>
    Plaintext = 2,

    /// <summary>What HTTP says are frames of HTTP/2, some of which belong to the connection itself.</summary>
    Frames = 4,
}
