namespace LoadTesting.Runner.Http.Cookies;

/// <summary>
/// Dates of cookies by the algorithm of RFC 6265, 5.1.1, which takes far more than the date formats of HTTP: names of days, order and separators do not
/// matter.
/// </summary>
internal static class CookieDate
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>The instant; false when the text is no date by these rules.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset date)
    {
        date = default;
        int hour = -1, minute = 0, second = 0, day = -1, month = -1, year = -1;
        while (NextToken(ref text) is { Length: > 0 } token)
        {
            if (hour < 0 && TryTime(token, out var h, out var m, out var s)) (hour, minute, second) = (h, m, s);
            else if (day < 0 && TryNumber(token, 1, 2, out var d)) day = d;
            else if (month < 0 && Month(token) is > 0 and var name) month = name;
            else if (year < 0 && TryNumber(token, 2, 4, out var y)) year = y switch { >= 70 and <= 99 => 1900 + y, <= 69 => 2000 + y, _ => y };
        }

        if (hour is < 0 or > 23 || minute > 59 || second > 59 || month < 0 || year < 1601 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        date = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero);
        return true;
    }

    private static ReadOnlySpan<char> NextToken(ref ReadOnlySpan<char> text)
    {
        var start = 0;
        while (start < text.Length && IsDelimiter(text[start])) start++;
        var end = start;
        while (end < text.Length && !IsDelimiter(text[end])) end++;
        var token = text[start..end];
        text = text[end..];
        return token;
    }

    private static bool IsDelimiter(char c) => c is '\t' or (>= ' ' and <= '/') or (>= ';' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~');

    // 1*2DIGIT ":" 1*2DIGIT ":" 1*2DIGIT, then nothing or what does not begin with a digit.
    private static bool TryTime(ReadOnlySpan<char> token, out int hour, out int minute, out int second)
    {
        (hour, minute, second) = (0, 0, 0);
        var first = token.IndexOf(':');
        if (first < 0) return false;
        var rest = token[(first + 1)..];
        var length = rest.IndexOf(':');
        return length >= 0 && TryWhole(token[..first], out hour) && TryWhole(rest[..length], out minute) && TryNumber(rest[(length + 1)..], 1, 2, out second);
    }

    private static bool TryWhole(ReadOnlySpan<char> text, out int number) => TryNumber(text, 1, 2, out number) && text.IndexOfAnyExceptInRange('0', '9') < 0;

    // So many digits, then nothing or what does not begin with a digit.
    private static bool TryNumber(ReadOnlySpan<char> text, int least, int most, out int number)
    {
        number = 0;
        var digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            if (digits == most) return false;
            number = (10 * number) + text[digits++] - '0';
        }

        return digits >= least;
    }

    private static int Month(ReadOnlySpan<char> token)
    {
        if (token.Length < 3) return 0;
        for (var i = 0; i < Months.Length; i++)
        {
            if (token[..3].Equals(Months[i], StringComparison.OrdinalIgnoreCase)) return i + 1;
        }

        return 0;
    }
}
