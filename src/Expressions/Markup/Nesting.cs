using System.Buffers;

namespace LoadTesting.Expressions.Markup;

/// <summary>
/// What parsing a page would cost, from its tags alone and before it is parsed: what a parser of HTML does for a tag takes as long as the page is deep there, formatting that is left open is
/// made again in every block that follows, and every attribute is looked for among those before it.
/// </summary>
internal static class Nesting
{
    /// <summary>Deepest page; browsers stop at 512.</summary>
    public const int Most = 1000;

    /// <summary>Most attributes of an element.</summary>
    public const int MostAttributes = 1000;

    /// <summary>Most elements that formatting left open may add.</summary>
    public const long MostCopies = 500_000;

    // Elements without an end, or whose end may be left out: they do not nest without others in between.
    private static readonly HashSet<string> Uncounted = new(StringComparer.OrdinalIgnoreCase)
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
        "p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "thead", "tbody", "tfoot", "html", "head", "body", "colgroup", "rt", "rp",
    };

    private static readonly HashSet<string> Formatting = new(StringComparer.OrdinalIgnoreCase) { "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u" };

    private static readonly HashSet<string> Raw = new(StringComparer.OrdinalIgnoreCase) { "script", "style", "textarea", "title", "iframe", "xmp", "noframes" };

    private static readonly SearchValues<char> NameLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:_");

    /// <summary>What is too much about a page; null when nothing is.</summary>
    public static string? Wrong(string html)
    {
        var open = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var counts = open.GetAlternateLookup<ReadOnlySpan<char>>();
        var (uncounted, formatting, raw) = (Uncounted.GetAlternateLookup<ReadOnlySpan<char>>(), Formatting.GetAlternateLookup<ReadOnlySpan<char>>(), Raw.GetAlternateLookup<ReadOnlySpan<char>>());
        var (depth, formats, copies) = (0, 0, 0L);
        for (var at = html.IndexOf('<'); at >= 0 && at + 1 < html.Length; at = at < html.Length ? html.IndexOf('<', at) : -1)
        {
            if (html.AsSpan(at).StartsWith("<!--"))
            {
                var end = html.IndexOf("-->", at, StringComparison.Ordinal);
                at = end < 0 ? html.Length : end;
                continue;
            }

            var isEnd = html[at + 1] == '/';
            var name = Name(html.AsSpan(at + (isEnd ? 2 : 1)));
            at += 1 + name.Length;
            if (name.Length == 0)
            {
                continue;
            }

            if (!isEnd && Attributes(html, ref at) > MostAttributes)
            {
                return $"an element of the page has more than {MostAttributes} attributes";
            }

            if (!isEnd && raw.Contains(name))
            {
                var end = html.IndexOf($"</{name}", at, StringComparison.OrdinalIgnoreCase);
                at = end < 0 ? html.Length : end + 2;
                continue;
            }

            copies += formats;
            if (copies > MostCopies)
            {
                return "the page leaves formatting open, which would be made again too often";
            }

            if (uncounted.Contains(name))
            {
                continue;
            }

            counts.TryGetValue(name, out var before);
            if (isEnd && before == 0)
            {
                continue;
            }

            counts[name] = before + (isEnd ? -1 : 1);
            depth += isEnd ? -1 : 1;
            formats += !formatting.Contains(name) ? 0 : isEnd ? -1 : 1;
            if (depth > Most)
            {
                return $"the page nests deeper than {Most} elements";
            }
        }

        return null;
    }

    private static ReadOnlySpan<char> Name(ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAnyExcept(NameLetters);
        var name = length < 0 ? text : text[..length];
        return name.Length > 0 && char.IsAsciiLetter(name[0]) ? name : [];
    }

    /// <summary>How many attributes there may be at most before the tag's end, where <paramref name="at"/> is left.</summary>
    private static int Attributes(string html, ref int at)
    {
        var count = 0;
        for (; at < html.Length && html[at] != '>'; at++)
        {
            var letter = html[at];
            if (letter is '"' or '\'' && at > 0 && html[at - 1] == '=')
            {
                var end = html.IndexOf(letter, at + 1);
                at = end < 0 ? html.Length - 1 : end;
                count++;
            }
            else if (letter is ' ' or '\n' or '\r' or '\t' or '\f' or '/')
            {
                count++;
            }
        }

        return count;
    }
}
