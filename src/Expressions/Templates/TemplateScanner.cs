namespace LoadTesting.Expressions.Templates;

/// <summary>
/// Finds the <c>${…}</c> of a text. The closing brace is the one that matches: braces of maps are counted, and those inside the
/// expression's own string literals and comments are text.
/// </summary>
internal static class TemplateScanner
{
    /// <summary>Literal stretches (unescaped) and expressions, in order. An expression that is not closed has a negative length.</summary>
    public static IEnumerable<(bool IsExpression, int Offset, int Length)> Scan(string text)
    {
        var start = 0;
        while (true)
        {
            var open = text.IndexOf("${", start, StringComparison.Ordinal);
            if (open < 0)
            {
                break;
            }

            if (open > start && text[open - 1] == '$')
            {
                // "$${" stands for "${": the first dollar goes.
                yield return (false, start, open - 1 - start);
                yield return (false, open, 2);
                start = open + 2;
                continue;
            }

            if (open > start)
            {
                yield return (false, start, open - start);
            }

            var close = Close(text, open + 2);
            yield return (true, open + 2, close - open - 2);
            if (close < 0)
            {
                yield break;
            }

            start = close + 1;
        }

        if (start < text.Length)
        {
            yield return (false, start, text.Length - start);
        }
    }

    private static int Close(string text, int at)
    {
        var depth = 0;
        while (at < text.Length)
        {
            switch (text[at])
            {
                case '{':
                    depth++;
                    break;
                case '}' when depth-- == 0:
                    return at;
                case '"' or '\'':
                    at = EndOfString(text, at);
                    continue;
                case '/' when at + 1 < text.Length && text[at + 1] == '/':
                    at = text.IndexOf('\n', at) is >= 0 and var end ? end : text.Length;
                    continue;
            }

            at++;
        }

        return -1;
    }

    /// <summary>The position after a string literal; the text's end when it is not closed.</summary>
    private static int EndOfString(string text, int at)
    {
        var quote = text[at];
        var triple = new string(quote, 3);
        var closing = string.CompareOrdinal(text, at, triple, 0, 3) == 0 ? triple : triple[..1];
        var isRaw = at > 0 && (text[at - 1] is 'r' or 'R' || (at > 1 && text[at - 1] is 'b' or 'B' && text[at - 2] is 'r' or 'R'));
        for (at += closing.Length; at < text.Length; at++)
        {
            if (string.CompareOrdinal(text, at, closing, 0, closing.Length) == 0)
            {
                return at + closing.Length;
            }

            if (text[at] == '\\' && !isRaw)
            {
                at++;
            }
        }

        return text.Length;
    }
}
