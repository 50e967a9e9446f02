using System.Globalization;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Reporting;

/// <summary>
/// Numbers for people, by the rules of k6's end-of-test summary (k6-semantics 8.1). Percentages and durations are cut off, never rounded, in the summary,
/// beside a limit
/// and in a status alike: 99.996 % is not "100 %", a limit that was missed never looks met, and the same number reads the same everywhere. Other numbers are
/// rounded.
/// </summary>
public static class HumanFormat
{
    /// <summary>What stands for a time that is +∞: requests that were not answered are longer than any number.</summary>
    public const string NoAnswer = "no answer";

    private static readonly string[] ByteUnits = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>
    /// A time in the largest unit that it fills (ns, µs, ms, s), cut to two decimals without trailing zeros; from a minute on hours, minutes and whole seconds:
    /// <c>6.2ms</c>, <c>1.05s</c>, <c>1m30s</c>. Zero is <c>0s</c>, +∞ <see cref="NoAnswer"/>.
    /// </summary>
    public static string Time(double milliseconds)
    {
        if (double.IsPositiveInfinity(milliseconds))
        {
            return NoAnswer;
        }

        var sign = milliseconds < 0 ? "-" : string.Empty;
        var nanoseconds = Math.Abs(milliseconds) * 1e6;
        return sign + nanoseconds switch
        {
            0 => "0s",
            < 1e3 => Cut(nanoseconds, 0) + "ns",
            < 1e6 => Cut(nanoseconds / 1e3, 2) + "µs",
            < 1e9 => Cut(nanoseconds / 1e6, 2) + "ms",
            < 60e9 => Cut(nanoseconds / 1e9, 2) + "s",
            _ => Clock((long)Math.Min(nanoseconds / 1e9, long.MaxValue / 2)),
        };
    }

    /// <summary>The same for a duration, e.g. of a run.</summary>
    public static string Seconds(Duration duration) => Time(duration.Milliseconds);

    /// <summary>A fraction as percentage, cut to two decimals: <c>98.99%</c>, <c>100%</c>; a fraction above 0 that would read 0 is <c>&lt;0.01%</c>.</summary>
    public static string Percent(double fraction) => fraction is > 0 and < 0.0001 ? "<0.01%" : Cut(fraction * 100, 2) + "%";

    /// <summary>A fraction as the summary writes rates: percentage cut to exactly two decimals, <c>97.20%</c>.</summary>
    public static string RatePercent(double fraction)
    {
        var cut = Math.Truncate(ToDecimal(fraction) * 10_000) / 100;
        return cut.ToString("0.00", CultureInfo.InvariantCulture) + "%";
    }

