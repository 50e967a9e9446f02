using System.Text;

namespace LoadTesting.Runner.Cli;

/// <summary>Our own marks, bars and dashes in letters of ASCII, for streams whose character set has none of them.</summary>
internal static class AsciiMarks
{
    private static readonly Dictionary<char, string> Letters = new()
    {
        ['✓'] = "ok",
        ['✗'] = "x",
        ['…'] = "...",
        ['·'] = ".",
        ['›'] = ">",
        ['↳'] = "->",
        ['—'] = "-",
        ['–'] = "-",
        ['×'] = "x",
        ['±'] = "+-",
        ['µ'] = "u",
        ['μ'] = "u",
        ['∞'] = "inf",
        ['≤'] = "<=",
        ['≥'] = ">=",
        ['━'] = "=",
        ['─'] = "-",
        ['▁'] = "_",
        ['▂'] = "_",
        ['▃'] = ".",
        ['▄'] = ".",
        ['▅'] = "-",
        ['▆'] = "-",
        ['▇'] = "=",
        ['█'] = "#",
    };

    /// <summary>The text with every known mark in letters; everything else is left to the stream.</summary>
    public static string Replace(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (Letters.TryGetValue(c, out var letters))
            {
                result.Append(letters);
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }
}
