using System.Globalization;

namespace LoadTesting.Model.Spec;

/// <summary>A share of something, written as a number (<c>0.05</c>) or as a percentage (<c>5%</c>).</summary>
/// <param name="Value">0…1; 1 is all of it.</param>
public readonly record struct Fraction(double Value)
{
    /// <summary>Reads both notations; any finite number, so that rules can say what is wrong with it.</summary>
    public static bool TryParse(string text, out Fraction fraction)
    {
        var trimmed = text.Trim();
        var isPercent = trimmed.EndsWith('%');
        var number = isPercent ? trimmed[..^1].TrimEnd() : trimmed;
        var ok = double.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value);
        // As a decimal, because 7 / 100 and 0.07 shall be the same number.
        fraction = new Fraction(!ok ? 0 : isPercent && Math.Abs(value) < 1e9 ? (double)((decimal)value / 100) : isPercent ? value / 100 : value);
        return ok;
    }

    /// <summary>The number that <see cref="TryParse"/> reads back exactly.</summary>
    public override string ToString() => Value.ToString("R", CultureInfo.InvariantCulture);
}
