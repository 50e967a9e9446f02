using System.IO.Compression;

namespace LoadTesting.Operator.Collection;

/// <summary>gzip, for what is kept in ConfigMaps.</summary>
internal static class Compressed
{
    /// <summary>Packs.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> content, CompressionLevel level = CompressionLevel.SmallestSize)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, level))
        {
            gzip.Write(content);
        }

        return buffer.ToArray();
    }

    /// <summary>Unpacks what somebody else may have written; null for what is no gzip, or longer than allowed.</summary>
    public static byte[]? Unpack(byte[] packed, int mostBytes)
    {
        using var content = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        var buffer = new byte[81920];
        try
        {
            for (int read; (read = gzip.Read(buffer)) > 0;)
            {
                content.Write(buffer, 0, read);
                if (content.Length > mostBytes)
                {
                    return null;
                }
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }

        return content.ToArray();
    }
}
