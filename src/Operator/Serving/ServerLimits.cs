namespace LoadTesting.Operator.Serving;

/// <summary>
/// What one HTTP server of the operator takes, whoever calls. Together with <see cref="LargestBody"/> the numbers bound the memory that callers can make it hold: <see cref="Connections"/> × <see cref="LargestBody"/>.
/// </summary>
public sealed record ServerLimits
{
    /// <summary>Connections at once. Default 64.</summary>
    public int Connections { get; init; } = 64;

    /// <summary>Connections at once of one address, so that no single Pod keeps kubelet, scraper or API server out. Default 16.</summary>
    public int ConnectionsPerPeer { get; init; } = 16;

    /// <summary>How long a request's head may take from its first octet on. Default 5 s.</summary>
    public TimeSpan Head { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection may wait for a request. Default 30 s.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a request may take from its head to the end of its answer, its body included. Default 10 s.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest head of a request, octets. Default 16 KiB.</summary>
    public int LargestHead { get; init; } = 16 * 1024;

    /// <summary>Longest body of a request, octets. Default 4 KiB: who only answers reads needs none.</summary>
    public int LargestBody { get; init; } = 4 * 1024;

    /// <summary>
    /// For the webhook. The API server's own limit of an object is 1.5 MiB; a review carries two. It opens a connection for each review that is under way at once.
    /// </summary>
    public static ServerLimits Reviews { get; } = new() { Connections = 48, LargestBody = 4 * 1024 * 1024 };
}
