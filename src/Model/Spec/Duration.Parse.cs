using System.Globalization;

namespace LoadTesting.Model.Spec;

public readonly partial record struct Duration
{
    private static readonly Int128 NanosecondsPerDay = 86_400 * (Int128)NanosecondsPerSecond;

    // Longer names first: "ms" must not be read as "m".
    private static readonly (string Name, long Nanoseconds)[] Units =
    [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000),
        ("s", NanosecondsPerSecond), ("m", 60 * NanosecondsPerSecond), ("h", 3_600 * NanosecondsPerSecond),
    ];

    private const NumberStyles Number = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>
    /// Reads a duration as k6's options have it (k6-semantics 0): <c>1h30m</c>, <c>1.5s</c>, <c>250ms</c>, <c>2d12h</c> (whole days come first), one sign for
    /// all of it; a number without a unit is milliseconds. For what k6 wrote and for what programs exchange: in a manifest a number without a unit is a
    /// problem, because k6's <c>sleep(1)</c> is a second.
    /// </summary>
    public static bool TryParse(string text, out Duration duration)
    {
        if (!decimal.TryParse(text, Number, CultureInfo.InvariantCulture, out var milliseconds))
        {
            return TryParseWithUnit(text, out duration);
        }

        duration = Zero;
        if (Math.Abs(milliseconds) > long.MaxValue / 1_000_000m)
        {
            return false;
        }

        duration = new Duration((long)(milliseconds * 1_000_000m));
        return true;
    }

    /// <summary>Whether a text is a number without a unit: one that could be seconds or milliseconds.</summary>
    public static bool IsBareNumber(string text) => decimal.TryParse(text, Number, CultureInfo.InvariantCulture, out _);

    /// <summary>What is wrong with a number without a unit, with both readings; goes on behind the number.</summary>
    public static string WithoutUnit(string number) =>
        $"has no unit: write {number}s if it is seconds, as in k6's sleep({number}), or {number}ms if it is milliseconds, as in k6's options";

    /// <summary>The same without bare numbers, but for <c>0</c>: what k6 asks for on the command line and in <c>duration:target</c> stages.</summary>
    public static bool TryParseWithUnit(string text, out Duration duration)
    {
        duration = Zero;
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
        {
            rest = rest[1..];
        }

        if (rest.SequenceEqual("0"))
        {
            return true;
        }

        if (rest.IsEmpty || !TryTakeDays(ref rest, out var sum))
        {
            return false;
        }

        while (!rest.IsEmpty)
        {
            if (!TryTakePart(ref rest, out var part) || (sum += part) > (Int128)long.MaxValue + 1)
            {
                return false;
            }
        }

        sum = negative ? -sum : sum;
        if (sum > long.MaxValue)
        {
            return false;
        }

        duration = new Duration((long)sum);
        return true;
    }

    private static bool TryTakeDays(ref ReadOnlySpan<char> rest, out Int128 nanoseconds)
    {
        nanoseconds = 0;
        var end = rest.IndexOf('d');
        if (end < 0)
        {
            return true;
        }

        if (!uint.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var days))
        {
            return false;
        }

        nanoseconds = days * NanosecondsPerDay;
        rest = rest[(end + 1)..];
        return nanoseconds <= long.MaxValue;
    }

    /// <summary>Takes one <c>number unit</c>; what is less than a nanosecond is cut off.</summary>
    private static bool TryTakePart(ref ReadOnlySpan<char> rest, out Int128 nanoseconds)
    {
        nanoseconds = 0;
        var digits = rest.IndexOfAnyExcept("0123456789.");
        if (digits <= 0)
        {
            return false;
        }

        var number = rest[..digits];
        var tail = rest[digits..];
        foreach (var (name, unit) in Units)
        {
            if (!tail.StartsWith(name, StringComparison.Ordinal) || (tail.Length > name.Length && !char.IsAsciiDigit(tail[name.Length]) && tail[name.Length] != '.'))
            {
                continue;
            }

            rest = tail[name.Length..];
            var point = number.IndexOf('.');
            var whole = point < 0 ? number : number[..point];
            var fraction = point < 0 ? [] : number[(point + 1)..];
            if ((whole.IsEmpty && fraction.IsEmpty) || fraction.Contains('.') || whole.TrimStart('0').Length > 19)
            {
                return false;
            }

            nanoseconds = whole.IsEmpty ? 0 : Int128.Parse(whole, NumberStyles.None, CultureInfo.InvariantCulture) * unit;
            // 18 digits are finer than a nanosecond of an hour.
            fraction = fraction[..Math.Min(fraction.Length, 18)];
            if (!fraction.IsEmpty)
            {
                nanoseconds += (Int128)(decimal.Parse($"0.{fraction}", CultureInfo.InvariantCulture) * unit);
            }

            return true;
        }

        return false;
    }
}
