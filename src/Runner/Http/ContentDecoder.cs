using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace LoadTesting.Runner.Http;

/// <summary>
/// Undoes Content-Encoding for expressions that read the body; nobody else pays for it. A body that is not whole, or has something behind its end, is an
/// error, as in k6 and Go: the platform's streams would take what there is.
/// </summary>
internal static class ContentDecoder
{
    private const int BufferSize = 16 * 1024;

    // RFC 9659: what a content coding may ask of a decoder's memory is 8 MiB.
    private const int ZstdWindowLog = 23;

    // A gzip member of our own, with a content that nobody else knows. Put behind a body it comes out behind it exactly when all before it was whole: the
    // format is a list of members, one that is cut off takes it for its own data, and what is no member ends the list.
    private static readonly Lazy<(byte[] Content, byte[] Member)> Mark = new(MakeMark);

    private delegate string? Decoder(ReadOnlyMemory<byte> source, bool isWhole, MemoryStream target, long limit);

    /// <summary>Decodes. Encodings that are unknown are skipped, as in k6; an empty body is empty in every encoding.</summary>
    /// <param name="encodings">Values of Content-Encoding, lists or single ones, in the order in which they were applied.</param>
    /// <param name="body">The octets as they came.</param>
    /// <param name="isWhole">Whether that is all of them; of a beginning, as much as possible is decoded.</param>
    /// <param name="limit">Most octets to make: a small bomb must not become a big one.</param>
    /// <param name="decoded">The body.</param>
    /// <param name="isTruncated">Whether more could have been made.</param>
    /// <returns>Null, or why the octets are not what the encodings say.</returns>
    public static string? Decode(IReadOnlyList<string> encodings, ReadOnlyMemory<byte> body, bool isWhole, long limit, out ReadOnlyMemory<byte> decoded, out bool isTruncated)
    {
        (decoded, isTruncated) = (body, !isWhole);
        if (encodings.Count == 0 || body.IsEmpty) return null;
        foreach (var encoding in encodings.SelectMany(e => e.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Reverse())
        {
            Decoder? decode = encoding.ToLowerInvariant() switch { "gzip" or "x-gzip" => Gunzip, "deflate" => Inflate, "br" => Unbrotli, "zstd" => Unzstd, _ => null };
            if (decode is null || decoded.IsEmpty) continue;
            var target = new MemoryStream();
            if (decode(decoded, !isTruncated, target, limit) is { } problem) return $"the body is no {encoding.ToLowerInvariant()}: {problem}";
            isTruncated |= target.Length > limit;
            decoded = target.GetBuffer().AsMemory(0, (int)Math.Min(target.Length, limit));
        }

        return null;
    }

    // RFC 1952.
    private static string? Gunzip(ReadOnlyMemory<byte> source, bool isWhole, MemoryStream target, long limit)
    {
        var (content, member) = Mark.Value;
        using var stream = new GZipStream(new Octets(source, isWhole ? member : default), CompressionMode.Decompress);
        if (!TryCopy(stream, target, limit + content.Length)) return isWhole ? "it ends too early, or is damaged" : null;
        if (!isWhole || target.Length > limit + content.Length) return null;
        if (!target.GetBuffer().AsSpan(0, (int)target.Length).EndsWith(content)) return "it ends too early, or has something else behind its end";
        target.SetLength(target.Length - content.Length);
        return null;
    }

    // RFC 9110 says zlib; some servers send the bare deflate stream, and browsers take it. RFC 1950: the first two octets are a multiple of 31. The
    // decompressor reads on only while it is not at its end.
    private static string? Inflate(ReadOnlyMemory<byte> source, bool isWhole, MemoryStream target, long limit)
    {
        var octets = new Octets(source, default);
        var isZlib = source.Length >= 2 && ((source.Span[0] << 8) | source.Span[1]) % 31 == 0 && (source.Span[0] & 0xF) == 8;
        using Stream stream = isZlib ? new ZLibStream(octets, CompressionMode.Decompress) : new DeflateStream(octets, CompressionMode.Decompress);
        if (!TryCopy(stream, target, limit)) return isWhole ? "invalid data" : null;
        return isWhole && octets.WasExhausted && target.Length <= limit ? "it ends too early" : null;
    }

    // RFC 7932.
    private static string? Unbrotli(ReadOnlyMemory<byte> source, bool isWhole, MemoryStream target, long limit)
    {
        using var decoder = default(BrotliDecoder);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (true)
            {
                var status = decoder.Decompress(source.Span, buffer, out var consumed, out var written);
                source = source[consumed..];
                target.Write(buffer, 0, written);
                if (target.Length > limit) return null;
                switch (status)
                {
                    case OperationStatus.Done:
                        return source.IsEmpty || !isWhole ? null : "it has something else behind its end";
                    case OperationStatus.NeedMoreData:
                        return isWhole ? "it ends too early" : null;
                    case OperationStatus.InvalidData:
                        return isWhole ? "invalid data" : null;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // RFC 8878 and 9659: frames follow each other, and those that can be skipped are.
    private static string? Unzstd(ReadOnlyMemory<byte> source, bool isWhole, MemoryStream target, long limit)
    {
        using var stream = new DecompressionStream(new Octets(source, default), BufferSize, checkEndOfStream: isWhole);
        stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, ZstdWindowLog);
        try
        {
            return TryCopy(stream, target, limit) || !isWhole ? null : "invalid data";
        }
        catch (EndOfStreamException)
        {
            return "it ends too early";
        }
        catch (ZstdException e) when (e.Code == ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge)
        {
            return isWhole ? "its window is larger than 8 MiB" : null;
        }
        catch (ZstdException)
        {
            return isWhole ? "invalid data" : null;
        }
    }

    // Until there is more than the limit. False = the data are invalid.
    private static bool TryCopy(Stream source, MemoryStream target, long limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (target.Length <= limit && source.Read(buffer) is > 0 and var read) target.Write(buffer, 0, read);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static (byte[] Content, byte[] Member) MakeMark()
    {
        var content = RandomNumberGenerator.GetBytes(16);
        using var member = new MemoryStream();
        using (var stream = new GZipStream(member, CompressionLevel.NoCompression, leaveOpen: true)) stream.Write(content);
        return (content, member.ToArray());
    }

    /// <summary>Memory as a stream, without a copy; knows whether somebody asked for more than there is.</summary>
    private sealed class Octets(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second) : Stream
    {
        private ReadOnlyMemory<byte> _first = first;
        private ReadOnlyMemory<byte> _second = second;

        public bool WasExhausted { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (_first.IsEmpty) (_first, _second) = (_second, default);
            WasExhausted |= _first.IsEmpty;
            var take = Math.Min(buffer.Length, _first.Length);
            _first.Span[..take].CopyTo(buffer);
            _first = _first[take..];
            return take;
        }

        public override void Flush()
        {
            // Nothing is buffered.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
