namespace LoadTesting.Runner.Http;

/// <summary>
/// Under the platform's HTTP/1.1, which does not look at an answer before the request's body is written: a server that answers early and reads no more (RFC 9112,
/// 9.3 and 9.5) would be a request without an answer. While a long write waits, this listens; once the server has said something the write goes on by itself and the
/// platform is let go to read. The connection is not used again unless all was written by the end of the exchange.
/// </summary>
internal sealed class ListeningStream(Stream inner, ExchangeTrace trace, TimeProvider time) : Stream
{
    // The platform's own buffers, which it fills again after a write, are shorter; a body's memory stays as it is.
    private const int LongestBuffered = 64 * 1024;

    private const int AheadSize = 4096;

    // By then a write has been told of a reset of which its connection's reader has been told.
    private static readonly TimeSpan LongestTold = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private TaskCompletionSource<bool>? _heard;
    private Task? _unwritten;
    private Task<ReadOnlyMemory<byte>>? _ahead;
    private ReadOnlyMemory<byte> _rest;
    private int _reads;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // What comes behind a write that did not end belongs to a request that was answered.
        if (_unwritten is { IsCompletedSuccessfully: false }) return default;
        var write = inner.WriteAsync(buffer, cancellationToken);
        return write.IsCompleted || buffer.Length <= LongestBuffered ? write : ListenAsync(write.AsTask());
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_ahead is null && _rest.IsEmpty) return AwaitReadAsync(inner.ReadAsync(buffer, cancellationToken), isProbe: buffer.IsEmpty);
        }

        return TakeAheadAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask ListenAsync(Task write)
    {
        var heard = HearAsync();
        await Task.WhenAny(write, heard).ConfigureAwait(false);

        // A reset ends both, and only one of them is told so: the write's error says more than an end.
        if (heard.IsCompleted && !await heard.ConfigureAwait(false)) await Task.WhenAny(write, Task.Delay(LongestTold, time)).ConfigureAwait(false);
        if (write.IsCompleted && !(heard.IsCompleted && await heard.ConfigureAwait(false)))
        {
            await write.ConfigureAwait(false);
            return;
        }

        // Its failure is nothing new: whoever reads hears of the connection's end.
        _ = write.ContinueWith(static w => w.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        _unwritten = write;
        trace.AnsweredEarly(write);
    }

    // True when octets came, false at the end of the connection: of the read that is waiting, or else of one of our own, whose octets the next read has.
    private Task<bool> HearAsync()
    {
        lock (_lock)
        {
            if (trace.HasReceived || !_rest.IsEmpty) return Task.FromResult(true);
            if (_ahead is null && _reads > 0) return (_heard = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            return HasOctetsAsync(_ahead ??= ReadAheadAsync());
        }
    }

    private static async Task<bool> HasOctetsAsync(Task<ReadOnlyMemory<byte>> reading)
    {
        await Task.WhenAny(reading).ConfigureAwait(false);
        return reading.IsCompletedSuccessfully && !(await reading.ConfigureAwait(false)).IsEmpty;
    }

    private async Task<ReadOnlyMemory<byte>> ReadAheadAsync()
    {
        var buffer = new byte[AheadSize];
        return buffer.AsMemory(0, await inner.ReadAsync(buffer).ConfigureAwait(false));
    }

    private async ValueTask<int> TakeAheadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        if (_ahead is { } ahead)
        {
            var octets = await ahead.WaitAsync(cancellation).ConfigureAwait(false);
            if (octets.IsEmpty) return 0;
            lock (_lock) (_rest, _ahead) = (octets, null);
        }

        lock (_lock)
        {
            var take = Math.Min(buffer.Length, _rest.Length);
            _rest[..take].CopyTo(buffer);
            _rest = _rest[take..];
            return take;
        }
    }

    private ValueTask<int> AwaitReadAsync(ValueTask<int> read, bool isProbe)
    {
        if (read.IsCompleted) return read;
        _reads++;
        return WaitAsync();

        async ValueTask<int> WaitAsync()
        {
            var hasOctets = false;
            try
            {
                var octets = await read.ConfigureAwait(false);
                hasOctets = octets > 0 || isProbe;
                return octets;
            }
            finally
            {
                TaskCompletionSource<bool>? heard;
                lock (_lock)
                {
                    _reads--;
                    (heard, _heard) = (_heard, null);
                }

                heard?.TrySetResult(hasOctets);
            }
        }
    }
}
