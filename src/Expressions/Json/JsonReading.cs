using System.Text.Json;
using System.Text.Unicode;

namespace LoadTesting.Expressions.Json;

/// <summary>
/// Parses JSON of which every string can be decoded. The platform's reader finds malformed UTF-8 and half surrogate pairs only when a string is
/// read, as an exception; here they are refused with the document.
/// </summary>
internal static class JsonReading
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = CelJson.MaxDepth };

    public static JsonDocument? TryParse(ReadOnlyMemory<byte> utf8, out CelError? error)
    {
        var problem = ProblemOfText(utf8.Span);
        try
        {
            error = problem is null ? null : NotJson(problem);
            return problem is null ? JsonDocument.Parse(utf8, Options) : null;
        }
        catch (JsonException e)
        {
            error = NotJson(e.Message);
            return null;
        }
    }

    /// <summary>Why a string in it might not be decodable; null when all are.</summary>
    public static string? ProblemOfText(ReadOnlySpan<byte> utf8) =>
        !Utf8.IsValid(utf8) ? "the octets are not UTF-8" : HasHalfPair(utf8) ? "a string has half of a surrogate pair" : null;

    private static CelError NotJson(string problem) => new(CelErrorCode.InvalidArgument, $"not JSON: {problem}");

    /// <summary>Whether an escape <c>\ud8xx</c>..<c>\udfxx</c> stands without its other half.</summary>
    private static bool HasHalfPair(ReadOnlySpan<byte> text)
    {
        var isHighBefore = false;
        var at = text.IndexOf((byte)'\\');
        while (at >= 0 && at + 1 < text.Length)
        {
            var isUnicode = text[at + 1] == (byte)'u' && text.Length >= at + 6;
            var (first, second) = isUnicode ? ((char)(text[at + 2] | 0x20), (char)(text[at + 3] | 0x20)) : ('0', '0');
            var isHigh = first == 'd' && (second is '8' or '9' or 'a' or 'b');
            var isLow = first == 'd' && second is >= 'c' and <= 'f';
            if (isLow != isHighBefore)
            {
                return true;
            }

            isHighBefore = isHigh;
            at += isUnicode ? 6 : 2;
            var next = at < text.Length ? text[at..].IndexOf((byte)'\\') : -1;
            if (isHighBefore && next != 0)
            {
                return true;
            }

            at = next < 0 ? -1 : at + next;
        }

        return isHighBefore;
    }
}
