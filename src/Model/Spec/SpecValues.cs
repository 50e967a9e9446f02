using System.Globalization;
using LoadTesting.Expressions;

namespace LoadTesting.Model.Spec;

/// <summary>Free-form data of a manifest as values of expressions.</summary>
public static class SpecValues
{
    /// <summary>A mapping, a list or a scalar as a value.</summary>
    public static CelValue Of(SpecNode node) => node switch
    {
        SpecMap map => CelValue.Of(CelMap.Of(map.Entries.Select(e => KeyValuePair.Create(e.Key, Of(e.Value))))),
        SpecList list => CelValue.Of(CelList.Of([.. list.Items.Select(Of)])),
        SpecScalar scalar => Of(scalar),
        _ => CelValue.Null,
    };

    /// <summary>A scalar as a value.</summary>
    public static CelValue Of(SpecScalar scalar) => scalar.Kind switch
    {
        ScalarKind.Null => CelValue.Null,
        ScalarKind.Boolean => CelValue.Of(scalar.Text.StartsWith('t') || scalar.Text.StartsWith('T')),
        ScalarKind.Integer => Integer(scalar.Text),
        ScalarKind.Float => CelValue.Of(Float(scalar.Text)),
        _ => CelValue.Of(scalar.Text),
    };

    // YAML 1.2 core schema: decimal with sign, 0o octal, 0x hexadecimal. What does not fit 64 bits is a double, as in JSON.
    private static CelValue Integer(string text)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex)) return CelValue.Of(hex);
        if (text.StartsWith("0o", StringComparison.Ordinal)) return CelValue.Of(text[2..].Aggregate(0L, (value, digit) => (value * 8) + (digit - '0')));
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? CelValue.Of(value) : CelValue.Of(Float(text));
    }

    private static double Float(string text) => text.TrimStart('+', '-').ToLowerInvariant() switch
    {
        ".inf" => text.StartsWith('-') ? double.NegativeInfinity : double.PositiveInfinity,
        ".nan" => double.NaN,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN,
    };
}
