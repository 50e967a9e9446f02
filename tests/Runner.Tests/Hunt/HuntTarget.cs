using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Hunt;

/// <summary>What a run of the hunt sends to, and what was seen there: whether a run should pass is told by this, not by anything that the generator says.</summary>
internal sealed class HuntTarget : IAsyncDisposable
{
    private readonly HuntCase _hunt;
    private readonly RawHttpServer? _server;
    private readonly DeadPort? _port;
    private volatile bool _isDead;
    private long _answered;

    /// <param name="hunt">The run.</param>
    /// <param name="healthy">A target that answers.</param>
    public HuntTarget(HuntCase hunt, Uri healthy)
    {
        _hunt = hunt;
        _server = hunt.Fault is Fault.DyingTarget or Fault.MalformedAnswers ? RawHttpServer.Start(ServeAsync) : null;
        _port = hunt.Fault == Fault.DeadTarget ? new DeadPort() : null;
        Url = _port?.Url ?? _server?.Url ?? healthy;
    }

    /// <summary>Where the load goes.</summary>
    public Uri Url { get; }

    /// <summary>Complete answers that left it; of the healthy target unknown, and 0.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>From now on nobody is answered.</summary>
    public async Task DieAsync()
    {
        _isDead = true;
        // Either nobody listens any more, or somebody resets whatever comes.
        if (_hunt.Way % 2 == 0 && _server is not null) await _server.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _port?.Dispose();
        if (_server is not null && !(_isDead && _hunt.Way % 2 == 0)) await _server.DisposeAsync();
    }

    private async Task ServeAsync(RawConnection connection)
    {
        while (await connection.ReadRequestAsync() is not null)
        {
            if (_isDead || (_hunt.Fault == Fault.MalformedAnswers && _hunt.Way % 3 == 0))
            {
                connection.Reset();
                return;
            }

            if (_hunt.Fault == Fault.MalformedAnswers)
            {
                await connection.WriteAsync(_hunt.Way % 3 == 1 ? "this is not HTTP at all\r\n\r\n" : "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\ntoo short");
                return;
            }

            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            Interlocked.Increment(ref _answered);
        }
    }
}
