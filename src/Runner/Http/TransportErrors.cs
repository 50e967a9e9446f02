namespace LoadTesting.Runner.Http;

/// <summary>Words for transport errors.</summary>
public static class TransportErrors
{
    /// <summary>
    /// Whether a request that ended so never left this machine: its failure says nothing about the target, as that of one that was sent does.
    /// </summary>
    public static bool NeverLeft(TransportError error) => error is TransportError.InvalidUrl or TransportError.Dns or TransportError.NoSuchHost or TransportError.BlacklistedAddress
        or TransportError.BlockedHost or TransportError.NoLocalPort or TransportError.NoFileDescriptor;

    /// <summary>
    /// The value of the tag <c>error</c>: one fixed sentence per code, because a message with addresses and ports in it would open a series per connection.
    /// Empty for <see cref="TransportError.None"/>.
    /// </summary>
    public static string Text(TransportError error) => error switch
    {
        TransportError.None => "",
        TransportError.InvalidUrl => "invalid URL",
        TransportError.MalformedResponse => "malformed HTTP response",
        TransportError.UnexpectedEnd => "unexpected end of the response",
        TransportError.Proxy => "the proxy refused the connection",
        TransportError.Timeout => "request timeout",
        TransportError.Dns => "lookup failed",
        TransportError.NoSuchHost => "lookup: no such host",
        TransportError.BlacklistedAddress => "address is blacklisted",
        TransportError.BlockedHost => "host is blocked",
        TransportError.Tcp => "connection error",
        TransportError.BrokenPipe => "write: broken pipe",
        TransportError.Dial => "dial: connection failed",
        TransportError.DialTimeout => "dial: i/o timeout",
        TransportError.ConnectionRefused => "dial: connection refused",
        TransportError.NoLocalPort => "dial: no free local port",
        TransportError.NoFileDescriptor => "dial: too many open files",
        TransportError.ConnectionReset => "read: connection reset by peer",
        TransportError.Tls => "tls: handshake failed",
        TransportError.TlsRecordHeader => "tls: first record does not look like a TLS handshake",
        TransportError.UnknownAuthority => "x509: certificate signed by unknown authority",
        TransportError.HostNameMismatch => "x509: certificate is valid for other names",
        TransportError.Http2 => "http2: protocol error",
        TransportError.Decompression => "decompression failed",
        _ => "request failed",
    };
}
