namespace LoadTesting.Runner.Http;

/// <summary>
/// Instants of the exchange that a virtual user is in, noted by its connections as octets pass. One per user: a user has one exchange at a time, so
/// whatever its connections carry between Begin and Finish belongs to it.
/// </summary>
internal sealed class ExchangeTrace
{
    private readonly MonotonicClock _clock;
    private long _sent;
    private long _received;
    private long _started;
    private bool _hasBody;
    private long _connecting;
    private long _handshaking;
    private long _ready;
    private long _firstWrite;
    private long _lastWrite;
    private long _firstByte;
    private volatile TransportError _endedBy;
    private volatile Task? _unwritten;

    public ExchangeTrace(MonotonicClock clock)
    {
        _clock = clock;
    }

    /// <summary>Why no connection came about, when it was a connection attempt of this exchange that failed.</summary>
    public TransportError ConnectError { get; private set; }

    /// <summary>Whether the exchange went over a connection that was there before.</summary>
    public bool IsReused => _ready == 0;

    /// <summary>Whether anything was written for the exchange.</summary>
    public bool HasSent => _lastWrite != 0;

    /// <summary>Whether anything of an answer came.</summary>
    public bool HasReceived => _firstByte != 0;

    /// <summary>Whether the answer came before the request was written, which it still is not: no other request can go over that connection.</summary>
    public bool IsUnwritten => _unwritten is { IsCompletedSuccessfully: false };

    /// <summary>How a connection ended while the exchange was under way: <see cref="TransportError.Generic"/> = we closed it, none = it did not.</summary>
    public TransportError EndedBy => _endedBy;

    /// <summary>An exchange begins.</summary>
    /// <param name="now">When.</param>
    /// <param name="hasBody">Whether a body is sent behind the head.</param>
    public void Begin(long now, bool hasBody)
    {
        (_started, _hasBody) = (now, hasBody);
        Again();
    }

    /// <summary>Another attempt of the same exchange: its time goes on, its phases begin anew.</summary>
    public void Again()
    {
        _connecting = _handshaking = _ready = _firstWrite = _lastWrite = _firstByte = 0;
        (ConnectError, _endedBy, _unwritten) = (TransportError.None, TransportError.None, null);
    }

    // What was written and received before that was another attempt's, or another connection's.
    public void Connected(long connecting, long handshaking)
    {
        (_connecting, _handshaking, _firstWrite, _lastWrite, _firstByte) = (connecting, handshaking, 0, 0, 0);
        _ready = _clock.Now;
    }

    public void ConnectFailed(TransportError error) => ConnectError = error;

    public void CountSent(int octets) => Interlocked.Add(ref _sent, octets);

    public void CountReceived(int octets) => Interlocked.Add(ref _received, octets);

    public TransferredBytes TakeTransferred() => new(Interlocked.Exchange(ref _sent, 0), Interlocked.Exchange(ref _received, 0));

    public void WriteBegins()
    {
        if (_firstWrite == 0) _firstWrite = _clock.Now;
    }

    /// <summary>The first end that says something counts: what else fails because of it says less.</summary>
    public void ConnectionEnded(TransportError how)
    {
        if (_endedBy is TransportError.None or TransportError.Generic) _endedBy = how;
    }

    // What is written after the answer began (the rest of a refused body, HTTP/2 acknowledgements) is not sending time.
    public void WriteEnded()
    {
        if (_firstByte == 0) _lastWrite = _clock.Now;
    }

    // Octets before the request are leftovers of an idle connection.
    public void Received()
    {
        if (_firstByte == 0 && _firstWrite != 0) _firstByte = _clock.Now;
    }

    // HTTP/2 writes frames of the connection itself while an answer is waited for: the first that is written is the request's head, and a body says when
    // it was written.
    public void FrameEnded()
    {
        if (_lastWrite == 0) _lastWrite = _clock.Now;
    }

    /// <summary>The server has said something while the request was written.</summary>
    /// <param name="rest">The writing, which goes on.</param>
    public void AnsweredEarly(Task rest) => _unwritten = rest;

    public void BodyWritten()
    {
        if (_firstByte == 0) _lastWrite = _clock.Now;
    }

    /// <summary>HTTP/2: frames of the connection itself come before the answer, so its headers mark the first byte instead.</summary>
    public void HeadersReceived() => _firstByte = _clock.Now;

    /// <summary>The phases up to now; all zero when there never was a connection, whatever others of the user's carried meanwhile.</summary>
    public ExchangeTimings Finish(long ended)
    {
        if (ConnectError != TransportError.None) return default;

        // The last write so far: of a body only the answer says that it was the last of all.
        var written = _hasBody && _firstByte == 0 ? 0 : _lastWrite;
        return ExchangeTimings.Between(_started, _ready != 0 ? _ready : _firstWrite, _connecting, _handshaking, written, _firstByte, ended);
    }
}
