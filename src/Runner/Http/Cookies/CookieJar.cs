using System.Buffers;
using System.Text;

namespace LoadTesting.Runner.Http.Cookies;

/// <summary>
/// Cookies of one virtual user by the storage model of RFC 6265, 5.3 and 5.4. Names are compared with case, octets are kept (<see cref="WireText"/>). Costs
/// nothing until a server sets one. From several threads, because lanes of one session share it.
/// </summary>
internal sealed class CookieJar
{
    /// <summary>Most octets of name and value together, as in browsers; RFC 6265, 6.1 wants at least as many.</summary>
    public const int LongestCookie = 4096;

    /// <summary>Most cookies of one domain, as in browsers; RFC 6265, 6.1 wants at least 50.</summary>
    public const int MostOfDomain = 180;

    /// <summary>Most cookies in all; RFC 6265, 6.1 wants at least 3000.</summary>
    public const int Most = 3000;

    private static readonly SearchValues<char> Controls = SearchValues.Create([.. Enumerable.Range(0, 32).Select(c => (char)c).Where(c => c != '\t'), '\u007F']);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;

    // In the order of sending: longer paths first, then earlier creation.
    private readonly List<Cookie> _cookies = [];
    private long _accesses;

    /// <summary>An empty jar.</summary>
    /// <param name="time">What expiry is compared with.</param>
    public CookieJar(TimeProvider time)
    {
        _time = time;
    }

    /// <summary>How many there are, expired ones that were not noticed yet among them.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _cookies.Count;
        }
    }

    public void Clear()
    {
        lock (_gate) _cookies.Clear();
    }

    /// <summary>Takes a Set-Cookie field of an answer in.</summary>
    /// <returns>Null when it was taken, or deleted another as it says; else a sentence that says what was refused or dropped, and why, without any
    /// value.</returns>
    public string? Store(Uri url, string field)
    {
        if (!SetCookie.TryParse(field, out var parsed, out var problem)) return $"a cookie is refused: {problem}";
        var host = CookieRules.Host(url);
        if (Refusal(parsed, host) is { } refusal) return $"the cookie '{Shown(parsed.Name)}' is refused: {refusal}";

        var isHostOnly = parsed.Domain.Length == 0 || CookieRules.IsPublicSuffix(parsed.Domain);
        var now = _time.GetUtcNow();
        var cookie = new Cookie
        {
            Name = parsed.Name,
            Value = parsed.Value,
            Domain = isHostOnly ? host : parsed.Domain,
            IsHostOnly = isHostOnly,
            Path = parsed.Path.Length > 0 ? parsed.Path : CookieRules.DefaultPath(url.AbsolutePath),
            Expires = Expiry(parsed, now),
            IsSecure = parsed.IsSecure,
        };
        lock (_gate) return StoreLocked(cookie, now);
    }

    /// <summary>The cookies for a URL, in the order of sending.</summary>
    public IReadOnlyList<(string Name, string Value)> For(Uri url)
    {
        List<(string, string)>? found = null;
        var host = CookieRules.Host(url);
        lock (_gate)
        {
            if (_cookies.Count == 0) return [];
            var now = _time.GetUtcNow();
            foreach (var cookie in _cookies)
            {
                if (!cookie.GoesTo(url, host) || cookie.Expires <= now) continue;
                cookie.LastAccess = ++_accesses;
                (found ??= []).Add((cookie.Name, cookie.Value));
            }
        }

        return found is null ? [] : found;
    }

    /// <summary>The value of the Cookie field for a URL; empty when there is none.</summary>
    public string HeaderFor(Uri url)
    {
        var cookies = For(url);
        if (cookies.Count == 0) return "";
        var field = new StringBuilder();
        foreach (var (name, value) in cookies)
        {
            if (field.Length > 0) field.Append("; ");
            field.Append(name).Append('=').Append(value);
        }

        return field.ToString();
    }

    private static string? Refusal(in SetCookie cookie, string host)
    {
        if (HasControl(cookie.Name) || HasControl(cookie.Value)) return "it has a control character in it";
        var length = WireText.Count(cookie.Name) + WireText.Count(cookie.Value);
        if (length > LongestCookie) return $"name and value are {length} bytes, and browsers take {LongestCookie}";
        if (cookie.Domain.Length == 0 || cookie.Domain == host) return null;
        if (CookieRules.IsPublicSuffix(cookie.Domain)) return $"its Domain {Shown(cookie.Domain)} is a whole top-level domain";
        return CookieRules.DomainMatches(host, cookie.Domain) ? null : $"its Domain {Shown(cookie.Domain)} is neither the host {host} nor above it";
    }

    private static DateTimeOffset Expiry(in SetCookie cookie, DateTimeOffset now) => cookie.MaxAge is { } age
        ? age <= TimeSpan.Zero ? DateTimeOffset.MinValue : age >= DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + age
        : cookie.Expires ?? DateTimeOffset.MaxValue;

    private static string Shown(string text) => text.Length <= 60 ? text : text[..60] + "…";

    // They may not stand in a header field (RFC 9110, 5.5): such a cookie could never be sent back.
    private static bool HasControl(string text) => text.AsSpan().IndexOfAny(Controls) >= 0;

    private string? StoreLocked(Cookie cookie, DateTimeOffset now)
    {
        // One that replaces another takes over its age; one that has expired only takes the other away.
        cookie.LastAccess = ++_accesses;
        var place = _cookies.FindIndex(c => c.Name == cookie.Name && c.Domain == cookie.Domain && c.Path == cookie.Path);
        var isExpired = cookie.Expires <= now;
        if (place >= 0 && isExpired) _cookies.RemoveAt(place);
        else if (place >= 0) _cookies[place] = cookie;
        if (place >= 0 || isExpired) return null;
        var behind = _cookies.FindIndex(c => c.Path.Length < cookie.Path.Length);
        _cookies.Insert(behind < 0 ? _cookies.Count : behind, cookie);
        if (_cookies.Count <= MostOfDomain) return null;

        // RFC 6265, 5.3: first those that have expired, then those of a domain that has too many, then any; of these, whichever was not used for the longest
        // time.
        _cookies.RemoveAll(c => c.Expires <= now);
        if (_cookies.Count(c => c.Domain == cookie.Domain) > MostOfDomain)
        {
            return $"the cookie '{Shown(Drop(c => c.Domain == cookie.Domain))}' is dropped: the host {cookie.Domain} has set more than {MostOfDomain}, and browsers keep no more";
        }

        return _cookies.Count <= Most ? null : $"the cookie '{Shown(Drop(_ => true))}' is dropped: there are more than {Most} in all";
    }

    private string Drop(Func<Cookie, bool> isCandidate)
    {
        var oldest = _cookies.Where(isCandidate).MinBy(c => c.LastAccess)!;
        _cookies.Remove(oldest);
        return oldest.Name;
    }

    private sealed class Cookie
    {
        public required string Name { get; init; }

        public required string Value { get; init; }

        public required string Domain { get; init; }

        public required bool IsHostOnly { get; init; }

        public required string Path { get; init; }

        /// <summary>MaxValue = with the session.</summary>
        public required DateTimeOffset Expires { get; init; }

        public required bool IsSecure { get; init; }

        public long LastAccess { get; set; }

        public bool GoesTo(Uri url, string host) =>
            (IsHostOnly ? host == Domain : CookieRules.DomainMatches(host, Domain)) && CookieRules.PathMatches(url.AbsolutePath, Path) && (!IsSecure || url.Scheme == "https");
    }
}
