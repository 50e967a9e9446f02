using System.Text;
using LoadTesting.Runner.Http;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>
/// How long a body is by its header fields (RFC 9112, 6.1 and 6.3): what can be read in one way only is read, anything else is an error, over every sender, and
/// leaves nothing behind for the next request.
/// </summary>
public abstract class FramingTests(SenderKind kind)
{
    private const string Chunks = "2\r\nok\r\n0\r\n\r\n";

    /// <summary>Name, octets of the answer, what must come of it, and whether the connection may be used again (null = either).</summary>
    public static TheoryData<string, string, string, bool?> Cases => new()
    {
        { "chunked", Head("Transfer-Encoding: chunked") + Chunks, "200 ok", true },
        { "chunked in capitals", Head("TRANSFER-ENCODING: Chunked") + Chunks, "200 ok", true },
        { "chunked and an empty element", Head("Transfer-Encoding: chunked,") + Chunks, "200 ok", null },
        { "gzip under chunked", Head("Transfer-Encoding: gzip, chunked") + Chunks, "1030", false },
        { "gzip under chunked, two lines", Head("Transfer-Encoding: gzip", "Transfer-Encoding: chunked") + Chunks, "1030", false },
        { "chunked twice", Head("Transfer-Encoding: chunked, chunked") + Chunks, "1030", false },
        { "chunked twice, two lines", Head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + Chunks, "1030", false },
        { "chunked is not the last", Head("Transfer-Encoding: chunked, gzip") + Chunks, "1030", false },
        { "no chunked at all", Head("Transfer-Encoding: gzip") + "ok", "1030", false },
        { "identity", Head("Transfer-Encoding: identity", "Content-Length: 2") + "ok", "1030", false },
        { "identity and chunked", Head("Transfer-Encoding: identity", "Transfer-Encoding: chunked") + Chunks, "1030", false },
        { "a parameter", Head("Transfer-Encoding: chunked;q=1") + Chunks, "1030", false },
        { "almost chunked", Head("Transfer-Encoding: xchunked") + Chunks, "1030", false },
        { "empty coding", Head("Transfer-Encoding:", "Content-Length: 2") + "ok", "1030", false },
        { "chunked and a length", Head("Transfer-Encoding: chunked", "Content-Length: 2") + Chunks, "200 ok", false },
        { "a length and chunked", Head("Content-Length: 99", "Transfer-Encoding: chunked") + Chunks, "200 ok", false },
        { "chunked and two lengths", Head("Transfer-Encoding: chunked", "Content-Length: 2", "Content-Length: 3") + Chunks, "1030", false },
        { "chunked of HTTP/1.0", Head("Transfer-Encoding: chunked").Replace("1.1", "1.0") + Chunks, "1030", false },
        { "chunked and a length of HTTP/1.0", Head("Transfer-Encoding: chunked", "Content-Length: 2", "Connection: keep-alive").Replace("1.1", "1.0") + "ok", "1030", false },
        { "the same length twice", Head("Content-Length: 2", "Content-Length: 2") + "ok", "200 ok", null },
        { "the same length in a list", Head("Content-Length: 2, 2") + "ok", "1030", false },
        { "another length", Head("Content-Length: 2", "Content-Length: 3") + "ok!", "1030", false },
        { "another length in a list", Head("Content-Length: 2, 3") + "ok!", "1030", false },
        { "a sign", Head("Content-Length: +2") + "ok", "1030", false },
        { "below zero", Head("Content-Length: -2") + "ok", "1030", false },
        { "hexadecimal", Head("Content-Length: 0x2") + "ok", "1030", false },
        { "a fraction", Head("Content-Length: 2.0") + "ok", "1030", false },
        { "empty length", Head("Content-Length:") + "ok", "1030", false },
        { "beyond 64 bits", Head("Content-Length: 99999999999999999999") + "ok", "1030", false },
        { "a coding without a body", Head("Transfer-Encoding: gzip, chunked").Replace("200", "304"), "304 ", null },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_body_is_as_long_as_one_reading_says_or_an_error(string name, string answer, string expected, bool? isKept)
    {
        await using var server = RawHttpServer.Start(async connection =>
        {
            while (await connection.ReadRequestAsync() is { } request)
            {
                var isNext = request.Contains("/next", StringComparison.Ordinal);
                await connection.WriteAsync(isNext ? Head("Content-Length: 4") + "next" : answer);

                // A body that ends with the connection would never end.
                if (!isNext && expected == "1030") await connection.PauseAsync(200);
                if (!isNext && expected == "1030") return;
            }
        });
        await using var fixture = new SenderFixture(kind);
        var exchange = await fixture.GetAsync(server.Url);
        var seen = exchange.Outcome == ExchangeOutcome.Response ? $"{exchange.Status} {Encoding.UTF8.GetString(exchange.Body.Span)}" : $"{(int)exchange.Error}";
        Assert.True(expected == seen, $"{name}: expected {expected}, seen {seen} ({exchange.ErrorText})");
        if (expected == "1030") Assert.Matches("Transfer-Encoding|content length|chunked", exchange.ErrorText);

        exchange = await fixture.GetAsync(new Uri(server.Url, "/next"));
        Assert.Equal((200, "next"), (exchange.Status, Encoding.UTF8.GetString(exchange.Body.Span)));
        if (isKept is { } kept) Assert.Equal(kept ? 1 : 2, server.Accepted);
    }

    private static string Head(params string[] fields) => $"HTTP/1.1 200 OK\r\n{string.Join("\r\n", fields)}\r\n\r\n";
}
