namespace LoadTesting.Runner.Http.Cookies;

/// <summary>Which cookies belong to which URLs: RFC 6265, 5.1. Pure.</summary>
internal static class CookieRules
{
    /// <summary>The host of a URL as cookies know it: lower case, Punycode, without a last dot; IPv6 without brackets (5.1.2).</summary>
    public static string Host(Uri url)
    {
        var host = url.IdnHost.ToLowerInvariant();
        return host.EndsWith('.') ? host[..^1] : host;
    }

    /// <summary>Whether a host is an address, which is below no domain.</summary>
    public static bool IsAddress(string host) => Uri.CheckHostName(host) is UriHostNameType.IPv4 or UriHostNameType.IPv6;

    /// <summary>Whether a host is a domain or below it (5.1.3); both in lower case.</summary>
    public static bool DomainMatches(string host, string domain) =>
        host == domain || (host.Length > domain.Length && host.EndsWith(domain, StringComparison.Ordinal) && host[host.Length - domain.Length - 1] == '.' && !IsAddress(host));

    /// <summary>
    /// Whether a domain is one under which everybody registers names. There is no list of public suffixes here, as there is none in k6; what every such list
    /// begins with is: a name without a dot is one.
    /// </summary>
    public static bool IsPublicSuffix(string domain) => !domain.Contains('.', StringComparison.Ordinal) && !IsAddress(domain);

    /// <summary>The path of a cookie that has none of its own (5.1.4): that of the URL up to its last slash.</summary>
    public static string DefaultPath(string path) =>
        path.StartsWith('/') && path.LastIndexOf('/') is > 0 and var last ? path[..last] : "/";

    /// <summary>Whether a request's path is a cookie's path or below it (5.1.4).</summary>
    public static bool PathMatches(string path, string cookiePath) =>
        path.StartsWith(cookiePath, StringComparison.Ordinal) && (path.Length == cookiePath.Length || cookiePath[^1] == '/' || path[cookiePath.Length] == '/');
}
