using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine;

/// <summary>What requests go over: each has code of its own, which the platform compiles when it is first used.</summary>
internal enum WarmUpCarrier
{
    /// <summary>HTTP/1.1 over TCP.</summary>
    Clear,

    /// <summary>HTTP/1.1 over TLS.</summary>
    Tls,

    /// <summary>HTTP/2 over TCP.</summary>
    Http2Clear,

    /// <summary>HTTP/2 over TLS.</summary>
    Http2,
}

/// <summary>Which carriers a test uses.</summary>
internal static class WarmUpCarriers
{
    /// <summary>Those of the target and of requests with URLs of their own; the plain one when nothing says where requests go.</summary>
    /// <param name="http">Which versions are spoken.</param>
    /// <param name="target">The target's scheme; null = there is none.</param>
    /// <param name="namesClear">Whether a request's own URL begins with <c>http:</c>.</param>
    /// <param name="namesTls">Whether a request's own URL begins with <c>https:</c>.</param>
    public static IEnumerable<WarmUpCarrier> Of(HttpSettings http, string? target, bool namesClear, bool namesTls)
    {
        var isTls = namesTls || target == Uri.UriSchemeHttps;
        if (isTls) yield return http.Http2 ? WarmUpCarrier.Http2 : WarmUpCarrier.Tls;
        if (!isTls || namesClear || target == Uri.UriSchemeHttp) yield return http.H2c ? WarmUpCarrier.Http2Clear : WarmUpCarrier.Clear;
    }
}
