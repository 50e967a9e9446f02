namespace LoadTesting.Runner.Http;

/// <summary>
/// Why an exchange has no usable response. The values are k6's error codes (tag <c>error_code</c>), and in its gaps some of ours; 4xx and 5xx responses are
/// no transport errors.
/// </summary>
public enum TransportError
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>Anything that has no code of its own.</summary>
    Generic = 1000,

    /// <summary>The URL cannot be parsed or is neither http nor https; nothing was sent.</summary>
    InvalidUrl = 1020,

    /// <summary>What came back is no HTTP response, or one beyond the limits on heads and chunks. Ours: k6 has 1000 for it.</summary>
    MalformedResponse = 1030,

    /// <summary>The peer closed the connection before the response was complete. Ours: k6 has 1000 for it.</summary>
    UnexpectedEnd = 1031,

    /// <summary>The proxy refused to connect to the target, or does not speak as a proxy does. Ours: k6 has 1000 for it.</summary>
    Proxy = 1040,

    /// <summary>The time limit of the request was reached, be it while connecting, waiting or reading the body.</summary>
    Timeout = 1050,

    /// <summary>The name could not be looked up.</summary>
    Dns = 1100,

    /// <summary>The name does not exist.</summary>
    NoSuchHost = 1101,

    /// <summary>The address is among those that are never connected to.</summary>
    BlacklistedAddress = 1110,

    /// <summary>The name is among those that are never connected to.</summary>
    BlockedHost = 1111,

    /// <summary>A TCP error on an established connection that has no code of its own.</summary>
    Tcp = 1200,

    /// <summary>The peer closed while the request was being written.</summary>
    BrokenPipe = 1201,

    /// <summary>No connection could be made, for a reason without a code of its own.</summary>
    Dial = 1210,

    /// <summary>The connection was not made within the connect timeout.</summary>
    DialTimeout = 1211,

    /// <summary>The peer refused the connection.</summary>
    ConnectionRefused = 1212,

    /// <summary>This machine had no ephemeral port left for the connection. Ours; k6 has 1210.</summary>
    NoLocalPort = 1218,

    /// <summary>This process had no file descriptor left for the connection. Ours; k6 has 1210.</summary>
    NoFileDescriptor = 1219,

    /// <summary>The peer reset the connection.</summary>
    ConnectionReset = 1220,

    /// <summary>The TLS handshake failed.</summary>
    Tls = 1300,

    /// <summary>The peer did not speak TLS.</summary>
    TlsRecordHeader = 1301,

    /// <summary>The certificate comes from no trusted authority.</summary>
    UnknownAuthority = 1310,

    /// <summary>The certificate is for other names.</summary>
    HostNameMismatch = 1311,

    /// <summary>An HTTP/2 protocol error.</summary>
    Http2 = 1600,

    /// <summary>The body does not decode as its Content-Encoding says.</summary>
    Decompression = 1701,
}
