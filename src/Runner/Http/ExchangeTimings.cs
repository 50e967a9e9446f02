namespace LoadTesting.Runner.Http;

/// <summary>How far an exchange came.</summary>
public enum ExchangeProgress
{
    /// <summary>There was no connection.</summary>
    None,

    /// <summary>There was one, TLS included.</summary>
    Connected,

    /// <summary>The request was written as a whole.</summary>
    Sent,

    /// <summary>The first octet of a response came after that.</summary>
    Answering,
}

/// <summary>The phases of one exchange in nanoseconds, with k6's meaning. All zero when no connection came about.</summary>
/// <param name="Blocked">From asking for a connection to having one: pool wait, DNS, connect, TLS.</param>
/// <param name="Connecting">TCP connect without DNS; 0 on a reused connection.</param>
/// <param name="TlsHandshaking">TLS handshake; 0 on a reused connection and without TLS.</param>
/// <param name="Sending">From having the connection to the last byte of the request being written.</param>
/// <param name="Waiting">From there to the first byte of the response; without a response until giving up; 0 when the byte came earlier.</param>
/// <param name="Receiving">From the first byte to the end of the body.</param>
public readonly record struct ExchangeTimings(long Blocked, long Connecting, long TlsHandshaking, long Sending, long Waiting, long Receiving)
{
    /// <summary>How far it came: of an exchange that failed, the phases beyond that were not completed.</summary>
    public ExchangeProgress Progress { get; init; }

    /// <summary>Sending + waiting + receiving: k6's http_req_duration.</summary>
    public long Duration => Sending + Waiting + Receiving;

    /// <summary>The phases between instants, of which 0 stands for one that never came; all zero when there never was a connection.</summary>
    /// <param name="started">The exchange was asked for.</param>
    /// <param name="connection">There was a connection.</param>
    /// <param name="connecting">How long connecting took.</param>
    /// <param name="handshaking">How long the TLS handshake took.</param>
    /// <param name="written">The last octet of the request was written.</param>
    /// <param name="firstByte">The first octet of the response came.</param>
    /// <param name="ended">The body was complete or the exchange was given up.</param>
    internal static ExchangeTimings Between(long started, long connection, long connecting, long handshaking, long written, long firstByte, long ended)
    {
        if (connection == 0) return default;
        var progress = written == 0 ? ExchangeProgress.Connected : firstByte == 0 ? ExchangeProgress.Sent : ExchangeProgress.Answering;
        written = Math.Max(connection, written != 0 ? written : ended);
        firstByte = firstByte != 0 ? Math.Max(connection, firstByte) : ended;
        return new ExchangeTimings(
            Blocked: connection - started,
            Connecting: connecting,
            TlsHandshaking: handshaking,
            Sending: Math.Min(written, firstByte) - connection,
            Waiting: Math.Max(0, firstByte - written),
            Receiving: ended - firstByte) { Progress = progress };
    }
}
