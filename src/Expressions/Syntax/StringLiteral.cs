using System.Globalization;
using System.Text;

namespace LoadTesting.Expressions.Syntax;

/// <summary>
/// Reads string and bytes literals: <c>'…' "…" '''…''' """…"""</c>, each with the prefixes <c>r</c> (no escapes) and
/// <c>b</c> (octets) in any case and order.
/// </summary>
internal static class StringLiteral
{
    /// <summary>Letters before the opening quote; -1 when no literal starts here.</summary>
    public static int PrefixLength(string source, int at)
    {
        var (raw, octets) = (0, 0);
        for (var i = at; i < source.Length; i++)
        {
            switch (source[i])
            {
                case '"' or '\'': return i - at;
                case 'r' or 'R' when raw++ == 0: break;
                case 'b' or 'B' when octets++ == 0: break;
                default: return -1;
            }
        }

        return -1;
    }

    /// <summary>The literal's value and the position after it.</summary>
    public static (CelValue Value, int End) Read(string source, int start, int prefix)
    {
        var letters = source.AsSpan(start, prefix);
        var isRaw = letters.ContainsAny('r', 'R');
        var isBytes = letters.ContainsAny('b', 'B');
        var quote = source[start + prefix];
        var triple = new string(quote, 3);
        var closing = string.CompareOrdinal(source, start + prefix, triple, 0, 3) == 0 ? triple : triple[..1];
        var text = new StringBuilder();
        var octets = new List<byte>();
        var at = start + prefix + closing.Length;
        while (string.CompareOrdinal(source, at, closing, 0, closing.Length) != 0)
        {
            if (at >= source.Length || (closing.Length == 1 && source[at] is '\n' or '\r'))
            {
                throw new SyntaxFailure(start, Math.Min(at, source.Length) - start, $"the {(isBytes ? "bytes" : "string")} literal is not closed: {closing} is missing");
            }

            if (source[at] == '\\' && !isRaw)
            {
                at = Escape(source, at, isBytes, text, octets);
                continue;
            }

            var length = at + 1 < source.Length && char.IsSurrogatePair(source[at], source[at + 1]) ? 2 : 1;
            Append(source.AsSpan(at, length), isBytes, text, octets);
            at += length;
        }

        return (isBytes ? CelValue.Of(octets.ToArray()) : CelValue.Of(text.ToString()), at + closing.Length);
    }

    private static void Append(ReadOnlySpan<char> characters, bool isBytes, StringBuilder text, List<byte> octets)
    {
        if (!isBytes)
        {
            text.Append(characters);
            return;
        }

        Span<byte> utf8 = stackalloc byte[4];
        octets.AddRange(utf8[..Encoding.UTF8.GetBytes(characters, utf8)]);
    }

    private static int Escape(string source, int at, bool isBytes, StringBuilder text, List<byte> octets)
    {
        var c = at + 1 < source.Length ? source[at + 1] : '\0';
        var simple = c switch
        {
            'a' => '\a',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            '\\' or '?' or '"' or '\'' or '`' => c,
            _ => '\0',
        };
        if (simple != '\0')
        {
            Append([simple], isBytes, text, octets);
            return at + 2;
        }

        var (digits, radix) = c switch
        {
            'x' or 'X' => (2, 16),
            'u' when !isBytes => (4, 16),
            'U' when !isBytes => (8, 16),
            >= '0' and <= '3' => (3, 8),
            _ => throw new SyntaxFailure(at, Math.Min(2, source.Length - at), $"'\\{c}' is not an escape{(isBytes ? " of a bytes literal" : "")}"),
        };
        var first = radix == 16 ? at + 2 : at + 1;
        if (first + digits > source.Length || !TryCode(source.AsSpan(first, digits), radix, out var code))
        {
            throw new SyntaxFailure(at, Math.Min(2, source.Length - at), $"'\\{c}' needs {digits} {(radix == 16 ? "hexadecimal" : "octal")} digits");
        }

        if (isBytes)
        {
            octets.Add((byte)code);
        }
        else if (Rune.IsValid(code))
        {
            text.Append(new Rune(code).ToString());
        }
        else
        {
            throw new SyntaxFailure(at, first + digits - at, "the escape is not a Unicode code point");
        }

        return first + digits;
    }

    private static bool TryCode(ReadOnlySpan<char> digits, int radix, out int code)
    {
        if (radix == 16)
        {
            return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code);
        }

        code = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7')
            {
                return false;
            }

            code = (code * 8) + (digit - '0');
        }

        return true;
    }
}
