using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Http;

/// <summary>What all connections of a test have in common.</summary>
public sealed record HttpSettings
{
    /// <summary>Limit for one TCP connect and for one TLS handshake. Default 30 s.</summary>
    public Duration ConnectTimeout { get; init; } = Duration.FromSeconds(30);

    /// <summary>Whether connections are kept between requests. Default true.</summary>
    public bool KeepAlive { get; init; } = true;

    /// <summary>Whether HTTP/2 is offered by ALPN. Default false.</summary>
    public bool Http2 { get; init; }

    /// <summary>Trust and identity in TLS.</summary>
    public TlsMaterial Tls { get; init; } = TlsMaterial.System;
}
