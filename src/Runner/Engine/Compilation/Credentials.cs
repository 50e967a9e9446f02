using System.Text;

namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>User and password in a URL: basic authentication on the wire, as in k6, and never a tag.</summary>
internal static class Credentials
{
    /// <summary>The URL text with <c>user:password@</c> masked.</summary>
    public static string Mask(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal);
        if (start < 0) return url;
        var end = url.AsSpan(start + 3).IndexOfAny('/', '?', '#');
        var authority = end < 0 ? url[(start + 3)..] : url.Substring(start + 3, end);
        var at = authority.LastIndexOf('@');
        return at < 0 ? url : $"{url[..(start + 3)]}****:****@{url[(start + 3 + at + 1)..]}";
    }

    /// <summary>The fields with the URL's credentials as Authorization, unless the author gave one.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Authorize(IReadOnlyList<KeyValuePair<string, string>> headers, Uri url)
    {
        if (headers.Any(h => h.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase))) return headers;
        var user = Uri.UnescapeDataString(url.UserInfo);
        if (!user.Contains(':', StringComparison.Ordinal)) user += ":";
        return [.. headers, new("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(user)))];
    }
}
