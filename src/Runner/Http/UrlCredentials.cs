namespace LoadTesting.Runner.Http;

/// <summary>User and password in a URL: basic authentication on the wire, as in k6.</summary>
internal static class UrlCredentials
{
    /// <summary>The fields with the URL's credentials as Authorization, unless there is one already.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Authorize(IReadOnlyList<KeyValuePair<string, string>> headers, Uri url) =>
        url.UserInfo.Length == 0 || headers.Any(h => h.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase))
            ? headers
            : [.. headers, new("Authorization", Basic(url))];

    /// <summary>The credentials of a URL for the basic scheme (RFC 7617).</summary>
    public static string Basic(Uri url)
    {
        var user = Uri.UnescapeDataString(url.UserInfo);
        return Basic(user.Contains(':', StringComparison.Ordinal) ? user : user + ":");
    }

    /// <summary><c>user:password</c> for the basic scheme.</summary>
    public static string Basic(string user) => "Basic " + Convert.ToBase64String(WireText.Encode(user));
}
