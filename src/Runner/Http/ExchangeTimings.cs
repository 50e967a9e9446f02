namespace LoadTesting.Runner.Http;

/// <summary>The phases of one exchange in nanoseconds, with k6's meaning. All zero when no connection came about.</summary>
/// <param name="Blocked">From asking for a connection to having one: pool wait, DNS, connect, TLS.</param>
/// <param name="Connecting">TCP connect without DNS; 0 on a reused connection.</param>
/// <param name="TlsHandshaking">TLS handshake; 0 on a reused connection and without TLS.</param>
/// <param name="Sending">From having the connection to the last byte of the request being written.</param>
/// <param name="Waiting">From there to the first byte of the response; without a response until giving up; 0 when the byte came earlier.</param>
/// <param name="Receiving">From the first byte to the end of the body.</param>
public readonly record struct ExchangeTimings(long Blocked, long Connecting, long TlsHandshaking, long Sending, long Waiting, long Receiving)
{
    /// <summary>Sending + waiting + receiving: k6's http_req_duration.</summary>
    public long Duration => Sending + Waiting + Receiving;
}
