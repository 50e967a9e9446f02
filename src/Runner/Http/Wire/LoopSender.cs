using System.Net;
using System.Threading.Tasks.Sources;
using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Http.Wire;

/// <summary>
/// One virtual user's exchanges over HTTP/1.1 on an event loop. A request is rendered, written and its answer read without leaving the loop's thread and without
/// memory of its own. A caller on another thread is taken to the loop first, and continues there.
/// </summary>
internal sealed partial class LoopSender : LoopTimer, IRequestSender, IValueTaskSource<Exchange>, ILoopWork
{
    private readonly LoopHome _home;
    private readonly EventLoop _loop;
    private readonly IPAddress? _local;
    private readonly BodySink _body = new();
    private readonly ResponseReader _reader;
    private WireHeaders? _headers;
    private readonly Exchange _exchange = new();
    private IdleConnections _idle;
    private Completion<Exchange> _completion;
    private ExchangeInstants _at;
    private PreparedRequest _request = null!;
    private LoopConnection? _active;
    private CancellationToken _interrupt;
    private CancellationTokenRegistration _interruptRegistration;
    private long _sent;
    private long _received;
    private readonly long _oldest;
    private long _limit;
    private long _armedFor;
    private LimitKind _limitKind;
    private bool _isBusy;
    private bool _endsSoon;
    private bool _hasSent;

    /// <param name="home">Where it lives.</param>
    /// <param name="local">Where its connections come from; null = the system chooses.</param>
    public LoopSender(LoopHome home, IPAddress? local)
    {
        (_home, _loop, _local) = (home, home.Loop, local);
        _reader = new ResponseReader(_body, home.Heads);
        _oldest = home.Settings.MaxConnectionAge?.Nanoseconds ?? long.MaxValue;
    }

    public ValueTask<Exchange> SendAsync(PreparedRequest request, CancellationToken interrupt)
    {
        if (!_loop.IsCurrent) return ComeAndSendAsync(request, interrupt);
        _completion.Begin();
        Begin(request, interrupt);
        return new ValueTask<Exchange>(this, _completion.Version);
    }

    public IRequestSender Another() => new LoopSender(_home, _local);

    public void CloseConnections()
    {
        if (_loop.IsCurrent) _idle.Close();
        else _loop.Post(new LoopAction(() => _idle.Close()));
    }

    public TransferredBytes TakeTransferred()
    {
        var bytes = new TransferredBytes(_sent, _received);
        (_sent, _received) = (0, 0);
        return bytes;
    }

    public ValueTask DisposeAsync()
    {
        // On the loop, whenever it comes to that: nobody has to wait for it.
        if (_loop.IsCurrent) Close();
        else _loop.Post(new LoopAction(Close));
        return default;
    }

    public void CountSent(LoopConnection connection, int octets)
    {
        _sent += octets;
        _hasSent |= IsBusyOn(connection);
    }

    public void CountReceived(int octets) => _received += octets;

    /// <summary>Whether the connection is the one of the exchange under way.</summary>
    public bool IsBusyOn(LoopConnection connection) => ReferenceEquals(connection, _active);

    /// <summary>
    /// A connection is about to close, whatever for. From here on neither an exchange nor the idle ones have it: closing wakes up whoever reads from it or
    /// writes to it, and they must not take that for an event of an exchange.
    /// </summary>
    public void Detach(LoopConnection connection)
    {
        if (IsBusyOn(connection)) _active = null;
        else _idle.Remove(connection);
    }

    /// <summary>A defect of ours while an event of a connection was handled: it ends one exchange, not the loop.</summary>
    public void Broken(LoopConnection connection, Exception defect)
    {
        var wasBusy = IsBusyOn(connection);
        connection.Close();
        if (!wasBusy) return;
        Fail(ErrorClassifier.OfExchange(defect), ErrorClassifier.Text(defect));
        End(keepsConnection: false);
    }

    /// <summary>Posted: an interruption, or an exchange that ended before it could wait for anything.</summary>
    void ILoopWork.Run()
    {
        if (_endsSoon)
        {
            _endsSoon = false;
            End(keepsConnection: false);
        }
        else if (_isBusy && _interrupt.IsCancellationRequested)
        {
            Abort(LimitKind.Interruption);
        }
    }

    internal override void OnDue(long now)
    {
        _armedFor = long.MaxValue;
        if (!_isBusy || _endsSoon) return;
        if (now < _limit) Arm();
        else if (_limitKind == LimitKind.Continue) WriteHeldBody();
        else Abort(_limitKind);
    }

