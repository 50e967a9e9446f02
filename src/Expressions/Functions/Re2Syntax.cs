using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LoadTesting.Expressions.Functions;

/// <summary>
/// Rewrites a pattern in RE2's syntax for .NET where the two read the same text differently: <c>\d \w \s</c> are ASCII, <c>$</c> is the very
/// end, <c>(?P&lt;n&gt;…)</c>, <c>\Q…\E</c>, <c>\pL</c>, <c>\x{…}</c>, <c>[[:alpha:]]</c>.
/// </summary>
internal static class Re2Syntax
{
    private static readonly Dictionary<string, string> Posix = new(StringComparer.Ordinal)
    {
        ["alnum"] = "0-9A-Za-z",
        ["alpha"] = "A-Za-z",
        ["ascii"] = @"\x00-\x7F",
        ["blank"] = @"\t ",
        ["cntrl"] = @"\x00-\x1F\x7F",
        ["digit"] = "0-9",
        ["graph"] = "!-~",
        ["lower"] = "a-z",
        ["print"] = " -~",
        ["punct"] = @"!-/:-@\[-`{-~",
        ["space"] = @"\t\n\v\f\r ",
        ["upper"] = "A-Z",
        ["word"] = "0-9A-Za-z_",
        ["xdigit"] = "0-9A-Fa-f",
    };

    /// <summary>The pattern for .NET; null when it is malformed or uses what RE2 has and .NET has not.</summary>
    public static string? Translate(string pattern)
    {
        var output = new StringBuilder(pattern.Length + 8);
        var isMultiline = HasFlag(pattern, 'm');
        var inClass = false;
        for (var at = 0; at < pattern.Length;)
        {
            var rest = pattern.AsSpan(at);
            if (rest[0] == '\\')
            {
                var taken = Escape(output, rest, inClass);
                if (taken == 0)
                {
                    return null;
                }

                at += taken;
            }
            else if (inClass && rest.StartsWith("[:") && rest.IndexOf(":]") is > 0 and var close)
            {
                if (!Posix.TryGetValue(rest[2..close].ToString(), out var members))
                {
                    return null;
                }

                output.Append(members);
                at += close + 2;
            }
            else if (!inClass && rest.StartsWith("(?P<"))
            {
                output.Append("(?<");
                at += 4;
            }
            else if (!inClass && rest[0] == '$')
            {
                output.Append(isMultiline ? "$" : @"\z");
                at++;
            }
            else
            {
                (inClass, var taken) = Plain(output, rest, inClass);
                at += taken;
            }
        }

        return output.ToString();
    }

    /// <summary>A character that stands for itself or opens or closes a class.</summary>
    private static (bool InClass, int Taken) Plain(StringBuilder output, ReadOnlySpan<char> rest, bool inClass)
    {
        if (inClass)
        {
            // In .NET an opening bracket after a minus subtracts a class; in RE2 it is a member.
            output.Append(rest[0] == '[' ? @"\[" : rest[..1]);
            return (rest[0] != ']', 1);
        }

        if (rest[0] != '[')
        {
            output.Append(rest[0]);
            return (false, 1);
        }

        var taken = rest.StartsWith("[^") ? 2 : 1;
        output.Append(rest[..taken]);
        if (rest.Length > taken && rest[taken] == ']')
        {
            output.Append(@"\]");
            taken++;
        }

        return (true, taken);
    }

    private static int Escape(StringBuilder output, ReadOnlySpan<char> rest, bool inClass)
    {
        if (rest.Length < 2)
        {
            return 0;
        }

        switch (rest[1])
        {
            case 'd': return Set("0-9", negated: false);
            case 'w': return Set("0-9A-Za-z_", negated: false);
            case 's': return Set(@"\t\n\f\r ", negated: false);
            case 'D': return inClass ? Set(@"\x00-/:-\uFFFF", negated: false) : Set("0-9", negated: true);
            case 'W': return inClass ? Set(@"\x00-/:-@\[-^`{-\uFFFF", negated: false) : Set("0-9A-Za-z_", negated: true);
            case 'S': return inClass ? Set(@"\x00-\x08\x0B\x0E-\x1F!-\uFFFF", negated: false) : Set(@"\t\n\f\r ", negated: true);
            case 'Q':
                var end = rest.IndexOf(@"\E");
                output.Append(Regex.Escape((end < 0 ? rest[2..] : rest[2..end]).ToString()));
                return end < 0 ? rest.Length : end + 2;
            case 'p' or 'P' when rest.Length > 2 && rest[2] != '{':
                output.Append(rest[..2]).Append('{').Append(rest[2]).Append('}');
                return 3;
            case 'x' when rest.Length > 2 && rest[2] == '{':
                return CodePoint(output, rest);
            case 'A' or 'z' or 'b' or 'B' or 'a' or 'f' or 't' or 'n' or 'r' or 'v' or 'x' or 'p' or 'P' or (>= '0' and <= '7'):
                output.Append(rest[..2]);
                return 2;
            case var c when char.IsAsciiLetterOrDigit(c):
                return 0;
            default:
                output.Append(rest[..2]);
                return 2;
        }

        int Set(string members, bool negated)
        {
            _ = inClass ? output.Append(members) : output.Append(negated ? "[^" : "[").Append(members).Append(']');
            return 2;
        }
    }

    private static int CodePoint(StringBuilder output, ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf('}');
        if (end < 4 || !int.TryParse(rest[3..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || !Rune.IsValid(code))
        {
            return 0;
        }

        output.Append(Regex.Escape(new Rune(code).ToString()));
        return end + 1;
    }

    /// <summary>Whether a flag group such as <c>(?im)</c> sets the flag anywhere.</summary>
    private static bool HasFlag(string pattern, char flag)
    {
        for (var at = pattern.IndexOf("(?", StringComparison.Ordinal); at >= 0; at = pattern.IndexOf("(?", at + 2, StringComparison.Ordinal))
        {
            for (var i = at + 2; i < pattern.Length && char.IsAsciiLetter(pattern[i]); i++)
            {
                if (pattern[i] == flag)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
