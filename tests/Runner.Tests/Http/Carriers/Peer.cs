using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Http.Carriers;

/// <summary>The server's side of one request, the same for both versions of HTTP where they have the same to say.</summary>
internal abstract class Peer(Scene scene, RawConnection raw)
{
    public RawConnection Raw => raw;

    public Scene Scene => scene;

    /// <summary>HTTP/1.1; null over HTTP/2.</summary>
    public OnePeer? One => this as OnePeer;

    /// <summary>HTTP/2; null over HTTP/1.1.</summary>
    public TwoPeer? Two => this as TwoPeer;

    /// <summary>Octets of the request's body; −1 when the client ended before.</summary>
    public abstract Task<int> ReadBodyAsync();

    /// <summary>A whole answer.</summary>
    public abstract Task AnswerAsync(int status);

    /// <summary>An interim answer, which another follows.</summary>
    public abstract Task InterimAsync(int status);

    /// <summary>The head of an answer whose body has ten octets.</summary>
    public abstract Task BeginAsync();

    /// <summary>Three of the ten.</summary>
    public abstract Task BodyAsync();

    /// <summary>Does nothing until the client has closed.</summary>
    public abstract Task StayAsync();
}

internal sealed class OnePeer(Scene scene, RawConnection raw, string head) : Peer(scene, raw)
{
    public string Method => head.Split(' ')[0];

    public string Path => head.Split(' ')[1];

    public override async Task<int> ReadBodyAsync()
    {
        var field = head.Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        var length = field is null ? 0 : int.Parse(field[15..]);
        return (await Raw.ReadAsync(length)).Length == length ? length : -1;
    }

    public override Task AnswerAsync(int status) => Raw.WriteAsync($"HTTP/1.1 {status} Status\r\nContent-Length: 2\r\n\r\nok");

    public override Task InterimAsync(int status) => Raw.WriteAsync($"HTTP/1.1 {status} Interim\r\nLink: </x>\r\n\r\n");

    public override Task BeginAsync() => Raw.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");

    public override Task BodyAsync() => Raw.WriteAsync("abc");

    public override Task StayAsync() => Raw.UntilClosedAsync();
}

internal sealed class TwoPeer(Scene scene, RawConnection raw, RawHttp2Peer frames, RawHttp2Request request) : Peer(scene, raw)
{
    public const int NoError = 0, InternalError = 2, RefusedStream = 7, EnhanceYourCalm = 11;

    public RawHttp2Peer Frames => frames;

    public int Stream => request.Stream;

    public override Task<int> ReadBodyAsync() => frames.ReadBodyAsync(request.Stream);

    public override async Task AnswerAsync(int status)
    {
        await frames.WriteHeadAsync(request.Stream, status, ends: false, ("content-length", "2"));
        await frames.WriteBodyAsync(request.Stream, "ok", ends: true);
    }

    public override Task InterimAsync(int status) => frames.WriteHeadAsync(request.Stream, status, ends: false, ("link", "</x>"));

    public override Task BeginAsync() => frames.WriteHeadAsync(request.Stream, 200, ends: false, ("content-length", "10"));

    public override Task BodyAsync() => frames.WriteBodyAsync(request.Stream, "abc", ends: false);

    public override Task StayAsync() => frames.UntilClosedAsync();
}
