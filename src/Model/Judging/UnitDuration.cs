using System.Globalization;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Judging;

/// <summary>Durations that must carry a unit: within a threshold a bare number is a metric's value, not a time.</summary>
internal static class UnitDuration
{
    private static readonly (string Unit, decimal Nanoseconds)[] Units =
    [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000m), ("m", 60_000_000_000m), ("h", 3_600_000_000_000m),
    ];

    /// <summary>Reads e.g. <c>1m30s</c>, <c>1.5ms</c>, <c>-2s</c>; fractions of a nanosecond are cut off.</summary>
    public static bool TryParse(string text, out Duration duration)
    {
        duration = Duration.Zero;
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
        {
            rest = rest[1..];
        }

        if (rest.IsEmpty)
        {
            return false;
        }

        decimal sum = 0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || digits > 20 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[digits..];
            var end = rest.IndexOfAny("0123456789.");
            var name = end < 0 ? rest : rest[..end];
            var factor = 0m;
            foreach (var (unit, nanoseconds) in Units)
            {
                factor = name.SequenceEqual(unit) ? nanoseconds : factor;
            }

            if (factor == 0 || number > long.MaxValue / factor || (sum += number * factor) > long.MaxValue)
            {
                return false;
            }

            rest = rest[name.Length..];
        }

        duration = new Duration((long)(negative ? -sum : sum));
        return true;
    }
}
