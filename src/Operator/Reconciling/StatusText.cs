using System.Text;

namespace LoadTesting.Operator.Reconciling;

/// <summary>Bounds on the texts of a status, which runners, targets and the kubelet may write. The API server stores 1.5 MiB for all of a run.</summary>
internal static class StatusText
{
    /// <summary>Bytes of the message of a status.</summary>
    public const int Message = 4096;

    /// <summary>Bytes of a text in a list.</summary>
    public const int Item = 512;

    /// <summary>Bytes of a reason, and of a text that there may be one of for each runner.</summary>
    public const int Short = 256;

    /// <summary>The text, or as much of its beginning as has so many bytes in UTF-8 together with the note that it was cut.</summary>
    public static string? Cut(string? text, int mostBytes)
    {
        // A char is at most three bytes; most texts end here.
        if (text is null || (text.Length * 3L <= mostBytes) || Encoding.UTF8.GetByteCount(text) <= mostBytes) return text;
        var note = $"… (cut: {text.Length} characters)";
        var (left, end) = (mostBytes - Encoding.UTF8.GetByteCount(note), 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if ((left -= rune.Utf8SequenceLength) < 0) break;
            end += rune.Utf16SequenceLength;
        }

        return text[..end] + note;
    }
}
