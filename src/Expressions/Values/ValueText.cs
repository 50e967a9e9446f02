using System.Globalization;
using System.Text;

namespace LoadTesting.Expressions.Values;

/// <summary>The text forms of values: CEL's <c>string()</c>, and literals that read back as the same value.</summary>
internal static class ValueText
{
    public static string Double(double value) => value switch
    {
        double.NaN => "NaN",
        double.PositiveInfinity => "Infinity",
        double.NegativeInfinity => "-Infinity",
        0 => double.IsNegative(value) ? "-0" : "0",
        _ => Shortest(value),
    };

    /// <summary>Seconds with an <c>s</c> and only the fraction digits needed: <c>1.5s</c>.</summary>
    public static string Duration(long nanoseconds)
    {
        var seconds = Math.DivRem(nanoseconds, 1_000_000_000, out var rest);
        var sign = nanoseconds < 0 ? "-" : "";
        return $"{sign}{Math.Abs(seconds).ToString(CultureInfo.InvariantCulture)}{Fraction(Math.Abs(rest))}s";
    }

    /// <summary>RFC 3339 in UTC with only the fraction digits needed.</summary>
    public static string Timestamp(long seconds, int nanoseconds)
    {
        var whole = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return $"{whole.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture)}{Fraction(nanoseconds)}Z";
    }

    /// <summary>What <c>string()</c> gives where it is defined; null as <c>null</c>, bytes decoded, types by name. Not for lists and maps.</summary>
    public static string Plain(in CelValue value) => value.Kind switch
    {
        CelKind.String => value.Text,
        CelKind.Int => value.Bits.ToString(CultureInfo.InvariantCulture),
        CelKind.UInt => value.AsUInt.ToString(CultureInfo.InvariantCulture),
        CelKind.Double => Double(value.AsDouble),
        CelKind.Timestamp => Timestamp(value.Bits, value.AsTimestamp.Nanoseconds),
        CelKind.Duration => Duration(value.Bits),
        CelKind.Bytes => Encoding.UTF8.GetString(value.AsBytes.Span),
        _ => Literal(value),
    };

    /// <summary>As a template writes it.</summary>
    public static string Rendered(in CelValue value) => value.Kind is CelKind.List or CelKind.Map ? CelJson.ToText(value) : Plain(value);

    public static string Literal(in CelValue value)
    {
        var text = new StringBuilder();
        AppendLiteral(text, value);
        return text.ToString();
    }

    /// <summary>A double-quoted CEL string literal.</summary>
    public static void AppendQuoted(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' or '\x7f' => text.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }

    private static void AppendLiteral(StringBuilder text, in CelValue value)
    {
        switch (value.Kind)
        {
            case CelKind.Null: text.Append("null"); break;
            case CelKind.Bool: text.Append(value.AsBool ? "true" : "false"); break;
            case CelKind.Int: text.Append(CultureInfo.InvariantCulture, $"{value.AsInt}"); break;
            case CelKind.UInt: text.Append(CultureInfo.InvariantCulture, $"{value.AsUInt}u"); break;
            case CelKind.Double: AppendDouble(text, value.AsDouble); break;
            case CelKind.String: AppendQuoted(text, value.Text); break;
            case CelKind.Bytes: AppendBytes(text, value.AsBytes.Span); break;
            case CelKind.Timestamp: text.Append("timestamp(\"").Append(Timestamp(value.Bits, value.AsTimestamp.Nanoseconds)).Append("\")"); break;
            case CelKind.Duration: text.Append("duration(\"").Append(Duration(value.Bits)).Append("\")"); break;
            case CelKind.Type: text.Append(value.AsType.Name); break;
            case CelKind.Error: text.Append(value.AsError.Message); break;
            case CelKind.List: AppendList(text, value.AsList); break;
            default: AppendMap(text, value.AsMap); break;
        }
    }

    private static void AppendDouble(StringBuilder text, double value)
    {
        var digits = double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : $"double(\"{Double(value)}\")";
        text.Append(digits);
        if (double.IsFinite(value) && !digits.AsSpan().ContainsAny('.', 'E'))
        {
            text.Append(".0");
        }
    }

    private static void AppendBytes(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        text.Append("b\"");
        foreach (var octet in bytes)
        {
            _ = octet is >= 0x20 and < 0x7f and not (byte)'"' and not (byte)'\\'
                ? text.Append((char)octet)
                : text.Append(CultureInfo.InvariantCulture, $"\\x{octet:x2}");
        }

        text.Append('"');
    }

    private static void AppendList(StringBuilder text, CelList list)
    {
        text.Append('[');
        for (var i = 0; i < list.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            AppendLiteral(text, list[i]);
        }

        text.Append(']');
    }

    private static void AppendMap(StringBuilder text, CelMap map)
    {
        text.Append('{');
        var separator = "";
        foreach (var key in map.Keys)
        {
            text.Append(separator);
            AppendLiteral(text, key);
            text.Append(": ");
            _ = map.TryGet(key, out var value);
            AppendLiteral(text, value);
            separator = ", ";
        }

        text.Append('}');
    }

    private static string Fraction(long nanoseconds) =>
        nanoseconds == 0 ? "" : "." + nanoseconds.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');

    /// <summary>The shortest digits that read back, positional for magnitudes from 1e-6 to below 1e21 and scientific beyond.</summary>
    private static string Shortest(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        if (mark < 0)
        {
            return text;
        }

        var exponent = int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var sign = text[0] == '-' ? "-" : "";
        var digits = text[sign.Length..mark].Replace(".", "", StringComparison.Ordinal);
        return exponent switch
        {
            >= 21 or < -6 => string.Create(CultureInfo.InvariantCulture, $"{text[..mark]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}"),
            < 0 => $"{sign}0.{new string('0', -exponent - 1)}{digits}",
            _ => sign + (digits.Length > exponent + 1 ? digits.Insert(exponent + 1, ".") : digits.PadRight(exponent + 1, '0')),
        };
    }
}
