using System.Globalization;
using LoadTesting.Expressions.Evaluation;
using static LoadTesting.Expressions.CelType;
using static LoadTesting.Expressions.Functions.Signature;

namespace LoadTesting.Expressions.Functions;

/// <summary>Instants and spans: making them from text, and reading their parts, in UTC or in a time zone.</summary>
internal static class TimeFunctions
{
    private const long PerSecond = 1_000_000_000;

    public static IEnumerable<CelFunction> All =>
    [
        Global("timestamp", CelType.Timestamp, (_, v) => v[0], CelType.Timestamp),
        Global("timestamp", CelType.Timestamp, (_, v) => CelValue.Timestamp(v[0].AsInt, 0), Int),
        Global("timestamp", CelType.Timestamp, (_, v) => TimeText.ParseTimestamp(v[0].Text), CelType.String),
        Global("duration", CelType.Duration, (_, v) => v[0], CelType.Duration),
        Global("duration", CelType.Duration, (_, v) => TimeText.ParseDuration(v[0].Text), CelType.String),
        Member("getHours", Int, (_, v) => CelValue.Of(v[0].Bits / (3600 * PerSecond)), CelType.Duration),
        Member("getMinutes", Int, (_, v) => CelValue.Of(v[0].Bits / (60 * PerSecond)), CelType.Duration),
        Member("getSeconds", Int, (_, v) => CelValue.Of(v[0].Bits / PerSecond), CelType.Duration),
        Member("getMilliseconds", Int, (_, v) => CelValue.Of(v[0].Bits / 1_000_000 % 1000), CelType.Duration),
        .. Part("getFullYear", t => t.Year),
        .. Part("getMonth", t => t.Month - 1),
        .. Part("getDate", t => t.Day),
        .. Part("getDayOfMonth", t => t.Day - 1),
        .. Part("getDayOfWeek", t => (int)t.DayOfWeek),
        .. Part("getDayOfYear", t => t.DayOfYear - 1),
        .. Part("getHours", t => t.Hour),
        .. Part("getMinutes", t => t.Minute),
        .. Part("getSeconds", t => t.Second),
        .. Part("getMilliseconds", t => t.Millisecond),
    ];

    private static CelFunction[] Part(string name, Func<DateTime, int> part) =>
    [
        Member(name, Int, (_, v) => CelValue.Of((long)part(Utc(v[0]))), CelType.Timestamp),
        Member(name, Int, (_, v) => InZone(v[0], v[1].Text) is { } local ? CelValue.Of((long)part(local)) : Errors.Invalid($"'{v[1].Text}' is not a time zone"), CelType.Timestamp, CelType.String),
    ];

    private static DateTime Utc(in CelValue timestamp)
    {
        var (seconds, nanoseconds) = timestamp.AsTimestamp;
        return DateTime.UnixEpoch.AddSeconds(seconds).AddTicks(nanoseconds / 100);
    }

    /// <summary>The wall-clock time in a zone of the IANA database, or at an offset such as <c>-09:30</c>; null when it is neither.</summary>
    private static DateTime? InZone(in CelValue timestamp, string zone)
    {
        var utc = Utc(timestamp);
        if (Offset(zone) is { } offset)
        {
            // Beyond the calendar's ends the wall-clock time has no date; it stays at the end.
            var ticks = Math.Clamp(utc.Ticks + offset.Ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks);
            return new DateTime(ticks, DateTimeKind.Unspecified);
        }

        // Identifiers become file names of the time zone database: nothing that leaves its folder may pass.
        var isIdentifier = zone.Length is > 0 and <= 64 && zone.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+') && char.IsAsciiLetter(zone[0]);
        return isIdentifier && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? TimeZoneInfo.ConvertTimeFromUtc(utc, found) : null;
    }

    private static TimeSpan? Offset(string zone)
    {
        var sign = zone.StartsWith('-') ? -1 : 1;
        var digits = zone.StartsWith('-') || zone.StartsWith('+') ? zone[1..] : zone;
        return TimeSpan.TryParseExact(digits, @"hh\:mm", CultureInfo.InvariantCulture, out var offset) ? sign * offset : null;
    }
}
