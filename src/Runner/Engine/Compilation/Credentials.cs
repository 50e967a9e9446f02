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
}
