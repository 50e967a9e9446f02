using System.Globalization;
using System.Numerics;
using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Cli.Manifests;

/// <summary>
/// The YAML 1.2 core schema: what a plain scalar is. <c>yes</c>, <c>no</c>, <c>on</c> and <c>off</c> are strings. Numbers are rewritten as JSON
/// writes them (<c>0x1F</c> to <c>31</c>, <c>.5</c> to <c>0.5</c>), so that everything behind the reader knows one notation.
/// </summary>
internal static class CoreSchema
{
    private const int LongestNumber = 400;

    /// <summary>The scalar's kind and text; null for <c>.inf</c> and <c>.nan</c>, which no manifest can use.</summary>
    public static (ScalarKind Kind, string Text)? Resolve(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return (ScalarKind.Null, "null");
            case "true" or "True" or "TRUE":
                return (ScalarKind.Boolean, "true");
            case "false" or "False" or "FALSE":
                return (ScalarKind.Boolean, "false");
            case ".nan" or ".NaN" or ".NAN":
                return null;
        }

        var digits = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);
        if (digits is ".inf" or ".Inf" or ".INF")
        {
            return null;
        }

        if (text.Length > LongestNumber || digits.IsEmpty || !(char.IsAsciiDigit(digits[0]) || digits[0] == '.'))
        {
            return (ScalarKind.String, text);
        }

        var sign = text[0] == '-' ? "-" : "";
        if (digits.IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return (ScalarKind.Integer, Integer(sign, BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture)));
        }

        if (digits.Length == text.Length && digits.Length > 2 && digits.StartsWith("0x") && digits[2..].IndexOfAnyExcept("0123456789abcdefABCDEF") < 0)
        {
            return (ScalarKind.Integer, Integer("", BigInteger.Parse($"0{digits[2..]}", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)));
        }

        if (digits.Length == text.Length && digits.Length > 2 && digits.StartsWith("0o") && digits[2..].IndexOfAnyExceptInRange('0', '7') < 0)
        {
            var value = BigInteger.Zero;
            foreach (var digit in digits[2..])
            {
                value = value * 8 + (digit - '0');
            }

            return (ScalarKind.Integer, Integer("", value));
        }

        return Float(sign, digits) is { } number ? (ScalarKind.Float, number) : (ScalarKind.String, text);
    }

    private static string Integer(string sign, BigInteger value) => value.IsZero ? "0" : sign + value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads <c>( . digits | digits [ . digits* ] ) [ e [sign] digits ]</c>.</summary>
    private static string? Float(string sign, ReadOnlySpan<char> text)
    {
        var e = text.IndexOfAny('e', 'E');
        var mantissa = e < 0 ? text : text[..e];
        var exponent = e < 0 ? [] : text[(e + 1)..];
        var point = mantissa.IndexOf('.');
        var whole = point < 0 ? mantissa : mantissa[..point];
        var fraction = point < 0 ? [] : mantissa[(point + 1)..];
        var exponentDigits = exponent.Length > 0 && exponent[0] is '-' or '+' ? exponent[1..] : exponent;
        if ((whole.IsEmpty && fraction.IsEmpty)
            || whole.IndexOfAnyExceptInRange('0', '9') >= 0 || fraction.IndexOfAnyExceptInRange('0', '9') >= 0 || exponentDigits.IndexOfAnyExceptInRange('0', '9') >= 0
            || (e >= 0 && exponentDigits.IsEmpty))
        {
            return null;
        }

        whole = whole.TrimStart('0');
        var tail = e < 0 ? "" : $"e{exponent}";
        return $"{sign}{(whole.IsEmpty ? "0" : whole)}.{(fraction.IsEmpty ? "0" : fraction)}{tail}";
    }
}
