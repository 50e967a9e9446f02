using System.Globalization;
using System.Text;

namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// Tag keys as label names. Keys that Prometheus' classic rule <c>[a-zA-Z_][a-zA-Z0-9_]*</c> allows are written as they are, others in Prometheus' own
/// reversible escaping ("value encoding": prefix U__, underscore doubled, other characters as _hex_), and so are keys with a meaning of their own.
/// </summary>
internal static class LabelNames
{
    /// <summary>Upper bound of a classic bucket.</summary>
    public const string UpperBound = "le";

    /// <summary>Tells the components of an exact sum apart; see <see cref="SnapshotFamilies"/>.</summary>
    public const string Part = "loadtest_part";

    private const string EscapedPrefix = "U__";

    public static string Escape(string key)
    {
        if (IsPlain(key)) return key;
        var name = new StringBuilder(EscapedPrefix);
        foreach (var rune in key.EnumerateRunes())
        {
            if (rune.Value == '_') name.Append("__");
            else if (rune.IsAscii && char.IsAsciiLetterOrDigit((char)rune.Value)) name.Append((char)rune.Value);
            else name.Append('_').Append(rune.Value.ToString("x", CultureInfo.InvariantCulture)).Append('_');
        }

        return name.ToString();
    }

    /// <summary>The key; null for a name that is no label name, or has the prefix but is no escaped key.</summary>
    public static string? Unescape(string name)
    {
        if (!IsLabelName(name)) return null;
        if (!name.StartsWith(EscapedPrefix, StringComparison.Ordinal)) return name;
        var key = new StringBuilder();
        for (var i = EscapedPrefix.Length; i < name.Length; i++)
        {
            if (name[i] != '_')
            {
                key.Append(name[i]);
                continue;
            }

            var end = name.IndexOf('_', i + 1);
            if (end < 0) return null;
            if (end == i + 1)
            {
                key.Append('_');
            }
            else
            {
                var hex = name.AsSpan(i + 1, end - i - 1);
                if (!int.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || !Rune.IsValid(code)) return null;
                key.Append(new Rune(code));
            }

            i = end;
        }

        return key.ToString();
    }

    private static bool IsPlain(string key)
    {
        if (key is UpperBound or Part or "quantile") return false;
        if (key.StartsWith("__", StringComparison.Ordinal) || key.StartsWith(EscapedPrefix, StringComparison.Ordinal)) return false;
        return IsLabelName(key);
    }

    private static bool IsLabelName(string name)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0])) return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') return false;
        }

        return true;
    }
}
