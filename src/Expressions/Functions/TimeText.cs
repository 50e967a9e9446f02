using System.Globalization;
using LoadTesting.Expressions.Evaluation;

namespace LoadTesting.Expressions.Functions;

/// <summary>Instants and spans from text.</summary>
internal static class TimeText
{
    // Longest first: "ms" is not "m" followed by "s".
    private static readonly (string Unit, decimal Nanoseconds)[] Units =
        [("ns", 1), ("us", 1e3m), ("µs", 1e3m), ("μs", 1e3m), ("ms", 1e6m), ("h", 3600e9m), ("m", 60e9m), ("s", 1e9m)];

    /// <summary>RFC 3339: <c>2009-02-13T23:31:30.123Z</c> or with an offset.</summary>
    public static CelValue ParseTimestamp(string text)
    {
        if (text.Length is < 20 or > 40 || text[10] != 'T' || !TryTwo(text.AsSpan(), 11, 23, out _)
            || !DateTime.TryParseExact(text[..19], "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var whole))
        {
            return NotATimestamp(text);
        }

        var at = 19;
        var nanoseconds = 0;
        if (text[at] == '.')
        {
            var digits = text.AsSpan(at + 1).IndexOfAnyExceptInRange('0', '9');
            if (digits is < 1 or > 9)
            {
                return NotATimestamp(text);
            }

            nanoseconds = int.Parse(text.AsSpan(at + 1, digits), CultureInfo.InvariantCulture);
            for (var i = digits; i < 9; i++)
            {
                nanoseconds *= 10;
            }

            at += digits + 1;
        }

        return TryOffset(text.AsSpan(at), out var offset)
            ? CelValue.Timestamp(((whole.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond) - offset, nanoseconds)
            : NotATimestamp(text);
    }

    /// <summary>Numbers with units, largest unit first or not: <c>1h30m</c>, <c>-1.5s</c>, <c>250ms</c>, <c>0</c>.</summary>
    public static CelValue ParseDuration(string text)
    {
        var rest = text.AsSpan();
        var isNegative = rest.StartsWith("-");
        rest = isNegative || rest.StartsWith("+") ? rest[1..] : rest;
        if (rest is ['0'])
        {
            return CelValue.Duration(0);
        }

        decimal total = 0;
        var isEmpty = rest.IsEmpty;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits is < 1 or > 20 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return NotADuration(text);
            }

            rest = rest[digits..];
            var scale = 0m;
            foreach (var (unit, nanoseconds) in Units)
            {
                if (rest.StartsWith(unit, StringComparison.Ordinal))
                {
                    scale = nanoseconds;
                    rest = rest[unit.Length..];
                    break;
                }
            }

            if (scale == 0)
            {
                return NotADuration(text);
            }

            if ((double)number * (double)scale > 1e19 || (total += number * scale) > 1e19m)
            {
                return Errors.Range("the duration does not fit about 292 years");
            }
        }

        total = decimal.Truncate(isNegative ? -total : total);
        return isEmpty ? NotADuration(text)
            : total is < long.MinValue or > long.MaxValue ? Errors.Range("the duration does not fit about 292 years")
            : CelValue.Duration((long)total);
    }

    private static bool TryOffset(ReadOnlySpan<char> zone, out int seconds)
    {
        seconds = 0;
        if (zone is ['Z'])
        {
            return true;
        }

        if (zone.Length != 6 || zone[0] is not ('+' or '-') || zone[3] != ':' || !TryTwo(zone, 1, 23, out var hours) || !TryTwo(zone, 4, 59, out var minutes))
        {
            return false;
        }

        seconds = ((hours * 60) + minutes) * (zone[0] == '-' ? -60 : 60);
        return true;
    }

    private static bool TryTwo(ReadOnlySpan<char> text, int at, int most, out int value) =>
        int.TryParse(text.Slice(at, 2), NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= most;

    private static CelValue NotATimestamp(string text) => Errors.Invalid($"'{Short(text)}' is not a timestamp such as 2026-01-31T12:00:00Z");

    private static CelValue NotADuration(string text) => Errors.Invalid(
        text.Length > 0 && text.AsSpan().IndexOfAnyExcept("0123456789.") < 0
            ? $"'{Short(text)}' has no unit: write {Short(text)}s for seconds or {Short(text)}ms for milliseconds"
            : $"'{Short(text)}' is not a duration such as 1h30m or 250ms");

    private static string Short(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
