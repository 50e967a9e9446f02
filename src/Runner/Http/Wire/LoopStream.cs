using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Http.Wire;

/// <summary>
/// A connection on a loop as a stream, for TLS. One read and one write at a time, from the loop's thread only; they complete on it, too, and what can be done at
/// once completes at once. Ends by closing the connection, which fails what is waiting.
/// </summary>
internal sealed class LoopStream : Stream, IValueTaskSource<int>, IValueTaskSource
{
    private readonly LoopConnection _connection;
    private Completion<int> _read;
    private Completion<int> _write;
    private Memory<byte> _readBuffer;
    private ReadOnlyMemory<byte> _unwritten;
    private bool _mayRead = true;

    public LoopStream(LoopConnection connection)
    {
        _connection = connection;
    }

    /// <summary>Whether the peer sends no more, or the connection failed; there may be octets left to read.</summary>
    public bool HasPeerClosed { get; private set; }

    /// <summary>Whether the end of TCP was read. TLS stops reading at its own end, which comes before.</summary>
    public bool HasReadEnd { get; private set; }

    /// <summary>Whether something is being written that the kernel did not take at once.</summary>
    public bool IsWriting => _write.IsPending;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void OnEvents(uint flags)
    {
        if ((flags & (Linux.PeerClosed | Linux.Failed | Linux.HungUp)) != 0) HasPeerClosed = true;
        if ((flags & ~Linux.Writable) != 0) _mayRead = true;
        if (_write.IsPending && TryWrite() is var written && written != -Linux.WouldBlock) _write.Set(written);
        if (_read.IsPending && _mayRead && TryRead(_readBuffer.Span) is var read && read != -Linux.WouldBlock) _read.Set(read);
    }

    /// <summary>The connection was closed under whoever waits.</summary>
    public void Closed()
    {
        if (_write.IsPending) _write.Set(-Linux.ConnectionAborted);
        if (_read.IsPending) _read.Set(-Linux.ConnectionAborted);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_mayRead && TryRead(buffer.Span) is var read && read != -Linux.WouldBlock) return read < 0 ? throw Error(read) : new ValueTask<int>(read);
        if (!_connection.IsOpen) throw Error(-Linux.ConnectionAborted);
        _readBuffer = buffer;
        _read.Begin();
        return new ValueTask<int>(this, _read.Version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _unwritten = buffer;
        var written = TryWrite();
        if (written >= 0) return default;
        if (written != -Linux.WouldBlock) throw Error(written);
        _write.Begin();
        return new ValueTask(this, _write.Version);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
        // Nothing is buffered.
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_connection.IsOpen) _connection.Send(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _read.Result(token) is >= 0 and var read ? read : throw Error(_read.Result(token));

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.Status(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token);

    void IValueTaskSource.GetResult(short token)
    {
        if (_write.Result(token) is < 0 and var error) throw Error(error);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _write.Status(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _write.OnCompleted(continuation, state, token);

    // Octets, or −errno. A short read has emptied the socket: the next octets announce themselves.
    private int TryRead(Span<byte> buffer)
    {
        if (!_connection.IsOpen) return -Linux.ConnectionAborted;
        if (buffer.IsEmpty) return 0;
        int read;
        do read = _connection.Receive(buffer);
        while (read < 0 && Linux.LastError == Linux.Interrupted);
        HasReadEnd |= read == 0;
        var error = read < 0 ? Linux.LastError : 0;
        _mayRead = read == buffer.Length || (HasPeerClosed && error != Linux.WouldBlock);
        return read < 0 ? -error : read;
    }

    private int TryWrite()
    {
        while (_unwritten.Length > 0)
        {
            if (!_connection.IsOpen) return -Linux.ConnectionAborted;
            var sent = _connection.Send(_unwritten.Span);
            if (sent >= 0) _unwritten = _unwritten[sent..];
            else if (Linux.LastError != Linux.Interrupted) return -Linux.LastError;
        }

        return 0;
    }

    private static IOException Error(int code) => new(Linux.Text(-code), new SocketException((int)(-code switch
    {
        Linux.ConnectionReset => SocketError.ConnectionReset,
        Linux.ConnectionRefused => SocketError.ConnectionRefused,
        Linux.BrokenPipe => SocketError.Shutdown,
        Linux.ConnectionAborted => SocketError.ConnectionAborted,
        Linux.TimedOut => SocketError.TimedOut,
        _ => SocketError.SocketError,
    })));
}
