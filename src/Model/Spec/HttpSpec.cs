namespace LoadTesting.Model.Spec;

/// <summary>Defaults of all HTTP requests, with k6's defaults.</summary>
public sealed record HttpSpec
{
    /// <summary>Limit for one request including its body and all redirects. Default 60 s.</summary>
    public Duration Timeout { get; init; } = Duration.FromSeconds(60);

    /// <summary>How many redirects are followed. Default 10; 0 returns the first 3xx as it is.</summary>
    public int Redirects { get; init; } = 10;

    /// <summary>Headers of every request; a request's own header of the same name wins. Values are templates.</summary>
    public OrderedMap<string> Headers { get; init; } = OrderedMap<string>.Empty;

    /// <summary>Whether a VU keeps a cookie jar, emptied at the start of each iteration. Default true.</summary>
    public bool Cookies { get; init; } = true;

    /// <summary>Whether a VU keeps its connections between requests and iterations. Default true; false = a connection per request.</summary>
    public bool KeepAlive { get; init; } = true;

    /// <summary>Whether HTTP/2 is offered by ALPN over TLS. Default false: HTTP/1.1.</summary>
    public bool Http2 { get; init; }

    /// <summary>Bytes of a response body that are kept for checks; the rest is counted and discarded. Default 16 MiB.</summary>
    public long MaxBodyBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Time limit for establishing a TCP connection. Default 30 s.</summary>
    public Duration ConnectTimeout { get; init; } = Duration.FromSeconds(30);

    /// <summary>The User-Agent; null = <c>loadtest/VERSION</c>.</summary>
    public string? UserAgent { get; init; }

    /// <summary>Which statuses count as expected for every request that does not say so itself. Null = 200–399.</summary>
    public ExpectedStatuses? Expect { get; init; }

    /// <summary>TLS settings.</summary>
    public TlsSpec Tls { get; init; } = new();
}

/// <summary>TLS towards the target.</summary>
public sealed record TlsSpec
{
    /// <summary>Accept any certificate (k6's insecureSkipTLSVerify). Default false.</summary>
    public bool InsecureSkipVerify { get; init; }

    /// <summary>PEM file with the authorities to trust instead of the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file with the client certificate (chain).</summary>
    public string? CertFile { get; init; }

    /// <summary>PEM file with the client certificate's key.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Name for SNI and verification where it differs from the URL's host.</summary>
    public string? ServerName { get; init; }
}

/// <summary>A set of HTTP statuses: single ones and inclusive ranges. 0 stands for "no response".</summary>
public sealed record ExpectedStatuses(IReadOnlyList<StatusRange> Ranges)
{
    /// <summary>k6's default: 200–399.</summary>
    public static readonly ExpectedStatuses Default = new([new StatusRange(200, 399)]);

    /// <summary>Whether <paramref name="status"/> is in the set.</summary>
    public bool Contains(int status)
    {
        foreach (var range in Ranges)
        {
            if (status >= range.Min && status <= range.Max)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Inclusive bounds; a single status has both equal.</summary>
public readonly record struct StatusRange(int Min, int Max);