    Exchange IValueTaskSource<Exchange>.GetResult(short token) => _completion.Result(token);

    ValueTaskSourceStatus IValueTaskSource<Exchange>.GetStatus(short token) => _completion.Status(token);

    void IValueTaskSource<Exchange>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token);

    private async ValueTask<Exchange> ComeAndSendAsync(PreparedRequest request, CancellationToken interrupt)
    {
        await _loop.SwitchTo();
        return await SendAsync(request, interrupt);
    }

    private void Close()
    {
        _interruptRegistration.Unregister();
        _loop.RemoveTimer(this);
        _idle.Close();
        if (_opening != TransportError.None) GiveUpOpening();
        _active?.Close();
        _body.Release();
        _reader.Release();
    }

    private void Begin(PreparedRequest request, CancellationToken interrupt)
    {
        var now = _loop.Now;
        (_request, _isBusy, _at) = (request, true, new ExchangeInstants { Started = now });
        _exchange.Reset(now);
        _body.Begin(request.KeepBodyBytes);
        Watch(interrupt);
        if (interrupt.IsCancellationRequested)
        {
            _exchange.Outcome = ExchangeOutcome.Interrupted;
            EndSoon();
        }
        else if (request.Deadline <= now)
        {
            Fail(TransportError.Timeout, TransportErrors.Text(TransportError.Timeout));
            EndSoon();
        }
        else
        {
            LimitTo(request.Deadline, LimitKind.Deadline);
            if (_idle.Take(request.Url, _oldest == long.MaxValue ? long.MinValue : now - _oldest) is { } connection) Start(connection);
            else _ = OpenAndStartAsync();
        }
    }

    // One registration as long as the token stays the same, which is a whole scenario.
    private void Watch(CancellationToken interrupt)
    {
        if (interrupt == _interrupt) return;
        _interruptRegistration.Unregister();
        _interrupt = interrupt;
        _interruptRegistration = interrupt.UnsafeRegister(static s => ((LoopSender)s!)._loop.Post((LoopSender)s), this);
    }

    // The timer stays where it is when the limit moves away: most limits are never reached, and moving it with each request would cost each request.
    private void LimitTo(long limit, LimitKind kind)
    {
        (_limit, _limitKind) = (limit, kind);
        if (Place < 0 || limit < _armedFor) Arm();
    }

    private void Arm()
    {
        _armedFor = _limit;
        _loop.SetTimer(this, _limit);
    }

    private void Abort(LimitKind kind)
    {
        FailBy(kind, _opening == TransportError.Tls ? TransportError.Tls : TransportError.DialTimeout);
        End(keepsConnection: false);
    }

    private void FailBy(LimitKind kind, TransportError onConnectLimit)
    {
        if (kind == LimitKind.Interruption)
        {
            _exchange.Outcome = ExchangeOutcome.Interrupted;
            return;
        }

        var error = kind == LimitKind.Connect ? onConnectLimit : TransportError.Timeout;
        Fail(error, TransportErrors.Text(error));
    }

    private void Fail(TransportError error, string text) => (_exchange.Outcome, _exchange.Error, _exchange.ErrorText) = (ExchangeOutcome.Failed, error, text);

    // Not at once: whoever sends without ever waiting would leave nobody else a turn on the loop.
    private void EndSoon()
    {
        _endsSoon = true;
        _loop.Post(this);
    }

    /// <summary>
    /// The only way in which an exchange ends, with whatever the exchange says became of it. The order is the rule: first it is over, so that nobody who
    /// still waits for something of it finds
    /// it; then its connection is kept or closed, which wakes those up; its caller, who may send again at once, goes on last. Nothing may follow a call of
    /// this.
    /// </summary>
    /// <param name="keepsConnection">Whether the connection is fit for another request.</param>
    private void End(bool keepsConnection)
    {
        if (_exchange.Outcome != ExchangeOutcome.Response) _at.Ended = _loop.Now;
        _exchange.EndedAt = _at.Ended;
        _exchange.Timings = _at.ToTimings();
        var connection = _active;
        (_active, _isBusy) = (null, false);
        if (_opening != TransportError.None) GiveUpOpening();
        if (connection is not null && keepsConnection) _idle.Return(connection);
        else connection?.Close();
        _completion.Set(_exchange);
    }

    private enum LimitKind
    {
        Deadline,
        Connect,
        Continue,
        Interruption,
    }
}
