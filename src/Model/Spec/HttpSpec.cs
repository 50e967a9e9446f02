namespace LoadTesting.Model.Spec;

/// <summary>Defaults of all HTTP requests, with k6's defaults.</summary>
public sealed record HttpSpec
{
    /// <summary>Most connections that one virtual user can use side by side.</summary>
    public const int MostAtOnce = 256;

    /// <summary>Limit for one request including its body and all redirects. Default 60 s.</summary>
    public Duration Timeout { get; init; } = Duration.FromSeconds(60);

    /// <summary>How many redirects are followed. Default 10; 0 returns the first 3xx as it is.</summary>
    public int Redirects { get; init; } = 10;

    /// <summary>Headers of every request; a request's own header of the same name wins. Values are templates.</summary>
    public OrderedMap<string> Headers { get; init; } = OrderedMap<string>.Empty;

    /// <summary>Whether a VU keeps a cookie jar, emptied at the start of each iteration. Default true.</summary>
    public bool Cookies { get; init; } = true;

    /// <summary>Whether the jar outlives the iteration, k6's <c>noCookiesReset</c>. Default false.</summary>
    public bool NoCookiesReset { get; init; }

    /// <summary>Whether a VU keeps its connections between requests and iterations. Default true; false = a connection per request (k6's <c>noConnectionReuse</c>).</summary>
    public bool KeepAlive { get; init; } = true;

    /// <summary>Whether a VU closes its connections after each iteration, k6's <c>noVUConnectionReuse</c>. Default false.</summary>
    public bool NoVUConnectionReuse { get; init; }

    /// <summary>
    /// How long a connection is used: an older one is closed instead of being used again, so that load finds new Pods behind a Service. &gt; 0; null = as long as it lives.
    /// </summary>
    public Duration? MaxConnectionAge { get; init; }

    /// <summary>Whether HTTP/2 is offered by ALPN over TLS. Default false: HTTP/1.1.</summary>
    public bool Http2 { get; init; }

    /// <summary>Whether HTTP/2 is spoken on <c>http://</c> URLs without asking first (prior knowledge). Default false.</summary>
    public bool H2c { get; init; }

    /// <summary>Whether a request that gets no response ends the iteration as one with an error, k6's <c>throw</c>. Default false: checks see status 0.</summary>
    public bool Throw { get; init; }

    /// <summary>Bytes of a response body that are kept for checks; the rest is counted and discarded. Default 16 MiB.</summary>
    public long MaxBodyBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Time limit for establishing a TCP connection. Default 30 s.</summary>
    public Duration ConnectTimeout { get; init; } = Duration.FromSeconds(30);

    /// <summary>The User-Agent; null = <c>loadtest/VERSION</c>.</summary>
    public string? UserAgent { get; init; }

    /// <summary>Which statuses count as expected for every request that does not say so itself. Null = 200–399.</summary>
    public ExpectedStatuses? Expect { get; init; }

    /// <summary>Most requests that a <c>parallel</c> has under way at once, k6's <c>batch</c>; 1…<see cref="MostAtOnce"/>. Default 20.</summary>
    public int Batch { get; init; } = 20;

    /// <summary>Most of them to one host, k6's <c>batchPerHost</c>; 1…<see cref="MostAtOnce"/>. Default 6.</summary>
    public int BatchPerHost { get; init; } = 6;

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

    /// <summary>
    /// Oldest TLS version that is offered: <c>tls1.0</c>, <c>tls1.1</c>, <c>tls1.2</c> or <c>tls1.3</c>. Null = what the system's TLS library allows.
    /// </summary>
    public string? MinVersion { get; init; }

    /// <summary>Newest TLS version that is offered; not below <see cref="MinVersion"/>. Null = the newest there is.</summary>
    public string? MaxVersion { get; init; }

    /// <summary>
    /// Cipher suites that are offered, by their registered names (k6's tlsCipherSuites). Those of TLS 1.3 are all offered unless some are named. Empty = the
    /// system's choice.
    /// </summary>
    public IReadOnlyList<string> CipherSuites { get; init; } = [];
}

/// <summary>A set of HTTP statuses: single ones and inclusive ranges. 0 stands for "no response".</summary>
public sealed record ExpectedStatuses(IReadOnlyList<StatusRange> Ranges)
{
    /// <summary>k6's default: 200–399.</summary>
    public static readonly ExpectedStatuses Default = new([new StatusRange(200, 399)]);

    /// <summary>Whether <paramref name="status"/> is in the set.</summary>
    public bool Contains(int status)
    {
        // Asked for every exchange: an enumerator would be an allocation.
        for (var i = 0; i < Ranges.Count; i++)
        {
            if (status >= Ranges[i].Min && status <= Ranges[i].Max)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Inclusive bounds; a single status has both equal.</summary>
public readonly record struct StatusRange(int Min, int Max);
