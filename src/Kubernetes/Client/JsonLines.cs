using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace LoadTesting.Kubernetes.Client;

/// <summary>Splits a stream into JSON documents, one per line.</summary>
internal static class JsonLines
{
    // Twenty times what etcd stores of one object by default (1.5 MiB): more is no event.
    private const long Longest = 32 << 20;

    /// <exception cref="InvalidDataException">A line is not JSON.</exception>
    /// <exception cref="IOException">The stream ended within a line.</exception>
    public static async IAsyncEnumerable<JsonDocument> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true, bufferSize: 16 * 1024));
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellation);
                var buffer = read.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    var line = buffer.Slice(0, end);
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                    if (!IsBlank(line))
                    {
                        yield return Parse(line);
                    }
                }

                if (buffer.Length > Longest)
                {
                    throw new InvalidDataException($"a line is longer than {Longest} bytes");
                }

                if (read.IsCompleted)
                {
                    if (!IsBlank(buffer))
                    {
                        yield return ParseLast(buffer);
                    }

                    yield break;
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static JsonDocument Parse(in ReadOnlySequence<byte> line)
    {
        try
        {
            // Copied: the pipe's buffer is reused while the document lives.
            return JsonDocument.Parse(line.ToArray());
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"a line of {line.Length} bytes is not JSON", e);
        }
    }

    /// <summary>A complete document without its line end is one; anything else is a cut, which is no fault of the sender's data.</summary>
    private static JsonDocument ParseLast(in ReadOnlySequence<byte> rest)
    {
        try
        {
            return JsonDocument.Parse(rest.ToArray());
        }
        catch (JsonException e)
        {
            throw new IOException("the stream ended within a line", e);
        }
    }

    private static bool IsBlank(in ReadOnlySequence<byte> line)
    {
        foreach (var segment in line)
        {
            if (segment.Span.ContainsAnyExcept(" \t\r"u8))
            {
                return false;
            }
        }

        return true;
    }
}
