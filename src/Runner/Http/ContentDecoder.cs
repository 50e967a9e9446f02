using System.IO.Compression;

namespace LoadTesting.Runner.Http;

/// <summary>Undoes Content-Encoding for expressions that read the body; nobody else pays for it.</summary>
internal static class ContentDecoder
{
    /// <summary>Decodes; gives false when the octets are not what the encodings say, and the body as it is where an encoding is unknown.</summary>
    /// <param name="encodings">Values of Content-Encoding, in the order in which they were applied.</param>
    /// <param name="body">The octets as they came.</param>
    /// <param name="isWhole">Whether that is all of them; of a beginning, as much as possible is decoded.</param>
    /// <param name="limit">Most octets to make: a small bomb must not become a big one.</param>
    /// <param name="decoded">The body.</param>
    /// <param name="isTruncated">Whether more could have been made.</param>
    public static bool TryDecode(IReadOnlyList<string> encodings, ReadOnlyMemory<byte> body, bool isWhole, long limit, out ReadOnlyMemory<byte> decoded, out bool isTruncated)
    {
        (decoded, isTruncated) = (body, !isWhole);
        if (encodings.Count == 0 || body.IsEmpty) return true;
        var applied = encodings.SelectMany(e => e.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Reverse();
        foreach (var encoding in applied)
        {
            if (Open(encoding, new MemoryStream(decoded.ToArray(), writable: false)) is not { } stream) return true;
            using (stream)
            {
                var output = new MemoryStream();
                if (!TryCopy(stream, output, limit, out var cut) && !isTruncated) return false;
                isTruncated |= cut;
                decoded = output.GetBuffer().AsMemory(0, (int)output.Length);
            }
        }

        return true;
    }

    private static Stream? Open(string encoding, MemoryStream source) => encoding.ToLowerInvariant() switch
    {
        "gzip" or "x-gzip" => new GZipStream(source, CompressionMode.Decompress),
        "deflate" => IsZlib(source) ? new ZLibStream(source, CompressionMode.Decompress) : new DeflateStream(source, CompressionMode.Decompress),
        "br" => new BrotliStream(source, CompressionMode.Decompress),
        _ => null,
    };

    // RFC 9110 says zlib; some servers send the bare deflate stream. RFC 1950: the first two octets are a multiple of 31.
    private static bool IsZlib(MemoryStream source)
    {
        var (first, second) = (source.ReadByte(), source.ReadByte());
        source.Position = 0;
        return first >= 0 && second >= 0 && ((first << 8) | second) % 31 == 0;
    }

    private static bool TryCopy(Stream source, MemoryStream target, long limit, out bool cut)
    {
        var buffer = new byte[16 * 1024];
        cut = false;
        try
        {
            while (source.Read(buffer) is > 0 and var read)
            {
                var room = (int)Math.Min(read, limit - target.Length);
                target.Write(buffer, 0, room);
                if (room < read)
                {
                    cut = true;
                    return true;
                }
            }

            return true;
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            return false;
        }
    }
}
