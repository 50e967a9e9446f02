using System.Buffers;

namespace LoadTesting.Runner.Http;

/// <summary>Where a response body goes: all of it is counted, its beginning kept as far as asked for. Reused from exchange to exchange.</summary>
internal sealed class BodySink : Stream
{
    // A kept body that needed more than this gives its buffer back, so that one huge answer does not stay with each of ten thousand users.
    private const int LargestBufferToHold = 64 * 1024;

    private byte[] _kept = [];
    private int _length;
    private long _limit;

    public long Octets { get; private set; }

    public ReadOnlyMemory<byte> Kept => _kept.AsMemory(0, _length);

    public bool IsTruncated => _limit > 0 && Octets > _length;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => Octets;

    public override long Position
    {
        get => Octets;
        set => throw new NotSupportedException();
    }

    /// <summary>Forgets the last body.</summary>
    /// <param name="limit">Most octets to keep; 0 = none.</param>
    public void Begin(long limit)
    {
        (Octets, _length, _limit) = (0, 0, Math.Min(limit, Array.MaxLength));
        if (_kept.Length > LargestBufferToHold) Release();
    }

    public void Release()
    {
        if (_kept.Length > 0) ArrayPool<byte>.Shared.Return(_kept);
        (_kept, _length) = ([], 0);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Octets += buffer.Length;
        var take = (int)Math.Min(buffer.Length, _limit - _length);
        if (take <= 0) return;
        if (_length + take > _kept.Length) Grow(_length + take);
        buffer[..take].CopyTo(_kept.AsSpan(_length));
        _length += take;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        Write(buffer.Span);
        return default;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        // Nothing is buffered on the way.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Grow(int needed)
    {
        var bigger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(needed, 2L * _kept.Length), Array.MaxLength));
        _kept.AsSpan(0, _length).CopyTo(bigger);
        if (_kept.Length > 0) ArrayPool<byte>.Shared.Return(_kept);
        _kept = bigger;
    }
}
