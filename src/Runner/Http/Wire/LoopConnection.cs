using System.Net;
using System.Net.Security;
using System.Threading.Tasks.Sources;
using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Http.Wire;

/// <summary>One TCP connection of one virtual user on its loop, from connecting to closing. With TLS its octets go through <see cref="Carrier"/>.</summary>
internal sealed class LoopConnection : ILoopHandler, ILoopWork, IValueTaskSource<int>
{
    // What an attempt that was given up is told; no errno.
    private const int GivenUp = -1;

    private readonly LoopSender _owner;
    private Completion<int> _connected;
    private Uri _url;
    private int _descriptor = -1;
    private int _number = -1;

    public LoopConnection(EventLoop loop, LoopSender owner, Uri url)
    {
        (Loop, _owner, _url, OpenedAt) = (loop, owner, url, loop.Now);
    }

    public EventLoop Loop { get; }

    /// <summary>When it was begun.</summary>
    public long OpenedAt { get; }

    public bool IsOpen => _descriptor >= 0;

    /// <summary>Under TLS; null without.</summary>
    public LoopStream? Carrier { get; private set; }

    /// <summary>TLS; null without.</summary>
    public SslStream? Tls { get; set; }

    /// <summary>Under TLS: whether something is being written that the kernel did not take at once.</summary>
    public bool IsWriting { get; set; }

    /// <summary><c>tls1.3</c>…; empty without TLS.</summary>
    public string TlsVersion { get; set; } = "";

    /// <summary>Whether an exchange was completed on it: only then may the server have closed it for being idle.</summary>
    public bool IsUsed { get; set; }

    /// <summary>Whether requests to the URL may go over it.</summary>
    public bool Serves(Uri url)
    {
        if (ReferenceEquals(url, _url)) return true;
        if (url.Port != _url.Port || url.Scheme != _url.Scheme || !url.IdnHost.Equals(_url.IdnHost, StringComparison.OrdinalIgnoreCase)) return false;

        // Next time it is seen at a glance.
        _url = url;
        return true;
    }

    /// <summary>Connects.</summary>
    /// <param name="endPoint">Where to.</param>
    /// <param name="local">Where from; null = the system chooses.</param>
    /// <returns>0, errno, or a negative number when the connection was closed meanwhile.</returns>
    public ValueTask<int> ConnectAsync(IPEndPoint endPoint, IPAddress? local)
    {
        _descriptor = Linux.Connect(endPoint, local);
        if (_descriptor < 0) return new ValueTask<int>(Linux.LastError);
        _number = Loop.Watch(_descriptor, this);
        if (_number < 0)
        {
            var error = Linux.LastError;
            Close();
            return new ValueTask<int>(error);
        }

        _connected.Begin();
        return new ValueTask<int>(this, _connected.Version);
    }

    /// <summary>The connection as a stream, to put TLS on.</summary>
    public LoopStream Carry() => Carrier = new LoopStream(this);

    /// <summary>The stream has done its part, and has nothing read that was not taken: from now on there is none.</summary>
    public void Uncarry() => Carrier = null;

    /// <summary>Octets taken by the kernel, or −1 with errno.</summary>
    public int Send(ReadOnlySpan<byte> octets)
    {
        var sent = (int)Linux.Send(_descriptor, octets);
        if (sent > 0) _owner.CountSent(this, sent);
        return sent;
    }

    /// <summary>Octets received, 0 at the end, or −1 with errno.</summary>
    public int Receive(Span<byte> buffer)
    {
        var received = (int)Linux.Receive(_descriptor, buffer);
        if (received > 0) _owner.CountReceived(received);
        return received;
    }

    /// <summary>
    /// Closes, once. Who waits for something of the connection is told within this call, and by then it is nobody's: neither an exchange's nor among the idle
    /// ones.
    /// </summary>
    public void Close()
    {
        if (_descriptor < 0) return;
        _owner.Detach(this);

        // As much of it as the kernel takes at once; not between two halves of a record.
        if (Carrier is { IsWriting: false }) TlsHandshake.SayGoodbye(Tls);
        if (_number >= 0) Loop.Unwatch(_number);
        Linux.Close(_descriptor);
        (_descriptor, _number) = (-1, -1);
        if (_connected.IsPending) _connected.Set(GivenUp);
        Carrier?.Closed();
        Tls?.Dispose();
    }

    public void OnEvents(uint flags)
    {
        try
        {
            if (_connected.IsPending)
            {
                if ((flags & (Linux.Writable | Linux.Failed | Linux.HungUp)) != 0) _connected.Set(Linux.TakeError(_descriptor));
            }
            else if (Carrier is not null)
            {
                Carrier.OnEvents(flags);
            }
            else
            {
                _owner.OnEvents(this, flags);
            }
        }
        catch (Exception defect)
        {
            _owner.Broken(this, defect);
        }
    }

    /// <summary>Goes on reading after others had their turn, unless the exchange has ended by then.</summary>
    void ILoopWork.Run()
    {
        if (_owner.IsBusyOn(this)) OnEvents(Linux.Readable);
    }

    int IValueTaskSource<int>.GetResult(short token) => _connected.Result(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _connected.Status(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _connected.OnCompleted(continuation, state, token);
}
