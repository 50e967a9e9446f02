namespace LoadTesting.Runner.Http;

/// <summary>One request and what came back. Valid until its sender sends again: a sender may reuse object and buffers.</summary>
public sealed class Exchange
{
    /// <summary>What became of it.</summary>
    public ExchangeOutcome Outcome { get; set; }

    /// <summary>HTTP status; 0 unless the outcome is a response.</summary>
    public int Status { get; set; }

    /// <summary>Why it failed.</summary>
    public TransportError Error { get; set; }

    /// <summary>The failure in the words of whoever found it; empty when there is none. For logs and expressions, not for tags.</summary>
    public string ErrorText { get; set; } = "";

    /// <summary><c>HTTP/1.1</c> or <c>HTTP/2.0</c>, as k6 writes it; empty when no response came.</summary>
    public string Protocol { get; set; } = "";

    /// <summary><c>tls1.2</c> or <c>tls1.3</c>; empty without TLS.</summary>
    public string TlsVersion { get; set; } = "";

    /// <summary>When the request was asked for, before any connection (<see cref="MonotonicClock"/>).</summary>
    public long StartedAt { get; set; }

    /// <summary>When the body was complete or the exchange was given up.</summary>
    public long EndedAt { get; set; }

    /// <summary>The phases.</summary>
    public ExchangeTimings Timings { get; set; }

    /// <summary>Header fields; empty unless the outcome is a response.</summary>
    public IResponseHeaders Headers { get; set; } = EmptyHeaders.Instance;

    /// <summary>The body, decoded, at most as long as the request allowed; empty when the request did not ask for it.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>Octets of the body as they came (encoded), kept or not.</summary>
    public long BodyBytes { get; set; }

    /// <summary>Whether <see cref="Body"/> is only the beginning.</summary>
    public bool IsTruncated { get; set; }

    /// <summary>Back to an exchange that has not begun, so that a sender can use the object again.</summary>
    public void Reset(long startedAt)
    {
        Outcome = ExchangeOutcome.Failed;
        (Status, Error, ErrorText, Protocol, TlsVersion) = (0, TransportError.None, "", "", "");
        (StartedAt, EndedAt, Timings) = (startedAt, startedAt, default);
        (Headers, Body, BodyBytes, IsTruncated) = (EmptyHeaders.Instance, default, 0, false);
    }

    private sealed class EmptyHeaders : IResponseHeaders
    {
        public static readonly EmptyHeaders Instance = new();

        public IEnumerable<KeyValuePair<string, string>> Fields => [];

        public IReadOnlyList<string> Values(string name) => [];
    }
}
