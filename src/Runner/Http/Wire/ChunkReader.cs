namespace LoadTesting.Runner.Http.Wire;

/// <summary>
/// Reads a body in chunks (RFC 9112, 7.1): <c>*( size [ext] CRLF data CRLF ) 0 [ext] CRLF *( trailer CRLF ) CRLF</c>. Data is taken in spans; of the lines around it,
/// which are a few octets, each octet is looked at, so that it does not matter where they are split.
/// </summary>
internal sealed class ChunkReader
{
    private const int LongestLine = 16 * 1024;

    private Part _part;
    private long _size;
    private int _digits;
    private int _line;
    private int _trailers;

    public bool IsComplete => _part == Part.Complete;

    public string? Problem { get; private set; }

    public void Begin() => (_part, _size, _digits, _line, _trailers, Problem) = (Part.Size, 0, 0, 0, 0, null);

    /// <returns>How many octets were used.</returns>
    public int Feed(ReadOnlySpan<byte> octets, BodySink body)
    {
        var used = 0;
        while (used < octets.Length && !IsComplete && Problem is null)
        {
            if (_part == Part.Data)
            {
                var take = (int)Math.Min(octets.Length - used, _size);
                body.Write(octets.Slice(used, take));
                (used, _size) = (used + take, _size - take);
                if (_size == 0) _part = Part.DataEnd;
            }
            else
            {
                Step(octets[used++]);
            }
        }

        return used;
    }

    private void Step(byte octet)
    {
        switch (_part)
        {
            case Part.Size when Digit(octet) is >= 0 and var digit:
                if (++_digits > 15) Problem = "a chunk size that does not fit 60 bits";
                _size = (_size << 4) | (uint)digit;
                break;
            case Part.Size or Part.Extension:
                if (octet == '\n') SizeEnds();
                else if (_part == Part.Size && octet is not ((byte)'\r' or (byte)';' or (byte)' ' or (byte)'\t')) Problem = "a chunk size that is no hexadecimal number";
                else if (++_line > LongestLine) Problem = $"a chunk's extension is longer than {LongestLine} bytes";
                else _part = Part.Extension;
                break;
            case Part.DataEnd:
                if (octet == '\n') (_part, _digits, _line) = (Part.Size, 0, 0);
                else if (octet != '\r') Problem = "a chunk that is longer than its size";
                break;
            default:
                Trailer(octet);
                break;
        }
    }

    private void SizeEnds()
    {
        if (_digits == 0) Problem = "a chunk without a size";
        else (_part, _line) = (_size == 0 ? Part.Trailers : Part.Data, 0);
    }

    // Trailer fields are read and not used; an empty line is the end.
    private void Trailer(byte octet)
    {
        if (++_trailers > ResponseReader.LongestHead) Problem = $"the trailers are longer than {ResponseReader.LongestHead} bytes";
        else if (octet == '\n' && _line == 0) _part = Part.Complete;
        else if (octet == '\n') _line = 0;
        else if (octet != '\r') _line++;
    }

    private static int Digit(byte octet) => octet switch
    {
        >= (byte)'0' and <= (byte)'9' => octet - '0',
        >= (byte)'a' and <= (byte)'f' => octet - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => octet - 'A' + 10,
        _ => -1,
    };

    private enum Part
    {
        Size,
        Extension,
        Data,
        DataEnd,
        Trailers,
        Complete,
    }
}
