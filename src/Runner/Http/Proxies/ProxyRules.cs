using System.Net;
using LoadTesting.Model.Networking;
using LoadTesting.Model.Validation;

namespace LoadTesting.Runner.Http.Proxies;

/// <summary>
/// Which requests go through which proxy: <c>HTTP_PROXY</c>, <c>HTTPS_PROXY</c>, <c>NO_PROXY</c> and their lower-case forms, by the rules of Go's
/// ProxyFromEnvironment, which are k6's. <c>localhost</c> and loopback addresses are never proxied. Immutable.
/// </summary>
public sealed class ProxyRules
{
    private readonly Proxy? _http;
    private readonly Proxy? _https;
    private readonly List<Exemption> _exemptions = [];
    private readonly bool _exemptsAll;
    private readonly string _written;

    private ProxyRules(Proxy? http, Proxy? https, string exemptions)
    {
        (_http, _https, _written) = (http, https, exemptions);
        foreach (var entry in exemptions.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry == "*") _exemptsAll = true;
            else if (Exemption.Parse(entry.ToLowerInvariant()) is { } exemption) _exemptions.Add(exemption);
        }
    }

    /// <summary>The rules of an environment; null = nothing is proxied.</summary>
    /// <param name="read">The value of an environment variable; null = not set.</param>
    /// <param name="problems">Told of proxies that are none, without their credentials.</param>
    public static ProxyRules? FromEnvironment(Func<string, string?> read, ICollection<Problem> problems)
    {
        var http = Read("HTTP_PROXY");
        var https = Read("HTTPS_PROXY");
        if (http is not null && read("REQUEST_METHOD") is { Length: > 0 })
        {
            problems.Add(new Problem("HTTP_PROXY", "proxy", "the environment variable is not used where REQUEST_METHOD is set: in a CGI program whoever sends requests sets it"));
        }

        return http is null && https is null ? null : new ProxyRules(http, https, Value("NO_PROXY") ?? "");

        Proxy? Read(string name)
        {
            if (Value(name) is not { } text) return null;
            var proxy = Proxy.Parse(text, out var wrong);
            if (wrong is not null) problems.Add(new Problem(name, "proxy", $"environment variable {name}: {wrong}"));
            return proxy;
        }

        string? Value(string name) => read(name) is { Length: > 0 } upper ? upper : read(name.ToLowerInvariant()) is { Length: > 0 } lower ? lower : null;
    }

    /// <summary>
    /// What a person is told before requests go elsewhere than written: proxies without their credentials, and who is exempt. Null when there is no proxy for a
    /// target's URL.
    /// </summary>
    /// <param name="target">Base URL of the requests; null or no http URL = any.</param>
    public string? Note(string? target)
    {
        if (Uri.TryCreate(target, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && For(url) is null) return null;
        var proxies = string.Join(", ", new[] { ("HTTP_PROXY", _http), ("HTTPS_PROXY", _https) }.Where(p => p.Item2 is not null).Select(p => $"{p.Item1}={p.Item2}"));
        return $"requests go through a proxy of the environment: {proxies}; not those to localhost, loopback addresses{(_written.Length == 0 ? "" : $" and NO_PROXY={_written}")}";
    }

    /// <summary>The proxy for a URL; null = none.</summary>
    internal Proxy? For(Uri url)
    {
        var proxy = url.Scheme == Uri.UriSchemeHttps ? _https : _http;
        return proxy is null || IsExempt(url) ? null : proxy;
    }

    private bool IsExempt(Uri url)
    {
        var host = url.IdnHost.ToLowerInvariant();
        if (host == "localhost") return true;
        var address = url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 && IPAddress.TryParse(host, out var parsed) ? parsed : null;
        if (address is { IsIPv4MappedToIPv6: true }) address = address.MapToIPv4();
        if (address is not null && IPAddress.IsLoopback(address)) return true;
        if (_exemptsAll) return true;
        foreach (var exemption in _exemptions)
        {
            if (exemption.Matches(host, address, url.Port)) return true;
        }

        return false;
    }

    /// <summary>One entry of NO_PROXY: an address or network, or a name and what is below it; perhaps for one port alone.</summary>
    /// <param name="Block">Addresses; null = a name.</param>
    /// <param name="Suffix">The name with a dot before it.</param>
    /// <param name="MatchesItself">Whether the name itself is meant, and not only what is below it.</param>
    /// <param name="Port">As written; null = any.</param>
    private sealed record Exemption(AddressBlock? Block, string Suffix, bool MatchesItself, string? Port)
    {
        public static Exemption? Parse(string entry)
        {
            if (entry.Contains('/', StringComparison.Ordinal) && AddressBlock.TryParseNetwork(entry, out var network, out _)) return new Exemption(network, "", false, null);
            var (host, port) = Split(entry);
            if (host.Length == 0) return null;
            if (IsAddress(host) && AddressBlock.TryParseNetwork(host, out var address, out _)) return new Exemption(address, "", false, port);
            if (host.StartsWith("*.", StringComparison.Ordinal)) host = host[1..];
            return host[0] == '.' ? new Exemption(null, host, false, port) : new Exemption(null, "." + host, true, port);
        }

        public bool Matches(string host, IPAddress? address, int port)
        {
            if (Port is not null && Port != port.ToString(System.Globalization.CultureInfo.InvariantCulture)) return false;
            if (Block is { } block) return address is not null && block.Contains(address);
            return host.EndsWith(Suffix, StringComparison.Ordinal) || (MatchesItself && host.AsSpan().SequenceEqual(Suffix.AsSpan(1)));
        }

        // name:port, [address]:port; what has several colons and no brackets is an IPv6 address.
        private static (string Host, string? Port) Split(string entry)
        {
            if (entry[0] == '[' && entry.IndexOf(']', StringComparison.Ordinal) is > 0 and var end)
            {
                return (entry[1..end], end + 1 < entry.Length && entry[end + 1] == ':' ? entry[(end + 2)..] : null);
            }

            var colon = entry.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 || colon != entry.LastIndexOf(':') ? (entry, null) : (entry[..colon], entry[(colon + 1)..]);
        }

        // The platform reads "10" and "0x7f.1" as addresses, too; nobody else does.
        private static bool IsAddress(string host) => Uri.CheckHostName(host) == UriHostNameType.IPv6 || (host.Count(c => c == '.') == 3 && IPAddress.TryParse(host, out _));
    }
}
