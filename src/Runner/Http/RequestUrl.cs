using System.Buffers;
using System.Globalization;
using System.Text;

namespace LoadTesting.Runner.Http;

/// <summary>
/// The one place that makes URLs and what is sent of them: Host field, request target, query, Referer, where a redirect leads. Path and query go on the wire
/// as they
/// were written: percent-encoding, dots and case are kept, as in k6; only what may not stand in a URL at all (spaces, quotes, letters beyond ASCII) is
/// encoded, as UTF-8. A fragment is never sent.
/// </summary>
public static class RequestUrl
{
    // RFC 3986: unreserved, sub-delims, and the delimiters of path and query. "[" and "]" are let through, as by Go.
    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?[]");

    // The text is canonical already: the platform would decode %7E and resolve "..".
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>The URL of a text; null when it is no absolute http or https URL.</summary>
    public static Uri? Parse(string text)
    {
        text = WithoutFragment(text.Trim());
        var start = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7 : text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8 : -1;
        if (start < 0) return null;
        var length = text.AsSpan(start).IndexOfAny('/', '?', '\\');
        var end = length < 0 ? text.Length : start + length;
        if (end == text.Length || text[end] == '?') text = text.Insert(end, "/");
        if (!IsCanonical(text.AsSpan(end))) text = text[..end] + Escape(text.AsSpan(end));
        return Uri.TryCreate(text, AsWritten, out var url) && url.Host.Length > 0 ? url : null;
    }

    /// <summary>What stands in the request line: path and query.</summary>
    public static string Target(Uri url) => url.PathAndQuery;

    /// <summary>What stands in the request line towards a proxy: <c>http://host:port/path?query</c>.</summary>
    public static string AbsoluteTarget(Uri url) => $"{url.Scheme}://{Authority(url)}{url.PathAndQuery}";

    /// <summary>
    /// Host and port as in the Host field (RFC 9110, 7.2): IPv6 in brackets, letters beyond ASCII in Punycode, no port where it is the scheme's.
    /// </summary>
    public static string Authority(Uri url) => url.IsDefaultPort ? Host(url) : $"{Host(url)}:{url.Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Host and port always, as in a CONNECT request.</summary>
    public static string HostAndPort(Uri url) => $"{Host(url)}:{url.Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The URL without user, password and query: for names of series, because ids and tokens are there.</summary>
    public static string WithoutQuery(Uri url) => $"{url.Scheme}://{Authority(url)}{url.AbsolutePath}";

    /// <summary>The URL without user and password: what the Referer field says.</summary>
    public static string Referer(Uri url) => AbsoluteTarget(url);

    /// <summary>A URL text with a query behind what query it has, and before its fragment.</summary>
    /// <param name="text">A URL, absolute or not.</param>
    /// <param name="query">Parameters joined by &amp;, escaped.</param>
    public static string WithQuery(string text, ReadOnlySpan<char> query)
    {
        text = WithoutFragment(text);
        var separator = !text.Contains('?', StringComparison.Ordinal) ? "?" : text[^1] is '?' or '&' ? "" : "&";
        return string.Concat(text, separator, query);
    }

    /// <summary>Where a reference leads (RFC 3986, 5.2); null when that is no http or https URL. Of a relative one, user and password stay.</summary>
    /// <param name="url">Where the reference was found.</param>
    /// <param name="reference">Absolute, or relative to the URL.</param>
    public static Uri? Resolve(Uri url, string reference)
    {
        reference = WithoutFragment(reference.Trim());
        if (HasScheme(reference)) return Parse(WithoutDots(reference, reference.IndexOf("://", StringComparison.Ordinal) + 3));
        if (reference.StartsWith("//", StringComparison.Ordinal)) return Parse(WithoutDots($"{url.Scheme}:{reference}", url.Scheme.Length + 3));

        var site = url.UserInfo.Length == 0 ? $"{url.Scheme}://{Authority(url)}" : $"{url.Scheme}://{url.UserInfo}@{Authority(url)}";
        var path = url.AbsolutePath;
        if (reference.Length == 0) return Parse(site + url.PathAndQuery);
        if (reference[0] == '?') return Parse(site + path + reference);
        var whole = reference[0] == '/' ? reference : path[..(path.LastIndexOf('/') + 1)] + reference;
        return Parse(WithoutDots(site + whole, site.Length));
    }

    /// <summary>Whether a reference names a host of its own.</summary>
    public static bool NamesHost(string reference) => HasScheme(reference) || reference.StartsWith("//", StringComparison.Ordinal);

    private static string Host(Uri url) => url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;

    private static string WithoutFragment(string text) => text.IndexOf('#', StringComparison.Ordinal) is >= 0 and var fragment ? text[..fragment] : text;

    private static bool HasScheme(string reference)
    {
        var colon = reference.AsSpan().IndexOfAny(":/?");
        return colon > 0 && reference[colon] == ':';
    }

    private static bool IsCanonical(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyExcept(Allowed) is >= 0 and var at)
        {
            if (!IsEscape(text[at..])) return false;
            text = text[(at + 3)..];
        }

        return true;
    }

    private static bool IsEscape(ReadOnlySpan<char> text) => text.Length >= 3 && text[0] == '%' && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]);

    private static string Escape(ReadOnlySpan<char> text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        Span<byte> octets = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (Allowed.Contains(text[i]) || IsEscape(text[i..]))
            {
                escaped.Append(text[i]);
                continue;
            }

            var length = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) ? 2 : 1;
            foreach (var octet in octets[..WireText.Encode(text.Slice(i, length), octets)]) escaped.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
            i += length - 1;
        }

        return escaped.ToString();
    }

    // RFC 3986, 5.2.4, on the path that begins behind the authority.
    private static string WithoutDots(string text, int authority)
    {
        var start = text.AsSpan(authority).IndexOfAny('/', '?');
        if (start < 0 || text[authority + start] == '?') return text;
        start += authority;
        var query = text.IndexOf('?', start);
        var path = query < 0 ? text[start..] : text[start..query];
        if (!path.Contains("/.", StringComparison.Ordinal)) return text;
        var segments = path[1..].Split('/');
        var kept = new List<string>(segments.Length);
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i] is not ("." or ".."))
            {
                kept.Add(segments[i]);
                continue;
            }

            if (segments[i] == ".." && kept.Count > 0) kept.RemoveAt(kept.Count - 1);
            if (i == segments.Length - 1) kept.Add("");
        }

        return $"{text[..start]}/{string.Join('/', kept)}{(query < 0 ? "" : text[query..])}";
    }
}
