using System.Collections.Concurrent;
using LoadTesting.Runner.Http;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Http.Carriers;

/// <summary>
/// The server of one cell: answers <c>/warm</c> and <c>/after</c> as it should, and the first request for <c>/target</c> as the ending has it; should that be sent again, it is answered.
/// Notes what it saw.
/// </summary>
internal sealed class Scene(Ending ending, Carrier carrier, SenderKind kind)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _idled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connections;
    private int _targets;

    /// <summary>All requests whose heads came, in their order: connection, path.</summary>
    public ConcurrentQueue<(int Connection, string Path)> Seen { get; } = new();

    /// <summary>Bodies that came whole: path, octets.</summary>
    public ConcurrentQueue<(string Path, int Octets)> Bodies { get; } = new();

    /// <summary>The server is where the client may interrupt it.</summary>
    public Task WhenReached => _reached.Task;

    /// <summary>What happens between two requests has happened.</summary>
    public Task WhenIdled => _idled.Task;

    /// <summary>The client has what became of it: who stays deaf until then need not be any longer.</summary>
    public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Reach() => _reached.TrySetResult();

    public async Task ServeAsync(RawConnection raw)
    {
        var number = Interlocked.Increment(ref _connections);
        if (number == 1 && ending.AtAccept is { } atAccept)
        {
            await atAccept(this, raw);
            return;
        }

        if (carrier.IsTls()) await raw.SecureAsync(carrier.Server());
        if (number == 1 && ending.AfterHandshake is { } afterHandshake) await afterHandshake(this, raw);
        else if (carrier.IsTwo()) await ServeTwoAsync(raw, number);
        else await ServeOneAsync(raw, number);
    }

    private async Task ServeOneAsync(RawConnection raw, int connection)
    {
        while (await raw.ReadHeadAsync() is { } head)
        {
            var peer = new OnePeer(this, raw, head);
            if (!await HandleAsync(peer, connection, peer.Path)) return;
        }
    }

    private async Task ServeTwoAsync(RawConnection raw, int connection)
    {
        var frames = new RawHttp2Peer(raw);
        if (!await frames.BeginAsync()) return;
        while (await frames.ReadHeadAsync() is { } request)
        {
            if (!await HandleAsync(new TwoPeer(this, raw, frames, request), connection, request.Path)) return;
        }
    }

    /// <returns>Whether the connection goes on.</returns>
    private async Task<bool> HandleAsync(Peer peer, int connection, string path)
    {
        Seen.Enqueue((connection, path));
        if (path == "/target" && Interlocked.Increment(ref _targets) == 1 && ending.Act is { } act)
        {
            if (!ending.LeavesBody && !await TakeBodyAsync(peer, path)) return false;
            return await act(peer);
        }

        if (!await TakeBodyAsync(peer, path)) return false;
        await peer.AnswerAsync(200);
        if (path != "/warm" || ending.WhileIdle is not { } idle) return true;
        await idle(peer);

        // The platform's client looks at an idle HTTP/1.1 connection when it is to be used again, the others at once.
        if (kind == SenderKind.Sockets && peer.One is not null) _idled.TrySetResult();
        try
        {
            await peer.StayAsync();
        }
        finally
        {
            _idled.TrySetResult();
        }

        return false;
    }

    private async Task<bool> TakeBodyAsync(Peer peer, string path)
    {
        var octets = await peer.ReadBodyAsync();
        if (octets >= 0) Bodies.Enqueue((path, octets));
        return octets >= 0;
    }
}
