using LoadTesting.Runner.Http;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Http.Carriers;

/// <summary>All ways in which an exchange can end.</summary>
internal static class Endings
{
    private const double Short = 0.4;

    private static readonly Expected Answered = new(200);
    private static readonly Expected Renewed = Answered with { Keeps = false };
    private static readonly Expected Unsent = new(0) { Seen = (0, 0), Keeps = false };

    public static readonly Ending[] All = [.. Answers(), .. Early(), .. Limits(), .. Interruptions(), .. Resets(), .. Malformed(), .. Truncated(), .. Unanswered(), .. Idle(), .. GoAways()];

    private static IEnumerable<Ending> Answers() =>
    [
        new("answer with a length") { Expect = _ => Answered },
        One("answer in chunks", p => Send(p, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n", goesOn: true), _ => Answered),
        One("answer until the end", async p =>
        {
            await p.Raw.WriteAsync("HTTP/1.1 200 OK\r\n\r\nok");
            if (p.Raw.IsTls) await p.Raw.EndTlsAsync();
            return false;
        }, _ => Renewed),
        // RFC 9112, 9.8: without the end of TLS it is not known whether that was all.
        Tls("answer until the end of TCP alone", p => Send(p, "HTTP/1.1 200 OK\r\n\r\nok", goesOn: false), End),
        One("answer and close", p => Send(p, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", goesOn: false), _ => Renewed),
        One("answer of HTTP/1.0", p => Send(p, "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", goesOn: false), _ => Renewed),
        One("answer and an unannounced close", p => Send(p, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", goesOn: false), _ => Renewed),
        Any("answer by halves", async p =>
        {
            await p.BeginAsync();
            await p.BodyAsync();
            await p.Raw.PauseAsync(20);
            await p.BodyAsync();
            await p.BodyAsync();
            if (p.Two is { } two) await two.Frames.WriteBodyAsync(two.Stream, "d", ends: true);
            else await p.Raw.WriteAsync("d");
            return true;
        }, _ => Answered),
        Any("early hints first", p => AfterInterim(p, 103), _ => Answered),
        Any("an unasked 100 first", p => AfterInterim(p, 100), _ => Answered),
        Any("two interim answers first", async p =>
        {
            await p.InterimAsync(103);
            return await AfterInterim(p, 103);
        }, _ => Answered),
        Any("nothing but an interim answer", async p =>
        {
            await p.InterimAsync(103);
            return false;

            // Of frames of HTTP/2 it is not known which belong to an answer until its head is complete.
        }, c => c.Carrier.IsTwo() ? Again(c, TransportError.UnexpectedEnd) : End(c)),
    ];

    // RFC 9112, 9.3 and 9.5; RFC 9113, 8.1: whoever sends a body listens meanwhile.
    private static IEnumerable<Ending> Early() =>
    [
        Upload("early answer, and the server stays", async p =>
        {
            await p.AnswerAsync(413);
            return await Deaf(p);
        }, c => new Expected(413) { Keeps = c.Carrier.IsTwo() }) with { Timeout = 60 },
        Upload("early answer and close", async p =>
        {
            await p.AnswerAsync(413);
            p.Raw.EndTcp();
            await p.StayAsync();
            return false;
        }, _ => new Expected(413) { Keeps = false }, c => !c.Carrier.IsTwo()),
        Upload("early answer, then no error", async p =>
        {
            await p.AnswerAsync(413);
            await p.Two!.Frames.ResetAsync(p.Two.Stream, TwoPeer.NoError);
            return true;
        }, _ => new Expected(413), c => c.Carrier.IsTwo()),
        Upload("reset while the body is sent", async p =>
        {
            await p.Raw.PauseAsync(20);
            p.Raw.Reset();
            return false;
        }, c => c.Carrier.IsTwo() ? new Expected(0, TransportError.ConnectionReset, TransportError.BrokenPipe, TransportError.Http2) : new Expected(0, TransportError.ConnectionReset, TransportError.BrokenPipe)),
        Upload("a body that nobody takes", Deaf, TimedOut) with { Timeout = Short },
        Upload("interruption while the body is sent", async p =>
        {
            p.Scene.Reach();
            return await Deaf(p);
        }, Interrupted) with { Interrupts = true },
    ];

    private static IEnumerable<Ending> Limits() =>
    [
        Any("no answer in time", Stay, TimedOut) with { Timeout = Short },
        Any("no body in time", BeginAndStay, TimedOut) with { Timeout = Short },
        Any("no end of the body in time", HalfAndStay, TimedOut) with { Timeout = Short },
        One("no end of the head in time", async p =>
        {
            await p.Raw.WriteAsync("HTTP/1.1 200 OK\r\nContent-");
            return await Stay(p);
        }, TimedOut) with { Timeout = Short },
        new("no connection within the request's time") { IsUnaccepted = true, Timeout = Short, Expect = c => TimedOut(c) with { Seen = (0, 0) } },
        new("no connection within the connection's time") { IsUnaccepted = true, ConnectTimeout = 400, Expect = _ => Unsent with { Errors = [TransportError.DialTimeout] } },
        Fresh("no handshake within the request's time", (_, raw) => raw.UntilClosedAsync(), c => TimedOut(c) with { Seen = (0, 0) }) with { Timeout = Short },
        Fresh("no handshake within the connection's time", (_, raw) => raw.UntilClosedAsync(), _ => Unsent with { Errors = [TransportError.Tls] }) with { ConnectTimeout = 400 },
        new("no time at all") { Timeout = -1, Expect = c => TimedOut(c) with { Seen = (0, 0), Keeps = null } },
    ];

    private static IEnumerable<Ending> Interruptions() =>
    [
        Any("interruption before the answer", ReachAndStay, Interrupted) with { Interrupts = true },
        Any("interruption within the body", async p =>
        {
            await p.BeginAsync();
            await p.BodyAsync();
            return await ReachAndStay(p);
        }, Interrupted) with { Interrupts = true },
        Fresh("interruption within the handshake", (scene, raw) =>
        {
            scene.Reach();
            return raw.UntilClosedAsync();
        }, c => Interrupted(c) with { Seen = (0, 0) }) with { Interrupts = true },
        new("interruption while connecting") { IsUnaccepted = true, Interrupts = true, Expect = c => Interrupted(c) with { Seen = (0, 0) } },
    ];

    private static IEnumerable<Ending> Resets() =>
    [
        new("refused connection") { IsRefused = true, Expect = _ => Unsent with { Errors = [TransportError.ConnectionRefused] } },
        new("reset after the connection is accepted")
        {
            Where = c => !c.IsUsed,
            AtAccept = (_, raw) =>
            {
                raw.Reset();
                return Task.CompletedTask;
            },
            Expect = c => new Expected(0, TransportError.ConnectionReset, TransportError.BrokenPipe) { Seen = (0, 0) },
        },
        new("reset after the handshake")
        {
            Where = c => !c.IsUsed && c.Carrier.IsTls(),
            AfterHandshake = (_, raw) =>
            {
                raw.Reset();
                return Task.CompletedTask;
            },
            Expect = c => new Expected(0, TransportError.ConnectionReset, TransportError.BrokenPipe) { Seen = (0, 0) },
        },
        // HTTP/2 writes frames of its own meanwhile, and a write may be the first to hear of it.
        Any("reset before the answer", ResetNow, c => c.Carrier.IsTwo() ? Again(c, TransportError.ConnectionReset, TransportError.BrokenPipe) : Again(c, TransportError.ConnectionReset)),
        Any("reset after the head", async p =>
        {
            await p.BeginAsync();
            return await ResetSoon(p);
        }, _ => new Expected(0, TransportError.ConnectionReset)),
        Any("reset within the body", async p =>
        {
            await p.BeginAsync();
            await p.BodyAsync();
            return await ResetSoon(p);
        }, _ => new Expected(0, TransportError.ConnectionReset)),
    ];

    private static IEnumerable<Ending> Malformed() =>
    [
        One("no head of HTTP", p => Send(p, "SSH-2.0-OpenSSH_9.6\r\n\r\n", goesOn: true), _ => new Expected(0, TransportError.MalformedResponse)),
        One("a field without a colon", p => Send(p, "HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 0\r\n\r\n", goesOn: true), _ => new Expected(0, TransportError.MalformedResponse)),
        One("a chunk that is none", p => Send(p, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nxyz\r\n", goesOn: true), _ => new Expected(0, TransportError.MalformedResponse)),
        Two("a frame that is none", async p =>
        {
            await p.Frames.WriteAsync(0, 0, 0, [1, 2, 3]);
            return await Stay(p);
        }, c => new Expected(0, TransportError.Http2)),
        Two("a stream that ends by an error", async p =>
        {
            await p.BeginAsync();
            await p.BodyAsync();
            await p.Frames.ResetAsync(p.Stream, TwoPeer.InternalError);
            return true;
        }, _ => new Expected(0, TransportError.Http2) { Keeps = true }),
    ];

    private static IEnumerable<Ending> Truncated() =>
    [
        Any("the end after the head", async p =>
        {
            await p.BeginAsync();
            return false;
        }, End),
        Any("the end within the body", async p =>
        {
            await p.BeginAsync();
            await p.BodyAsync();
            return false;
        }, End),
        One("the end within a head", p => Send(p, "HTTP/1.1 200 OK\r\nContent-", goesOn: false), End),
        One("the end within a chunk", p => Send(p, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok", goesOn: false), End),
        One("the end instead of the last chunk", p => Send(p, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", goesOn: false), End),
        Tls("the end of TLS within the body", async p =>
        {
            await p.BeginAsync();
            await p.BodyAsync();
            await p.Raw.EndTlsAsync();
            return await Stay(p);
        }, End),
    ];

    private static IEnumerable<Ending> Unanswered() =>
    [
        Any("close instead of an answer", _ => Task.FromResult(false), c => Again(c, TransportError.UnexpectedEnd)),
        Tls("the end of TLS instead of an answer", async p =>
        {
            await p.Raw.EndTlsAsync();
            return await Stay(p);
        }, c => Again(c, TransportError.UnexpectedEnd)),
    ];

    private static IEnumerable<Ending> Idle() =>
    [
        WhileIdle("close while idle", p =>
        {
            p.Raw.EndTcp();
            return Task.CompletedTask;
        }),
        WhileIdle("the end of TLS while idle", p => p.Raw.EndTlsAsync(), c => c.Carrier is Carrier.Tls12 or Carrier.Tls13),
        WhileIdle("an answer that nobody asked for", p => p.AnswerAsync(500), c => !c.Carrier.IsTwo()),
        WhileIdle("GOAWAY while idle", p => p.Two!.Frames.GoAwayAsync(p.Two.Stream, TwoPeer.NoError), c => c.Carrier.IsTwo()),
        WhileIdle("GOAWAY for calm while idle", p => p.Two!.Frames.GoAwayAsync(p.Two.Stream, TwoPeer.EnhanceYourCalm), c => c.Carrier.IsTwo()),
    ];

    // RFC 9113, 6.8 and 8.7: what the server says that it has not looked at is sent again, whatever it is.
    private static IEnumerable<Ending> GoAways() =>
    [
        Two("GOAWAY before the request", p => GoAway(p, Math.Max(0, p.Stream - 2), TwoPeer.NoError), _ => Renewed with { Seen = (2, 2), Keeps = null }),
        Two("GOAWAY before the request, and close", async p =>
        {
            await p.Frames.GoAwayAsync(Math.Max(0, p.Stream - 2), TwoPeer.NoError);
            return false;
        }, _ => Renewed with { Seen = (2, 2), Keeps = null }),
        Two("GOAWAY for calm before the request", p => GoAway(p, Math.Max(0, p.Stream - 2), TwoPeer.EnhanceYourCalm), _ => Renewed with { Seen = (2, 2), Keeps = null }),
        Two("GOAWAY after the request, and its answer", async p =>
        {
            await p.Frames.GoAwayAsync(p.Stream, TwoPeer.NoError);
            await p.AnswerAsync(200);
            return await Stay(p);
        }, _ => Renewed),
        Two("GOAWAY after the request, and close", async p =>
        {
            await p.Frames.GoAwayAsync(p.Stream, TwoPeer.NoError);
            return false;
        }, c => Again(c, TransportError.Http2)),
        Two("GOAWAY within the body, and its end", async p =>
        {
            await p.BeginAsync();
            await p.BodyAsync();
            await p.Frames.GoAwayAsync(p.Stream, TwoPeer.NoError);
            await p.Frames.WriteBodyAsync(p.Stream, "defghij", ends: true);
            return await Stay(p);
        }, _ => Renewed),
        Two("a refused stream", async p =>
        {
            await p.Frames.ResetAsync(p.Stream, TwoPeer.RefusedStream);
            return true;
        }, _ => Answered with { Seen = (2, 2), Keeps = null }),
        Two("a stream that ends instead of an answer", async p =>
        {
            await p.Frames.ResetAsync(p.Stream, TwoPeer.InternalError);
            return true;
        }, _ => new Expected(0, TransportError.Http2) { Keeps = true }),
    ];

    private static Ending Any(string name, Func<Peer, Task<bool>> act, Func<Cell, Expected> expect) => new(name) { Act = act, Expect = expect };

    private static Ending One(string name, Func<Peer, Task<bool>> act, Func<Cell, Expected> expect) => new(name) { Act = act, Expect = expect, Where = c => !c.Carrier.IsTwo() };

    private static Ending Two(string name, Func<TwoPeer, Task<bool>> act, Func<Cell, Expected> expect) => new(name) { Act = p => act(p.Two!), Expect = expect, Where = c => c.Carrier.IsTwo() };

    private static Ending Tls(string name, Func<Peer, Task<bool>> act, Func<Cell, Expected> expect) =>
        new(name) { Act = act, Expect = expect, Where = c => c.Carrier is Carrier.Tls12 or Carrier.Tls13 };

    private static Ending Upload(string name, Func<Peer, Task<bool>> act, Func<Cell, Expected> expect, Func<Cell, bool>? where = null) =>
        new(name) { Act = act, Expect = expect, LeavesBody = true, Where = c => c.HasBody && where?.Invoke(c) != false };

    private static Ending Fresh(string name, Func<Scene, RawConnection, Task> atAccept, Func<Cell, Expected> expect) =>
        new(name) { AtAccept = atAccept, Expect = expect, Where = c => !c.IsUsed && c.Carrier.IsTls() };

    private static Ending WhileIdle(string name, Func<Peer, Task> act, Func<Cell, bool>? where = null) =>
        new(name) { WhileIdle = act, Expect = _ => Answered, Where = c => c.IsUsed && where?.Invoke(c) != false };

    // A connection of HTTP/1.1 cannot be used any more after either, one of HTTP/2 goes on.
    private static Expected Interrupted(Cell cell) => new(0) { Seen = (0, 1), Keeps = cell.Carrier.IsTwo() ? null : false };

    private static Expected TimedOut(Cell cell) => new(0, TransportError.Timeout) { Seen = (0, 1), Keeps = cell.Carrier.IsTwo() ? null : false };

    private static Expected End(Cell cell) => new(0, TransportError.UnexpectedEnd);

    // No octet of an answer came: what only reads is sent again if the connection may have been closed for being idle.
    private static Expected Again(Cell cell, params TransportError[] otherwise) =>
        cell is { IsUsed: true, HasBody: false } ? Answered with { Seen = (2, 2) } : new Expected(0, otherwise);

    private static async Task<bool> Send(Peer peer, string octets, bool goesOn)
    {
        await peer.Raw.WriteAsync(octets);
        return goesOn;
    }

    private static async Task<bool> AfterInterim(Peer peer, int status)
    {
        await peer.InterimAsync(status);
        await peer.Raw.PauseAsync(10);
        await peer.AnswerAsync(200);
        return true;
    }

    // Over HTTP/2 the other requests go on.
    private static async Task<bool> Stay(Peer peer)
    {
        if (peer.Two is not null) return true;
        await peer.StayAsync();
        return false;
    }

    // Reads nothing as long as the client waits.
    private static async Task<bool> Deaf(Peer peer)
    {
        if (peer.Two is not null) return true;
        await peer.Scene.Over.Task;
        return false;
    }

    private static Task<bool> ReachAndStay(Peer peer)
    {
        peer.Scene.Reach();
        return Stay(peer);
    }

    private static async Task<bool> BeginAndStay(Peer peer)
    {
        await peer.BeginAsync();
        return await Stay(peer);
    }

    private static async Task<bool> HalfAndStay(Peer peer)
    {
        await peer.BeginAsync();
        await peer.BodyAsync();
        return await Stay(peer);
    }

    private static Task<bool> ResetNow(Peer peer)
    {
        peer.Raw.Reset();
        return Task.FromResult(false);
    }

    // What was written before must have been read: a reset may overtake it.
    private static async Task<bool> ResetSoon(Peer peer)
    {
        await peer.Raw.PauseAsync(50);
        return await ResetNow(peer);
    }

    private static async Task<bool> GoAway(TwoPeer peer, int last, int code)
    {
        await peer.Frames.GoAwayAsync(last, code);
        return await Stay(peer);
    }
}
