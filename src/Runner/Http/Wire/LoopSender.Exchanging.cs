using System.Net.Sockets;
using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Http.Wire;

/// <summary>The exchange itself: writing the request, reading the answer, and what may go wrong with either.</summary>
internal sealed partial class LoopSender
{
    // RFC 9110, 10.1.1: a client does not wait for ever for a 100. As long as the platform's and Go's clients wait.
    private const long ContinueLimit = 1_000_000_000;

    // So many buffers full are read before others have a turn.
    private const int MostReads = 4;

    private ReadOnlyMemory<byte> _out;
    private ReadOnlyMemory<byte> _outRest;
    private ReadOnlyMemory<byte> _held;
    private bool _isWritten;
    private bool _peerClosed;
    private TransportError _writeError;
    private string _writeErrorText = "";

    /// <summary>Something happened on a connection without TLS.</summary>
    public void OnEvents(LoopConnection connection, uint flags)
    {
        if (!IsBusyOn(connection))
        {
            // All that an idle server may say is its goodbye; anything else could not be understood.
            if ((flags & (Linux.PeerClosed | Linux.Failed | Linux.HungUp | Linux.Readable)) != 0) connection.Close();
            return;
        }

        if ((flags & (Linux.PeerClosed | Linux.Failed | Linux.HungUp)) != 0) _peerClosed = true;
        if (!_isWritten && (flags & Linux.Writable) != 0 && !Push(connection, isShared: false)) return;
        if ((flags & ~Linux.Writable) != 0) Read(connection);
    }

    private void Start(LoopConnection connection)
    {
        _active = connection;
        if (_at.Connected == 0) _at.Connected = _at.Started;
        (_isWritten, _peerClosed, _writeError, _hasSent) = (false, false, TransportError.None, false);
        _reader.Begin(_request.Method == HttpMethod.Head, _request.KeepsHeaders);
        try
        {
            _out = _home.Writer.Render(_request, _home.Settings.KeepAlive, out var rest);
            var waits = _home.Writer.ExpectsContinue;
            (_outRest, _held) = (waits ? default : rest, waits ? rest : default);
            if (_held.Length > 0) LimitTo(Math.Min(_request.Deadline, _loop.Now + ContinueLimit), LimitKind.Continue);
            if (connection.Tls is null) Push(connection, isShared: true);
            else StartTls(connection);
        }
        catch (Exception e)
        {
            // A request that cannot be written is the end of one exchange, which must not look like a time limit, and of no user.
            connection.Close();
            Fail(TransportError.Generic, ErrorClassifier.Text(e));
            EndSoon();
        }
    }

    /// <summary>Writes as much as the kernel takes.</summary>
    /// <param name="connection">Where to.</param>
    /// <param name="isShared">Whether what is to be written first lies in memory that others will use, too.</param>
    /// <returns>False when the exchange is over by that.</returns>
    private bool Push(LoopConnection connection, bool isShared)
    {
        while (true)
        {
            if (_out.IsEmpty)
            {
                if (_outRest.IsEmpty) break;
                (_out, _outRest, isShared) = (_outRest, default, false);
            }

            var sent = connection.Send(_out.Span);
            if (sent >= 0)
            {
                _out = _out[sent..];
                continue;
            }

            var error = Linux.LastError;
            if (error == Linux.Interrupted) continue;
            if (error == Linux.WouldBlock)
            {
                if (isShared) _out = _out.ToArray();
                return true;
            }

            // Perhaps it has said why before it hung up.
            (_isWritten, _peerClosed, _writeError, _writeErrorText) = (true, true, OfErrno(error), Linux.Text(error));
            return Read(connection);
        }

        _isWritten = _held.IsEmpty;
        if (_isWritten && _at.FirstByte == 0) _at.Written = _loop.Now;
        return true;
    }

    private void WriteHeldBody()
    {
        var connection = _active!;
        LimitTo(_request.Deadline, LimitKind.Deadline);
        (_outRest, _held) = (_held, default);
        if (connection.Tls is null) Push(connection, isShared: false);
        else PushTls(connection);
    }

    /// <summary>Reads what there is.</summary>
    /// <returns>False when the exchange is over by that.</returns>
    private bool Read(LoopConnection connection)
    {
        var buffer = _loop.ReceiveBuffer.AsSpan();
        for (var reads = 0; reads < MostReads; reads++)
        {
            var received = connection.Receive(buffer);
            if (received < 0)
            {
                var error = Linux.LastError;
                if (error == Linux.Interrupted) continue;
                if (error == Linux.WouldBlock) return true;
                FailOrRetry(connection, OfErrno(error), Linux.Text(error));
                return false;
            }

            // A full buffer may have more behind it, which would not be announced again.
            var isDrained = received < buffer.Length;
            if (Take(connection, buffer[..received], isDrained)) return false;
            if (isDrained && !_peerClosed) return true;
        }

        _loop.Post(connection);
        return true;
    }

