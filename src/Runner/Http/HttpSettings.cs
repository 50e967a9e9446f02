using LoadTesting.Model.Spec;
using LoadTesting.Runner.Http.Proxies;

namespace LoadTesting.Runner.Http;

/// <summary>What all connections of a test have in common.</summary>
public sealed record HttpSettings
{
    /// <summary>Limit for one TCP connect and for one TLS handshake. Default 30 s.</summary>
    public Duration ConnectTimeout { get; init; } = Duration.FromSeconds(30);

    /// <summary>Whether connections are kept between requests. Default true.</summary>
    public bool KeepAlive { get; init; } = true;

    /// <summary>How long a connection is used: an older one is closed instead of being used again. Null = as long as it lives.</summary>
    public Duration? MaxConnectionAge { get; init; }

    /// <summary>Whether HTTP/2 is offered by ALPN. Default false.</summary>
    public bool Http2 { get; init; }

    /// <summary>Whether HTTP/2 is spoken without TLS, unasked (prior knowledge). Default false.</summary>
    public bool H2c { get; init; }

    /// <summary>Names and addresses.</summary>
    public NetworkSpec Network { get; init; } = new();

    /// <summary>Which requests go through proxies; null = none.</summary>
    public ProxyRules? Proxies { get; init; }

    /// <summary>Trust and identity in TLS.</summary>
    public TlsMaterial Tls { get; init; } = TlsMaterial.System;
}
