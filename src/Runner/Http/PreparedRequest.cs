using LoadTesting.Runner.Http.Wire;

namespace LoadTesting.Runner.Http;

/// <summary>One request with nothing left to compute: what a sender puts on the wire. Whoever made it may use it again once the exchange is over.</summary>
public sealed class PreparedRequest
{
    /// <summary>Method.</summary>
    public required HttpMethod Method { get; set; }

    /// <summary>Absolute, http or https; a fragment is not sent.</summary>
    public required Uri Url { get; set; }

    /// <summary>
    /// All fields in the order of sending, those about the body and <c>Host</c> among them; without Content-Length, Connection and Transfer-Encoding,
    /// which belong to the sender.
    /// </summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; set; }

    /// <summary>The body; null = none, empty = one of length 0.</summary>
    public ReadOnlyMemory<byte>? Body { get; set; }

    /// <summary>When to give up (<see cref="MonotonicClock"/>): covers everything from asking for a connection to the last byte of the body.</summary>
    public required long Deadline { get; set; }

    /// <summary>Most octets of the decoded body to keep; 0 = nothing is kept. The rest is read, counted and discarded.</summary>
    public long KeepBodyBytes { get; set; }

    /// <summary>Whether anybody looks at the answer's header fields beyond cookies and redirects. Default true.</summary>
    public bool KeepsHeaders { get; set; } = true;

    /// <summary>What a challenge of the digest scheme is answered with, once; null = nothing.</summary>
    public DigestCredentials? Digest { get; set; }

    /// <summary>
    /// Whether a field has a secret in it: redirects carry such a one within its origin only. Authorization and Cookie go by k6's rule, whatever is in them.
    /// Null = no field has.
    /// </summary>
    public Func<KeyValuePair<string, string>, bool>? IsSecret { get; set; }

    /// <summary>Of a redirect's request: the URL of the first one, whose site may be told its secrets. Null = this is the first.</summary>
    internal Uri? FirstUrl { get; set; }

    /// <summary>Where the head is kept as octets for the next request with the same method, URL and fields; null = it is made anew each time.</summary>
    internal RequestHead? Head { get; set; }
}
