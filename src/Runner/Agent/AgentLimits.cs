using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LoadTesting.Runner.Agent;

/// <summary>What an agent's servers take from whoever connects. The operator needs two or three connections and sends small requests.</summary>
internal static class AgentLimits
{
    /// <summary>Longest request body, bytes.</summary>
    public const int Body = 1024 * 1024;

    /// <summary>Most connections of the operator's port at once.</summary>
    public const int Connections = 64;

    /// <summary>Most connections of the scrape port at once.</summary>
    public const int ScrapeConnections = 16;

    /// <summary>Longest TLS handshake, and longest time until a request's head is in.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How old a rendering may be that is given to one more scraper.</summary>
    public static readonly TimeSpan ScrapeAge = TimeSpan.FromSeconds(1);

    /// <summary>Sets the limits of a server.</summary>
    public static void Apply(KestrelServerLimits limits, int connections)
    {
        limits.MaxConcurrentConnections = connections;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestBodySize = Body;
        limits.MaxRequestBufferSize = 64 * 1024;
        limits.MaxRequestHeaderCount = 32;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestLineSize = 4 * 1024;
        limits.RequestHeadersTimeout = Patience;
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
    }
}
