using System.Buffers;
using System.Globalization;
using System.Text;

namespace LoadTesting.Model.Reporting;

/// <summary>
/// Text that came from outside (a target's answer, a manifest, a cluster) made safe for a terminal and for a log that is read by lines. Control characters
/// would move the cursor, set the window's title, ring, or forge lines; direction marks would show words in another order than they stand. Pure, and changes
/// nothing the second time.
/// </summary>
public static class PrintableText
{
    // C1 controls steer terminals as ESC sequences do. U+2028 and U+2029 end lines for many readers.
    private static readonly SearchValues<char> Unsafe = SearchValues.Create([.. Enumerable.Range(0, 0x10000).Select(c => (char)c).Where(IsUnsafe)]);

    private static readonly SearchValues<char> UnsafeInLines = SearchValues.Create([.. Enumerable.Range(0, 0x10000).Select(c => (char)c).Where(c => IsUnsafe(c) && c is not ('\n' or '\t'))]);

    /// <summary>
    /// One line: a tab becomes a blank, a line end <c>\n</c> or <c>\r</c> in letters, any other control character its number, as in <c>\u001b</c>.
    /// </summary>
    public static string OneLine(string text) => Replace(text, Unsafe);

    /// <summary>One line of at most so many characters; what is cut off shows as <c>…</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="longest">Most characters kept, at least 1.</param>
    public static string OneLine(string text, int longest)
    {
        if (text.Length <= longest) return OneLine(text);
        var end = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return OneLine(text[..end]) + "…";
    }

    /// <summary>Any number of lines: line feeds and tabs stay.</summary>
    public static string Lines(string text) => Replace(text, UnsafeInLines);

    private static string Replace(string text, SearchValues<char> replaced)
    {
        var next = text.AsSpan().IndexOfAny(replaced);
        if (next < 0) return text;
        var result = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                result.Append(c).Append(text[++i]);
            }
            else if (!replaced.Contains(c))
            {
                result.Append(c);
            }
            else
            {
                _ = c switch
                {
                    '\t' => result.Append(' '),
                    '\n' => result.Append(@"\n"),
                    '\r' => result.Append(@"\r"),
                    _ => result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                };
            }
        }

        return result.ToString();
    }

    private static bool IsUnsafe(char c) =>
        char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\u061c' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
