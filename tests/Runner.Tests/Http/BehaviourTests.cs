using System.Text;
using LoadTesting.Runner.Http;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>A table of what servers do on the wire, right or wrong, and what a sender must make of it. A second request shows what became of the connection.</summary>
public abstract class BehaviourTests(SenderKind kind)
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /// <summary>Name, what the server answers, whether it closes then, outcome, status, body, connections after two requests.</summary>
    private static readonly (string Name, string Answer, bool Closes, TransportError Error, int Status, string Body, int Connections)[] Table =
    [
        ("plain", Ok, false, 0, 200, "ok", 1),
        ("no reason", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", false, 0, 200, "ok", 1),
        ("no body", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, 0, 200, "", 1),
        ("lines end with LF alone", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", false, 0, 200, "ok", 1),
        ("spaces around values", "HTTP/1.1 200 OK\r\nContent-Length: \t 2 \r\n\r\nok", false, 0, 200, "ok", 1),
        ("names in any case", "HTTP/1.1 200 OK\r\ncOnTeNt-LeNgTh: 2\r\n\r\nok", false, 0, 200, "ok", 1),
        ("the server says close", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", false, 0, 200, "ok", 2),
        ("body until the end", "HTTP/1.1 200 OK\r\n\r\nall that comes", true, 0, 200, "all that comes", 2),
        ("old server", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", true, 0, 200, "ok", 2),
        ("chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", false, 0, 200, "ok", 1),
        ("chunks with extension and trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n00B;a=\"b\"\r\nhello world\r\n0\r\nX: 1\r\nY: 2\r\n\r\n", false, 0, 200, "hello world", 1),
        ("a chunked empty body", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false, 0, 200, "", 1),
        ("interim answers", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + Ok, false, 0, 200, "ok", 1),
        ("204 ends with its head", "HTTP/1.1 204 No Content\r\n\r\n", false, 0, 204, "", 1),
        ("304 ends with its head", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", false, 0, 304, "", 1),
        ("more than the length says", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more", false, 0, 200, "ok", 2),
        ("an answer that nobody asked for", Ok + "HTTP/1.1 500 Unasked\r\nContent-Length: 0\r\n\r\n", false, 0, 200, "ok", 2),
        ("less than the length says", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", true, TransportError.UnexpectedEnd, 0, "", 2),
        ("the end within a head", "HTTP/1.1 200 OK\r\nContent-", true, TransportError.UnexpectedEnd, 0, "", 2),
        ("the end within a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok", true, TransportError.UnexpectedEnd, 0, "", 2),
        ("the end instead of the last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", true, TransportError.UnexpectedEnd, 0, "", 2),
        ("nothing at all", "", true, TransportError.UnexpectedEnd, 0, "", 2),
        ("another protocol", "SSH-2.0-OpenSSH_9.6\r\n\r\n", false, TransportError.MalformedResponse, 0, "", 2),
        ("a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n", false, TransportError.MalformedResponse, 0, "", 2),
        ("a status of letters", "HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n", false, TransportError.MalformedResponse, 0, "", 2),
        ("a field without a colon", "HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 0\r\n\r\n", false, TransportError.MalformedResponse, 0, "", 2),
        ("a length that is none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", false, TransportError.MalformedResponse, 0, "", 2),
        ("a chunk longer than its size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n", false, TransportError.MalformedResponse, 0, "", 2),
        ("a chunk size without end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffffff\r\n", false, TransportError.MalformedResponse, 0, "", 2),
        ("a head of 60 kB", $"HTTP/1.1 200 OK\r\nX-Long: {new string('x', 60_000)}\r\nContent-Length: 2\r\n\r\nok", false, 0, 200, "ok", 1),
        ("a head of 200 kB", $"HTTP/1.1 200 OK\r\nX-Long: {new string('x', 200_000)}\r\nContent-Length: 2\r\n\r\nok", false, 0, 200, "ok", 1),
        ("a head of 1 MB", $"HTTP/1.1 200 OK\r\nX-Long: {new string('x', 1_000_000)}\r\nContent-Length: 2\r\n\r\nok", false, 0, 200, "ok", 1),
        ("a head beyond 1 MiB", $"HTTP/1.1 200 OK\r\nX-Long: {new string('x', 1_100_000)}\r\nContent-Length: 2\r\n\r\nok", false, TransportError.MalformedResponse, 0, "", 2),
        ("fields without a value", "HTTP/1.1 200 OK\r\nX-Empty:\r\nContent-Encoding:\r\nSet-Cookie:\r\nContent-Length: 2\r\n\r\nok", false, 0, 200, "ok", 1),
        ("a folded field", "HTTP/1.1 200 OK\r\nX-Folded: a\r\n  b: c\r\nContent-Length: 2\r\n\r\nok", false, 0, 200, "ok", 1),
    ];

    public static TheoryData<string> Names => [.. Table.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_a_server_does_has_one_outcome(string name)
    {
        var (_, answer, closes, error, status, body, connections) = Table.Single(t => t.Name == name);
        await using var server = RawHttpServer.Start(async c =>
        {
            while (await c.ReadRequestAsync() is not null)
            {
                await c.WriteAsync(answer);
                if (closes) return;
            }
        });
        await using var fixture = Fixture();
        for (var i = 0; i < 2; i++)
        {
            var exchange = await fixture.GetAsync(server.Url, timeoutSeconds: 30);
            Assert.Equal((error, status, body), (exchange.Error, exchange.Status, Encoding.UTF8.GetString(exchange.Body.Span)));
            Assert.Equal(error == TransportError.None ? ExchangeOutcome.Response : ExchangeOutcome.Failed, exchange.Outcome);
        }

        // The platform's client sends a request again, four times in all, when it is not answered at all.
        if (kind == SenderKind.Loop || name != "nothing at all") Assert.Equal(connections, server.Accepted);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("chunks with extension and trailers")]
    [InlineData("interim answers")]
    [InlineData("no reason")]
    public async Task It_does_not_matter_where_an_answer_is_split(string name)
    {
        var (_, answer, _, _, status, body, _) = Table.Single(t => t.Name == name);
        await using var server = RawHttpServer.Start(async c =>
        {
            for (var split = 1; await c.ReadRequestAsync() is not null; split++)
            {
                await c.WriteAsync(answer[..split]);
                await c.PauseAsync(1);
                await c.WriteAsync(answer[split..]);
            }
        });
        await using var fixture = Fixture();
        for (var split = 1; split < answer.Length; split++)
        {
            var exchange = await fixture.GetAsync(server.Url);
            Assert.Equal((split, status, body), (split, exchange.Status, Encoding.UTF8.GetString(exchange.Body.Span)));
        }

        Assert.Equal(1, server.Accepted);
    }

    [Fact]
    public async Task An_answer_may_come_octet_by_octet()
    {
        await using var server = RawHttpServer.Start(async c =>
        {
            while (await c.ReadRequestAsync() is not null)
            {
                foreach (var octet in Ok)
                {
                    await c.WriteAsync(octet.ToString());
                    await c.PauseAsync(1);
                }
            }
        });
        await using var fixture = Fixture();
        Assert.Equal(200, (await fixture.GetAsync(server.Url)).Status);
        Assert.Equal(200, (await fixture.GetAsync(server.Url)).Status);
    }

    [Fact]
    public async Task A_body_waits_until_it_is_asked_for()
    {
        var bodies = new List<string>();
        await using var server = RawHttpServer.Start(async c =>
        {
            while (await c.ReadHeadAsync() is { } head)
            {
                await c.PauseAsync(100);
                bodies.Add(c.Buffered);
                await c.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n");
                bodies.Add(await c.ReadAsync(4));
                await c.WriteAsync(Ok);
            }
        });
        await using var fixture = Fixture();
        for (var i = 0; i < 2; i++) Assert.Equal(200, (await SendExpectingAsync(fixture, server)).Status);
        Assert.Equal(["", "body", "", "body"], bodies);
        Assert.Equal(1, server.Accepted);
    }

    [Fact]
    public async Task A_body_that_nobody_asks_for_is_sent_after_a_while()
    {
        await using var server = RawHttpServer.Start(async c =>
        {
            while (await c.ReadHeadAsync() is not null && await c.ReadAsync(4) == "body") await c.WriteAsync(Ok);
        });
        await using var fixture = Fixture();
        Assert.Equal(200, (await SendExpectingAsync(fixture, server)).Status);
    }

    [Fact]
    public async Task A_body_that_is_refused_is_not_sent()
    {
        await using var server = RawHttpServer.Start(async c =>
        {
            await c.ReadHeadAsync();
            await c.WriteAsync("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

            // The platform's client sends a short body all the same.
            if (kind == SenderKind.Loop) Assert.Equal("", await c.ReadAsync(4));
        });
        await using var fixture = Fixture();
        Assert.Equal(417, (await SendExpectingAsync(fixture, server)).Status);
    }

    [Fact]
    public async Task An_answer_before_the_end_of_the_request_is_the_answer()
    {
        await using var server = RawHttpServer.Start(async c =>
        {
            await c.ReadHeadAsync();
            await c.WriteAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            await c.UntilClosedAsync();
        });
        await using var fixture = Fixture();
        Assert.Equal(413, (await fixture.Sender.SendAsync(fixture.Request(server.Url, "POST", new byte[8 * 1024 * 1024]), default)).Status);
    }

    [Fact]
    public async Task A_long_body_arrives_whole_though_the_kernel_takes_it_in_pieces()
    {
        var body = new byte[3 * 1024 * 1024];
        new Random(1).NextBytes(body);
        await using var server = RawHttpServer.Answering(Ok);
        await using var fixture = Fixture();
        for (var i = 0; i < 2; i++) Assert.Equal(200, (await fixture.Sender.SendAsync(fixture.Request(server.Url, "POST", body), default)).Status);
        Assert.All(server.Requests, r => Assert.EndsWith("\r\n\r\n" + Encoding.Latin1.GetString(body), r, StringComparison.Ordinal));
        Assert.Equal(1, server.Accepted);
    }

    [Fact]
    public async Task A_server_by_IPv6_address_is_reached()
    {
        await using var server = RawHttpServer.Answering(Ok, address: System.Net.IPAddress.IPv6Loopback);
        await using var fixture = Fixture();
        Assert.Equal(200, (await fixture.GetAsync(new Uri($"http://[::1]:{server.Port}/"))).Status);
        Assert.Contains($"\r\nHost: [::1]:{server.Port}\r\n", Assert.Single(server.Requests));
    }

    [Fact]
    public async Task Other_servers_have_connections_of_their_own_that_are_kept_too()
    {
        await using var one = RawHttpServer.Answering(Ok);
        await using var other = RawHttpServer.Answering(Ok);
        await using var fixture = Fixture();
        for (var i = 0; i < 3; i++)
        {
            await fixture.GetAsync(one.Url);
            await fixture.GetAsync(other.Url);
        }

        Assert.Equal((1, 1), (one.Accepted, other.Accepted));
    }

    private static ValueTask<Exchange> SendExpectingAsync(SenderFixture fixture, RawHttpServer server) =>
        fixture.Sender.SendAsync(fixture.Request(server.Url, "POST", "body"u8.ToArray(), headers: [("Expect", "100-continue")]), default);

    private SenderFixture Fixture() => new(kind);
}
