namespace LoadTesting.Runner.Http.Cookies;

/// <summary>
/// A Set-Cookie field by the parsing rules of RFC 6265, 5.2. Unknown attributes and unusable values of known ones are ignored; commas and quotes mean
/// nothing.
/// </summary>
internal readonly record struct SetCookie
{
    /// <summary>Name, in its case; not empty.</summary>
    public required string Name { get; init; }

    /// <summary>Value as it came.</summary>
    public required string Value { get; init; }

    /// <summary>The last usable Domain in lower case, without a leading dot; empty = none.</summary>
    public string Domain { get; init; }

    /// <summary>The last Path if it begins with a slash; empty = the default path.</summary>
    public string Path { get; init; }

    /// <summary>From the last usable Max-Age; at most 0 = expired. Null = none.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>From the last usable Expires; null = none.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Whether it goes over https only.</summary>
    public bool IsSecure { get; init; }

    /// <summary>Parses a field's value.</summary>
    /// <param name="field">One Set-Cookie field, which is one cookie.</param>
    /// <param name="cookie">The cookie.</param>
    /// <param name="problem">Why there is none; empty when there is one. Never quotes a value.</param>
    public static bool TryParse(ReadOnlySpan<char> field, out SetCookie cookie, out string problem)
    {
        (cookie, problem) = (default, "");
        var pair = Next(ref field);
        var equals = pair.IndexOf('=');
        if (equals < 0) problem = "it has no '='";
        else if (Trim(pair[..equals]).IsEmpty) problem = "it has no name";
        if (problem.Length > 0) return false;

        var (domain, path, maxAge, expires, isSecure) = ("", "", default(TimeSpan?), default(DateTimeOffset?), false);
        while (!field.IsEmpty)
        {
            var attribute = Next(ref field);
            var split = attribute.IndexOf('=');
            var name = Trim(split < 0 ? attribute : attribute[..split]);
            var value = split < 0 ? default : Trim(attribute[(split + 1)..]);
            if (Is(name, "expires") && CookieDate.TryParse(value, out var date)) expires = date;
            else if (Is(name, "max-age") && TryMaxAge(value, out var age)) maxAge = age;
            else if (Is(name, "domain") && !value.IsEmpty) domain = (value[0] == '.' ? value[1..] : value).ToString().ToLowerInvariant();
            else if (Is(name, "path")) path = value.IsEmpty || value[0] != '/' ? "" : value.ToString();
            else if (Is(name, "secure")) isSecure = true;
        }

        cookie = new SetCookie
        {
            Name = Trim(pair[..equals]).ToString(), Value = Trim(pair[(equals + 1)..]).ToString(),
            Domain = domain, Path = path, MaxAge = maxAge, Expires = expires, IsSecure = isSecure,
        };
        return true;
    }

    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOf(';');
        var part = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return part;
    }

    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text) => text.Trim(" \t");

    private static bool Is(ReadOnlySpan<char> name, string lower) => name.Equals(lower, StringComparison.OrdinalIgnoreCase);

    // RFC 6265, 5.2.2: ["-"] *DIGIT. Beyond what can be counted is for ever.
    private static bool TryMaxAge(ReadOnlySpan<char> text, out TimeSpan age)
    {
        age = TimeSpan.Zero;
        var digits = text.StartsWith('-') ? text[1..] : text;
        if (digits.IsEmpty || digits.IndexOfAnyExceptInRange('0', '9') >= 0) return false;
        if (text[0] == '-') return true;
        age = long.TryParse(digits, out var seconds) && seconds < TimeSpan.MaxValue.TotalSeconds - 1 ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
        return true;
    }
}
