using System.Buffers;
using System.Globalization;
using System.Text;

namespace LoadTesting.Model.Reporting;

/// <summary>
/// Text that came from outside (a target's answer, a manifest, a cluster) made safe for a terminal and for a log that is read by lines. Control characters
/// would move the cursor, set the window's title, ring, or forge lines; direction marks would show words in another order than they stand; characters without
/// a shape would let two names look the same. Pure, and changes nothing the second time.
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

    /// <summary>
    /// One line that is never longer than so many characters, the <c>…</c> of a cut included: for fields with a bound. Changes nothing the second time.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="longest">Most characters of the result, at least 2.</param>
    public static string Bounded(string text, int longest)
    {
        // What is cut off for certain need not be looked at.
        var line = OneLine(text.Length <= longest ? text : text[..(longest + 1)]);
        if (line.Length <= longest) return line;
        var end = longest - 1;
        return line[..(char.IsHighSurrogate(line[end - 1]) ? end - 1 : end)] + "…";
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
                var isHidden = CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(c, text[i + 1])) == UnicodeCategory.Format;
                _ = isHidden ? result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}\\u{(int)text[++i]:x4}") : result.Append(c).Append(text[++i]);
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

    // Of the format characters (Cf: marks and overrides of direction, zero width, the byte order mark, the soft hyphen) those two stay that join letters, or keep
    // them apart, in scripts and emoji: without them such words are spelt wrong.
    private static bool IsUnsafe(char c) =>
        char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029'
        || (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Format && c is not ('\u200c' or '\u200d'));
}
