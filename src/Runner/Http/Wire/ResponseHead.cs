using System.Text;

namespace LoadTesting.Runner.Http.Wire;

/// <summary>What a response's head says about the message itself; the other fields stay octets until somebody asks (<see cref="WireHeaders"/>).</summary>
internal readonly struct ResponseHead
{
    /// <summary>Status code, 100…999.</summary>
    public int Status { get; private init; }

    /// <summary>1 for HTTP/1.1, 0 for HTTP/1.0.</summary>
    public int Minor { get; private init; }

    /// <summary>−1 = none was given.</summary>
    public long ContentLength { get; private init; }

    public bool IsChunked { get; private init; }

    /// <summary>Why a body, if there is one, cannot be read; null = it can.</summary>
    public string? CodingProblem { get; private init; }

    /// <summary>Whether the connection ends with this response.</summary>
    public bool Closes { get; private init; }

    /// <summary>Whether the body has a content coding.</summary>
    public bool IsEncoded { get; private init; }

    /// <summary>Whether session or body need the fields: a redirect, a cookie, an encoded body.</summary>
    public bool NeedsFields { get; private init; }

    /// <summary>
    /// Finds the empty line; a line may end with LF alone.
    /// </summary>
    /// <param name="octets">The head's beginning, or more.</param>
    /// <param name="from">Where a search that found nothing left off.</param>
    /// <param name="scanned">Where to go on when more has come.</param>
    /// <returns>Length of the head with its empty line; 0 = not there yet.</returns>
    public static int FindEnd(ReadOnlySpan<byte> octets, int from, out int scanned)
    {
        // From the beginning of a line on.
        for (var start = from; ;)
        {
            var length = octets[start..].IndexOf((byte)'\n');
            scanned = start;
            if (length < 0) return 0;
            if (length == 0 || (length == 1 && octets[start] == '\r')) return start + length + 1;
            start += length + 1;
        }
    }

    /// <summary>Parses a whole head; says what is wrong when it is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> octets, out ResponseHead head, out string problem)
    {
        head = default;
        var line = NextLine(ref octets);
        if (!TryStatusLine(line, out var status, out var minor))
        {
            problem = $"no HTTP/1.1 status line: '{Show(line)}'";
            return false;
        }

        var framing = new BodyFraming();
        var (closes, setsCookie, isEncoded) = (minor == 0, false, false);
        while ((line = NextLine(ref octets)).Length > 0)
        {
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[colon - 1] is (byte)' ' or (byte)'\t')
            {
                // An obsolete folded line continues the field before, none of which matter to us.
                if (line[0] is (byte)' ' or (byte)'\t') continue;
                problem = $"no header field: '{Show(line)}'";
                return false;
            }

            var name = line[..colon];
            switch (name.Length)
            {
                case 14 when Is(name, "content-length"u8):
                    if (framing.TryAddLength(line[(colon + 1)..])) break;
                    problem = BodyFraming.NoLength(Show(line));
                    return false;
                case 17 when Is(name, "transfer-encoding"u8):
                    framing.AddCoding(line[(colon + 1)..]);
                    break;
                case 10 when Is(name, "connection"u8):
                    if (HasToken(line[(colon + 1)..], "close"u8)) closes = true;
                    else if (minor == 0 && HasToken(line[(colon + 1)..], "keep-alive"u8)) closes = false;
                    break;
                case 10 when Is(name, "set-cookie"u8):
                    setsCookie = true;
                    break;
                case 16 when Is(name, "content-encoding"u8):
                    isEncoded = true;
                    break;
            }
        }

        framing.End(minor);
        head = new ResponseHead
        {
            Status = status,
            Minor = minor,
            ContentLength = framing.IsAmbiguous ? -1 : framing.Length,
            IsChunked = framing.IsChunked,
            CodingProblem = framing.CodingProblem,
            Closes = closes || framing.IsAmbiguous,
            IsEncoded = isEncoded,
            NeedsFields = setsCookie || isEncoded || status is >= 300 and < 400,
        };
        problem = "";
        return true;
    }

    /// <summary>Takes the next line off, without its end.</summary>
    public static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> octets)
    {
        var end = octets.IndexOf((byte)'\n');
        if (end < 0) return [];
        var line = octets[..end];
        octets = octets[(end + 1)..];
        return line.Length > 0 && line[^1] == '\r' ? line[..^1] : line;
    }

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value) => value.Trim(" \t"u8);

    public static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) => Ascii.EqualsIgnoreCase(text, lower);

    // HTTP-version SP 3DIGIT [SP reason]; only versions 1.x can be answered to a 1.1 request.
    private static bool TryStatusLine(ReadOnlySpan<byte> line, out int status, out int minor)
    {
        (status, minor) = (0, 0);
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[8] != ' ' || !char.IsAsciiDigit((char)line[7])) return false;
        if (line.Length > 12 && line[12] != ' ') return false;
        for (var i = 9; i < 12; i++)
        {
            if (!char.IsAsciiDigit((char)line[i])) return false;
            status = (10 * status) + line[i] - '0';
        }

        minor = line[7] == '0' ? 0 : 1;
        return status >= 100;
    }

    private static bool HasToken(ReadOnlySpan<byte> list, ReadOnlySpan<byte> lower)
    {
        foreach (var range in list.Split((byte)','))
        {
            if (Is(Trim(list[range]), lower)) return true;
        }

        return false;
    }

    private static string Show(ReadOnlySpan<byte> line) => Encoding.Latin1.GetString(line[..Math.Min(line.Length, 60)]);
}