    /// <summary>Gives octets to the reader; none = the peer's end.</summary>
    /// <returns>True when the exchange is over by that.</returns>
    private bool Take(LoopConnection connection, ReadOnlySpan<byte> octets, bool isDrained)
    {
        var now = _loop.Now;
        if (octets.IsEmpty)
        {
            _peerClosed = true;
            if (_reader.State == ReaderState.UntilClose && connection.Carrier is { HasReadEnd: true })
            {
                Fail(TransportError.UnexpectedEnd, BodyFraming.NoClosure);
                End(keepsConnection: false);
                return true;
            }

            _reader.End();
        }
        else if (_at.FirstByte == 0)
        {
            _at.FirstByte = now;
        }

        var used = _reader.Feed(octets);
        switch (_reader.State)
        {
            case ReaderState.Complete:
                _at.Ended = now;
                Complete(connection, isClean: used == octets.Length && isDrained);
                return true;
            case ReaderState.Malformed:
                Fail(TransportError.MalformedResponse, _reader.Problem!);
                End(keepsConnection: false);
                return true;
            default:
                if (octets.IsEmpty)
                {
                    FailOrRetry(connection, TransportError.UnexpectedEnd, TransportErrors.Text(TransportError.UnexpectedEnd));
                    return true;
                }

                if (_reader.TakeContinue() && _held.Length > 0) WriteHeldBody();
                return !IsBusyOn(connection);
        }
    }

    private void Complete(LoopConnection connection, bool isClean)
    {
        var head = _reader.Head;
        connection.IsUsed = true;
        var isKept = isClean && _isWritten && _writeError == TransportError.None && !_peerClosed && connection.Carrier is not { HasPeerClosed: true } &&
            !head.Closes && _home.Settings.KeepAlive && head.Status != 101;
        if (_request.KeepsHeaders || head.NeedsFields)
        {
            (_headers ??= new WireHeaders()).Use(_reader.HeadOctets);
            _exchange.Headers = _headers;
        }

        _exchange.BodyBytes = _body.Octets;
        if (head.Status == 101)
        {
            Fail(TransportError.Generic, "unsupported response status: 101");
        }
        else if (_request.KeepBodyBytes > 0 && KeepBody(head) is { } problem)
        {
            Fail(TransportError.Decompression, problem);
        }
        else
        {
            _exchange.Outcome = ExchangeOutcome.Response;
            (_exchange.Status, _exchange.Protocol) = (head.Status, head.Minor == 0 ? "HTTP/1.0" : "HTTP/1.1");
            _exchange.TlsVersion = connection.TlsVersion;
        }

        End(isKept);
    }

    // Null, or why it cannot be decoded.
    private string? KeepBody(in ResponseHead head)
    {
        (_exchange.Body, _exchange.IsTruncated) = (_body.Kept, _body.IsTruncated);
        if (!head.IsEncoded) return null;
        var encodings = _exchange.Headers.Values("Content-Encoding");
        var problem = ContentDecoder.Decode(encodings, _body.Kept, !_body.IsTruncated, _request.KeepBodyBytes, out var decoded, out var truncated);
        (_exchange.Body, _exchange.IsTruncated) = problem is null ? (decoded, truncated) : default;
        return problem;
    }

    // A server may close a connection for being idle in the moment in which a request is on its way: then the request goes over another one, where that is
    // safe.
    private void FailOrRetry(LoopConnection connection, TransportError error, string text)
    {
        if (_writeError != TransportError.None) (error, text) = (_writeError, _writeErrorText);
        if (Resending.IsSafe(_request, connection.IsUsed, _hasSent, _reader.HasBegun))
        {
            connection.Close();
            _at = new ExchangeInstants { Started = _at.Started };
            LimitTo(_request.Deadline, LimitKind.Deadline);
            _ = OpenAndStartAsync();
            return;
        }

        Fail(error, text);
        End(keepsConnection: false);
    }

    private static TransportError OfErrno(int error) => ErrorClassifier.OfSocket(error switch
    {
        Linux.ConnectionReset => SocketError.ConnectionReset,
        Linux.BrokenPipe => SocketError.Shutdown,
        Linux.ConnectionAborted => SocketError.ConnectionAborted,
        Linux.TimedOut => SocketError.TimedOut,
        _ => SocketError.SocketError,
    });
}
