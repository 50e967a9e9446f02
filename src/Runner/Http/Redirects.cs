namespace LoadTesting.Runner.Http;

/// <summary>What a redirect asks for, by the rules of Go's HTTP client, which are k6's.</summary>
internal static class Redirects
{
    private static readonly HashSet<string> BodyFields = new(StringComparer.OrdinalIgnoreCase)
    {
        "Content-Type", "Content-Encoding", "Content-Language", "Content-Location",
    };

    private static readonly HashSet<string> PrivateFields = new(StringComparer.OrdinalIgnoreCase) { "Authorization", "Www-Authenticate", "Cookie", "Cookie2" };

    /// <summary>The request of the next hop; null when the answer is no redirect, or one without a usable target, which is then the final answer.</summary>
    public static PreparedRequest? Next(PreparedRequest request, Exchange exchange)
    {
        if (exchange.Outcome != ExchangeOutcome.Response || exchange.Status is not (301 or 302 or 303 or 307 or 308)) return null;
        // An empty one is none, as in Go: followed, it would lead back to the same URL until the limit.
        var location = exchange.Headers.Values("Location");
        if (location.Count == 0 || location[0].Length == 0 || RequestUrl.Resolve(request.Url, location[0]) is not { } target) return null;

        var keepsBody = exchange.Status is 307 or 308;
        var keepsMethod = keepsBody || request.Method == HttpMethod.Get || request.Method == HttpMethod.Head;
        return new PreparedRequest
        {
            Method = keepsMethod ? request.Method : HttpMethod.Get,
            Url = target,
            Headers = UrlCredentials.Authorize([.. Fields(request, target, location[0], keepsBody)], target),
            FirstUrl = request.FirstUrl ?? request.Url,
            Body = keepsBody ? request.Body : null,
            Deadline = request.Deadline,
            KeepBodyBytes = request.KeepBodyBytes,
            KeepsHeaders = request.KeepsHeaders,
            IsSecret = request.IsSecret,
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> Fields(PreparedRequest request, Uri target, string location, bool keepsBody)
    {
        // Compared with the first hop's host, as in Go; what was dropped on the way does not come back.
        var first = request.FirstUrl ?? request.Url;
        var sameSite = IsSameOrBelow(target.IdnHost, first.IdnHost);
        // Go knows credentials by their names alone. A field that a secret was put into (X-Api-Key) is for the origin that it was written for (RFC 9110, 15.4).
        var isSecret = request.IsSecret is { } secret && !IsSameOrigin(first, target) ? secret : _ => false;
        // A Host of the user's own stays only while the location names no host of its own.
        var keepsHost = !RequestUrl.NamesHost(location);
        var hasReferer = false;
        foreach (var field in request.Headers)
        {
            if (field.Key.Equals("Host", StringComparison.OrdinalIgnoreCase) && !keepsHost) continue;
            if (PrivateFields.Contains(field.Key) ? !sameSite : isSecret(field)) continue;
            if (!keepsBody && BodyFields.Contains(field.Key)) continue;
            if (field.Key.Equals("Referer", StringComparison.OrdinalIgnoreCase)) hasReferer = true;
            yield return field;
        }

        if (!hasReferer && !(request.Url.Scheme == "https" && target.Scheme == "http"))
        {
            var referer = new KeyValuePair<string, string>("Referer", RequestUrl.Referer(request.Url));
            if (!isSecret(referer)) yield return referer;
        }
    }

    // Also the usual step from http to https of the same host.
    private static bool IsSameOrigin(Uri first, Uri target) =>
        target.IdnHost.Equals(first.IdnHost, StringComparison.OrdinalIgnoreCase)
        && ((target.Scheme == first.Scheme && target.Port == first.Port)
            || (first.Scheme == "http" && target.Scheme == "https" && first.IsDefaultPort && target.IsDefaultPort));

    private static bool IsSameOrBelow(string host, string parent) =>
        host.Equals(parent, StringComparison.OrdinalIgnoreCase)
        || (host.EndsWith("." + parent, StringComparison.OrdinalIgnoreCase) && Uri.CheckHostName(parent) == UriHostNameType.Dns);
}
