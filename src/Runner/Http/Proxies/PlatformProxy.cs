using System.Net;

namespace LoadTesting.Runner.Http.Proxies;

/// <summary>
/// Tells the platform's client which requests name whole URLs. Connections, tunnels and TLS are made by <see cref="ConnectionOpener"/>, so of those it is
/// told nothing.
/// </summary>
internal sealed class PlatformProxy(ProxyRules rules) : IWebProxy
{
    /// <summary>None: what the proxy wants is sent without being asked for.</summary>
    public ICredentials? Credentials { get; set; }

    public Uri? GetProxy(Uri destination) =>
        rules.For(destination) is { } proxy && !proxy.Tunnels(destination) ? new UriBuilder(Uri.UriSchemeHttp, proxy.Host, proxy.Port).Uri : destination;

    public bool IsBypassed(Uri host) => rules.For(host) is not { } proxy || proxy.Tunnels(host);
}