    /// <summary>Bytes in powers of 1000, one decimal under 10 of the unit, rounded: <c>880 B</c>, <c>8.8 kB</c>, <c>12 MB</c>.</summary>
    public static string Bytes(double bytes)
    {
        if (double.IsPositiveInfinity(bytes))
        {
            return "∞";
        }

        var sign = bytes < 0 ? "-" : string.Empty;
        var (value, unit) = (Math.Abs(bytes), 0);
        while (unit < ByteUnits.Length - 1 && Rounded(value, unit) >= 1000)
        {
            value /= 1000;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{sign}{Rounded(value, unit)} {ByteUnits[unit]}");

        static double Rounded(double value, int unit) =>
            unit == 0 || value >= 9.95 ? Math.Round(value, MidpointRounding.AwayFromZero) : Math.Round(value, 1, MidpointRounding.AwayFromZero);
    }

    /// <summary>A plain number, rounded to at most six decimals, without trailing zeros: <c>1.98</c>, <c>20</c>.</summary>
    public static string Number(double value) =>
        Math.Abs(value) < 1e15
            ? Math.Round(ToDecimal(value), 6).ToString("0.######", CultureInfo.InvariantCulture)
            : double.IsPositiveInfinity(value) ? "∞" : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A rate per second, rounded to one decimal: <c>6289.4/s</c>; below 10 to two: <c>1.98/s</c>.</summary>
    public static string PerSecond(double perSecond) =>
        Math.Round(perSecond, Math.Abs(perSecond) < 10 ? 2 : 1, MidpointRounding.AwayFromZero).ToString("0.##", CultureInfo.InvariantCulture) + "/s";

    /// <summary>What the runners that were not lost cover: <c>3 of 4 partitions, 91.7% of the plan</c>; null when none was lost.</summary>
    public static string? Coverage(int runners, int lost, double lostShare)
    {
        // What lacks something is never all of it.
        var percent = Math.Min(Math.Round(ToDecimal(1 - lostShare) * 100, 1, MidpointRounding.AwayFromZero), lostShare > 0 ? 99.9m : 100m);
        return lost == 0 ? null : $"{runners - lost} of {runners} partitions, {percent.ToString("0.#", CultureInfo.InvariantCulture)}% of the plan";
    }

    /// <summary>A whole number, without grouping, so that it can be searched for.</summary>
    public static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// A measured value beside the value it is compared with. Times and shares are cut to two decimals as everywhere (below 1 to four significant digits),
    /// other numbers are rounded to four significant digits (no less than the whole part); and as many more digits as the two need in order not to read the
    /// same when they are not.
    /// </summary>
    /// <param name="observed">Measured, finite.</param>
    /// <param name="wanted">What it is compared with, finite.</param>
    /// <param name="cuts">It is a time in milliseconds or a percentage.</param>
    /// <param name="isMeasured">What it is compared with was measured, too; else it is a person's own number, and written back as it was meant.</param>
    public static (string Observed, string Wanted) Pair(double observed, double wanted, bool cuts, bool isMeasured = false)
    {
        for (var more = 0; more <= 11; more++)
        {
            var (a, b) = (Short(observed, more, cuts), isMeasured ? Short(wanted, more, cuts) : Significant(wanted, 15));
            if (a != b || observed == wanted)
            {
                return (a, b);
            }
        }

        return (observed.ToString("R", CultureInfo.InvariantCulture), wanted.ToString("R", CultureInfo.InvariantCulture));
    }

    private static string Short(double value, int more, bool cuts)
    {
        if (!cuts || Math.Abs(value) < 1 || Math.Abs(value) >= 1e12)
        {
            return Significant(value, 4 + more, cuts);
        }

        var factor = (decimal)Math.Pow(10, 2 + more);
        return (Math.Truncate(ToDecimal(value) * factor) / factor).ToString("0.####################", CultureInfo.InvariantCulture);
    }

    private static string Significant(double value, int digits, bool cuts = false)
    {
        if (value == 0 || Math.Abs(value) >= 1e15 || Math.Abs(value) < 1e-9)
        {
            return value.ToString("R", CultureInfo.InvariantCulture);
        }

        var whole = Math.Max(0, (int)Math.Floor(Math.Log10(Math.Abs(value))) + 1);
        var leadingZeros = Math.Abs(value) < 1 ? -(int)Math.Floor(Math.Log10(Math.Abs(value))) - 1 : 0;
        var decimals = Math.Clamp(digits - whole + leadingZeros, 0, 20);
        var rounded = Math.Round(ToDecimal(value), decimals, cuts ? MidpointRounding.ToZero : MidpointRounding.ToEven);
        return rounded.ToString("0.####################", CultureInfo.InvariantCulture);
    }

    private static string Clock(long seconds)
    {
        var (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        return hours > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{hours}h{minutes}m{rest}s")
            : string.Create(CultureInfo.InvariantCulture, $"{minutes}m{rest}s");
    }

    private static string Cut(double value, int decimals)
    {
        var factor = decimals == 0 ? 1m : 100m;
        return (Math.Truncate(ToDecimal(value) * factor) / factor).ToString("0.##", CultureInfo.InvariantCulture);
    }

    // A decimal keeps 15 digits of the double, so 0.29·100, which is 28.999999999999996 in binary, is cut as 29.
    private static decimal ToDecimal(double value) => (decimal)Math.Clamp(value, -1e24, 1e24);
}
