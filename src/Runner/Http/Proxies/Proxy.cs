using System.Globalization;

namespace LoadTesting.Runner.Http.Proxies;

/// <summary>One proxy. Its text never has the credentials in it.</summary>
internal sealed record Proxy
{
    private Proxy(ProxyKind kind, string host, int port, string? user)
    {
        (Kind, Host, Port, User) = (kind, host, port, user);
        Authorization = user is null ? null : UrlCredentials.Basic(user);
    }

    /// <summary>What is spoken with it.</summary>
    public ProxyKind Kind { get; }

    /// <summary>Its name or address, IPv6 without brackets.</summary>
    public string Host { get; }

    /// <summary>Its port.</summary>
    public int Port { get; }

    /// <summary><c>user:password</c>; null = none. A secret.</summary>
    public string? User { get; }

    /// <summary>The value of Proxy-Authorization; null = none. A secret.</summary>
    public string? Authorization { get; }

    /// <summary>The proxy of a text, by the rules of Go: without a scheme it is http.</summary>
    /// <param name="text">What the environment variable says.</param>
    /// <param name="wrong">What is wrong with it; never quotes it.</param>
    public static Proxy? Parse(string text, out string? wrong)
    {
        wrong = null;
        text = text.Trim();
        if (!text.Contains("://", StringComparison.Ordinal)) text = "http://" + text;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0)
        {
            wrong = "this is no proxy: an address such as http://proxy.example:3128 is expected";
            return null;
        }

        ProxyKind? kind = url.Scheme.ToLowerInvariant() switch { "http" => ProxyKind.Http, "https" => ProxyKind.Https, "socks5" or "socks5h" => ProxyKind.Socks5, _ => null };
        if (kind is not { } known)
        {
            wrong = "the scheme of the proxy is not supported: use http, https or socks5";
            return null;
        }

        var port = url.Port > 0 ? url.Port : known switch { ProxyKind.Https => 443, ProxyKind.Socks5 => 1080, _ => 80 };
        var user = url.UserInfo.Length == 0 ? null : Uri.UnescapeDataString(url.UserInfo);
        return new Proxy(known, url.IdnHost, port, user is null || user.Contains(':', StringComparison.Ordinal) ? user : user + ":");
    }

    /// <summary>
    /// Whether a connection through it is a tunnel to the URL's host, over which everything is as without it; else it is sent requests with whole URLs.
    /// </summary>
    public bool Tunnels(Uri url) => Kind == ProxyKind.Socks5 || url.Scheme == Uri.UriSchemeHttps;

    /// <summary>An error in the words of whoever found it, with the proxy that was between.</summary>
    public static string Via(Proxy? proxy, string text) => proxy is null ? text : $"via proxy {proxy}: {text}";

    /// <summary>Scheme, host and port.</summary>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return string.Create(CultureInfo.InvariantCulture, $"{Kind.ToString().ToLowerInvariant()}://{host}:{Port}");
    }
}

/// <summary>What is spoken with a proxy.</summary>
internal enum ProxyKind
{
    /// <summary>HTTP in clear text.</summary>
    Http,

    /// <summary>HTTP over TLS.</summary>
    Https,

    /// <summary>SOCKS 5 (RFC 1928); names are looked up by the proxy.</summary>
    Socks5,
}
