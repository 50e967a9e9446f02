using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using LoadTesting.Expressions;

namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>Octets that were read from a file once and are the same for everybody.</summary>
internal sealed class FileBody(byte[] content) : IBodyTemplate
{
    public string? ContentType => null;

    public byte[]? Constant => content;

    public CelError? Write(CelActivation activation, ArrayBufferWriter<byte> output)
    {
        output.Write(content);
        return null;
    }
}

/// <summary>A part of a multipart body with its head rendered.</summary>
/// <param name="Head">Header fields and the empty line.</param>
/// <param name="Content">The value; null when <paramref name="File"/> is the content.</param>
/// <param name="File">The file's octets.</param>
internal sealed record MultipartPart(byte[] Head, CelTemplate? Content, byte[] File);

/// <summary>A <c>multipart/form-data</c> body (RFC 7578).</summary>
internal sealed class MultipartBody : IBodyTemplate
{
    private readonly IReadOnlyList<MultipartPart> _parts;
    private readonly byte[] _delimiter;
    private readonly byte[] _end;

    public MultipartBody(IReadOnlyList<MultipartPart> parts, CelActivation probe)
    {
        // Random, so that no content has it in it by accident; the same for all requests of the step.
        var boundary = "loadtest-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        (_parts, _delimiter, _end) = (parts, Encoding.ASCII.GetBytes($"--{boundary}\r\n"), Encoding.ASCII.GetBytes($"--{boundary}--\r\n"));
        ContentType = $"multipart/form-data; boundary={boundary}";
        Constant = BodyTemplates.Constant(parts.All(p => p.Content is null or { IsConstant: true }), this, probe);
    }

    public string ContentType { get; }

    public byte[]? Constant { get; }

    /// <summary>The head of a part. Quotes and line breaks in names are percent-encoded, as browsers do.</summary>
    public static byte[] Head(string name, string? filename, string? contentType) => Encoding.UTF8.GetBytes(
        $"Content-Disposition: form-data; name=\"{Escape(name)}\"{(filename is null ? "" : $"; filename=\"{Escape(filename)}\"")}\r\n"
        + (contentType is null ? "" : $"Content-Type: {contentType}\r\n") + "\r\n");

    public CelError? Write(CelActivation activation, ArrayBufferWriter<byte> output)
    {
        foreach (var part in _parts)
        {
            output.Write(_delimiter);
            output.Write(part.Head);
            if (part.Content is null) output.Write(part.File);
            else if (part.Content.Render(activation, output) is { } error) return error;
            output.Write("\r\n"u8);
        }

        output.Write(_end);
        return null;
    }

    private static string Escape(string text) =>
        text.Replace("\"", "%22", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
}

/// <summary>A body in a content encoding. Constant ones are compressed once.</summary>
internal sealed class CompressedBody : IBodyTemplate
{
    private readonly IBodyTemplate _inner;
    private readonly string _encoding;

    public CompressedBody(IBodyTemplate inner, string encoding)
    {
        (_inner, _encoding) = (inner, encoding);
        Constant = inner.Constant is { } plain ? Compress(plain) : null;
    }

    public string? ContentType => _inner.ContentType;

    public byte[]? Constant { get; }

    public CelError? Write(CelActivation activation, ArrayBufferWriter<byte> output)
    {
        var plain = new ArrayBufferWriter<byte>();
        if (_inner.Write(activation, plain) is { } error) return error;
        output.Write(Compress(plain.WrittenSpan));
        return null;
    }

    private byte[] Compress(ReadOnlySpan<byte> plain)
    {
        using var compressed = new MemoryStream();
        using (Stream encoder = _encoding switch
        {
            "gzip" => new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(compressed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true),
        })
        {
            encoder.Write(plain);
        }

        return compressed.ToArray();
    }
}
