using System.IO.Compression;
using System.Text;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Http;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>What a sender makes of what servers do: real sockets, exact octets.</summary>
public abstract class SenderTests(SenderKind kind)
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok";

    [Fact]
    public async Task A_response_has_status_headers_body_and_protocol()
    {
        await using var server = RawHttpServer.Answering("HTTP/1.1 201 Created\r\nContent-Length: 5\r\nX-A: 1\r\nX-A: 2\r\n\r\nhello");
        await using var fixture = Fixture();
        var exchange = await fixture.GetAsync(server.Url);
        Assert.Equal((ExchangeOutcome.Response, 201, "HTTP/1.1", TransportError.None), (exchange.Outcome, exchange.Status, exchange.Protocol, exchange.Error));
        Assert.Equal(["1", "2"], exchange.Headers.Values("x-a"));
        Assert.Equal(("hello", 5L, false), (Text(exchange), exchange.BodyBytes, exchange.IsTruncated));
    }

    [Fact]
    public async Task The_request_arrives_as_prepared()
    {
        await using var server = RawHttpServer.Answering(Ok);
        await using var fixture = Fixture();
        var request = fixture.Request(
            new Uri(server.Url, "/a%20b?x=1&y=ä"), "PATCH", Encoding.UTF8.GetBytes("{\"ä\":1}"), headers: [("Host", "shop.example"), ("Content-Type", "application/json"), ("X-Id", "7"), ("User-Agent", "loadtest/1")]);
        await fixture.Sender.SendAsync(request, default);
        var head = Assert.Single(server.Requests);
        Assert.StartsWith("PATCH /a%20b?x=1&y=%C3%A4 HTTP/1.1\r\n", head);
        foreach (var field in new[] { "Host: shop.example", "Content-Type: application/json", "X-Id: 7", "User-Agent: loadtest/1", "Content-Length: 8" }) Assert.Contains($"\r\n{field}\r\n", head);
        Assert.EndsWith("\r\n\r\n" + Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("{\"ä\":1}")), head);
        Assert.DoesNotContain("Accept-Encoding", head);
        Assert.DoesNotContain("traceparent", head, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_connection_is_kept_and_costs_nothing_the_second_time()
    {
        await using var server = RawHttpServer.Answering(Ok);
        await using var fixture = Fixture();
        var first = (await fixture.GetAsync(server.Url)).Timings;
        var second = (await fixture.GetAsync(server.Url)).Timings;
        Assert.Equal(1, server.Accepted);
        Assert.True(first.Connecting > 0 && first.Blocked >= first.Connecting, first.ToString());
        Assert.Equal((0, 0), (second.Connecting, second.TlsHandshaking));
    }

    [Fact]
    public async Task Without_keep_alive_each_request_has_its_own_connection()
    {
        await using var server = RawHttpServer.Answering(Ok);
        await using var fixture = Fixture(new HttpSettings { KeepAlive = false });
        for (var i = 0; i < 3; i++)
        {
            var timings = (await fixture.GetAsync(server.Url)).Timings;
            Assert.True(timings.Connecting > 0, $"{i}: {timings}");
        }

        Assert.Equal(3, server.Accepted);
        Assert.All(server.Requests, r => Assert.Contains("\r\nConnection: close\r\n", r));
    }

    [Fact]
    public async Task Two_users_share_no_connection()
    {
        await using var server = RawHttpServer.Answering(Ok);
        await using var one = Fixture();
        await using var other = Fixture();
        await one.GetAsync(server.Url);
        await other.GetAsync(server.Url);
        Assert.Equal(2, server.Accepted);
    }

    [Fact]
    public async Task Waiting_is_until_the_first_octet_and_receiving_until_the_last()
    {
        await using var server = RawHttpServer.Start(async c =>
        {
            while (await c.ReadRequestAsync() is not null)
            {
                await c.PauseAsync(300);
                await c.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
                await c.PauseAsync(200);
                await c.WriteAsync("cd");
            }
        });
        await using var fixture = Fixture();
        for (var i = 0; i < 2; i++)
        {
            var exchange = await fixture.GetAsync(server.Url);
            var timings = exchange.Timings;
            // The client may notice an instant late, so the border between phases is soft; their sum is not.
            Assert.True(timings.Waiting >= 200_000_000, timings.ToString());
            Assert.True(timings.Receiving >= 100_000_000, timings.ToString());
            Assert.True(timings.Duration + timings.Blocked >= 490_000_000, timings.ToString());
            Assert.True(timings.Duration + timings.Blocked <= exchange.EndedAt - exchange.StartedAt, timings.ToString());
            Assert.Equal(timings.Sending + timings.Waiting + timings.Receiving, timings.Duration);
        }
    }

    [Fact]
    public async Task Sending_is_until_the_request_is_written()
    {
        // More than socket buffers hold, and a server that does not read for a while.
        await using var server = RawHttpServer.Start(async c =>
        {
            await c.PauseAsync(300);
            while (await c.ReadRequestAsync() is not null) await c.WriteAsync(Ok);
        });
        await using var fixture = Fixture();
        var timings = (await fixture.Sender.SendAsync(fixture.Request(server.Url, "POST", new byte[16 * 1024 * 1024]), default)).Timings;
        Assert.True(timings.Sending >= 250_000_000, timings.ToString());
    }

    [Fact]
    public async Task Octets_are_counted_as_the_connection_carries_them()
    {
        await using var server = RawHttpServer.Answering(Ok);
        await using var fixture = Fixture();
        for (var i = 0; i < 3; i++) await fixture.GetAsync(server.Url, keep: 0);
        var bytes = fixture.Sender.TakeTransferred();
        Assert.Equal(server.Requests.Sum(r => r.Length), bytes.Sent);
        Assert.Equal(3 * Ok.Length, bytes.Received);
        Assert.Equal(default, fixture.Sender.TakeTransferred());
    }

    [Fact]
    public async Task A_body_that_nobody_reads_is_counted_and_not_kept()
    {
        await using var server = RawHttpServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + new string('x', 100_000));
        await using var fixture = Fixture();
        var exchange = await fixture.GetAsync(server.Url, keep: 0);
        Assert.Equal((100_000, 0, false), (exchange.BodyBytes, exchange.Body.Length, exchange.IsTruncated));
    }

    [Fact]
    public async Task Of_a_huge_body_only_as_much_as_allowed_is_kept()
    {
        const long Length = 300L * 1024 * 1024;
        await using var server = RawHttpServer.Start(async c =>
        {
            await c.ReadRequestAsync();
            await c.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Length}\r\n\r\n");
            var chunk = new byte[1024 * 1024];
            for (var i = 0; i < Length / chunk.Length; i++) await c.WriteAsync(chunk);
        });
        await using var fixture = Fixture();
        var before = GC.GetTotalAllocatedBytes();
        var exchange = await fixture.GetAsync(server.Url, keep: 1000);
        Assert.Equal((ExchangeOutcome.Response, Length, 1000, true), (exchange.Outcome, exchange.BodyBytes, exchange.Body.Length, exchange.IsTruncated));
        Assert.True(GC.GetTotalAllocatedBytes() - before < Length / 3, "the body went through fresh memory");
    }

    [Fact]
    public async Task A_response_that_never_ends_is_given_up_at_the_time_limit()
    {
        await using var server = RawHttpServer.Start(async c =>
        {
            await c.ReadRequestAsync();
            await c.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (true)
            {
                await c.WriteAsync("5\r\nagain\r\n");
                await c.PauseAsync(5);
            }
        });
        await using var fixture = Fixture();
        var exchange = await fixture.GetAsync(server.Url, timeoutSeconds: 0.5);
        Assert.Equal((ExchangeOutcome.Failed, 0, TransportError.Timeout), (exchange.Outcome, exchange.Status, exchange.Error));
        Assert.True(exchange.Timings.Receiving > 0, exchange.Timings.ToString());
        // The limit began a moment before the exchange.
        Assert.True(exchange.EndedAt - exchange.StartedAt >= 490_000_000, "given up before its time");
    }

    [Fact]
    public async Task A_server_that_never_answers_counts_as_waiting_until_the_limit()
    {
        await using var server = RawHttpServer.Start(c => c.UntilClosedAsync());
        await using var fixture = Fixture();
        var exchange = await fixture.GetAsync(server.Url, timeoutSeconds: 0.4);
        Assert.Equal(TransportError.Timeout, exchange.Error);
        Assert.True(exchange.Timings.Waiting >= 300_000_000, exchange.Timings.ToString());
        Assert.Equal(0, exchange.Timings.Receiving);
    }

    [Fact]
    public async Task After_a_timeout_the_next_request_works()
    {
        var first = true;
        await using var server = RawHttpServer.Start(async c =>
        {
            while (await c.ReadRequestAsync() is not null)
            {
                if (first)
                {
                    first = false;
                    await c.UntilClosedAsync();
                    return;
                }

                await c.WriteAsync(Ok);
            }
        });
        await using var fixture = Fixture();
        Assert.Equal(TransportError.Timeout, (await fixture.GetAsync(server.Url, timeoutSeconds: 0.2)).Error);
        Assert.Equal(200, (await fixture.GetAsync(server.Url)).Status);
    }

    [Fact]
    public async Task An_interruption_ends_the_exchange_at_once_as_interrupted()
    {
        await using var server = RawHttpServer.Start(c => c.UntilClosedAsync());
        await using var fixture = Fixture();
        using var interrupt = new CancellationTokenSource();
        var sending = fixture.GetAsync(server.Url, interrupt.Token);
        await Eventually.SeeAsync("the connection is there", () => Task.FromResult(server.Accepted), n => n == 1);
        await interrupt.CancelAsync();
        Assert.Equal(ExchangeOutcome.Interrupted, (await sending).Outcome);
    }

    [Fact]
    public async Task A_refused_connection_has_a_code_and_all_zero_timings()
    {
        await using var fixture = Fixture();
        var exchange = await fixture.GetAsync(new Uri($"http://127.0.0.1:{FreePort.Next()}/"));
        Assert.Equal((ExchangeOutcome.Failed, 0, TransportError.ConnectionRefused), (exchange.Outcome, exchange.Status, exchange.Error));
        Assert.Equal(default, exchange.Timings);
        Assert.NotEmpty(exchange.ErrorText);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_a_lookup_error()
    {
        await using var fixture = Fixture();
        var exchange = await fixture.GetAsync(new Uri("http://no-such-host.invalid/"));
        // Without any name server the platform cannot tell "no such host" from "cannot ask".
        Assert.Contains(exchange.Error, new[] { TransportError.NoSuchHost, TransportError.Dns });
        Assert.Equal(default, exchange.Timings);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", TransportError.UnexpectedEnd)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", TransportError.UnexpectedEnd)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot-a-size\r\n", TransportError.MalformedResponse)]
    [InlineData("HTTP/1.1 200 OK\r\nX: ", TransportError.UnexpectedEnd)]
    [InlineData("this is not HTTP\r\n\r\n", TransportError.MalformedResponse)]
    [InlineData("", TransportError.UnexpectedEnd)]
    public async Task An_answer_that_is_none_says_what_it_is_instead(string octets, TransportError error)
    {
        await using var server = RawHttpServer.Start(async c =>
        {
            await c.ReadRequestAsync();
            await c.WriteAsync(octets);
        });
        await using var fixture = Fixture();
        var exchange = await fixture.GetAsync(server.Url);
        Assert.Equal((ExchangeOutcome.Failed, 0, error), (exchange.Outcome, exchange.Status, exchange.Error));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")]
    public async Task A_reset_is_a_reset_wherever_it_comes(string before)
    {
        await using var server = RawHttpServer.Start(async c =>
        {
            await c.ReadRequestAsync();
            await c.WriteAsync(before);
            await c.PauseAsync(100);
            c.Reset();
        });
        await using var fixture = Fixture();
        var exchange = await fixture.GetAsync(server.Url);
        Assert.Equal((ExchangeOutcome.Failed, 0, TransportError.ConnectionReset), (exchange.Outcome, exchange.Status, exchange.Error));
    }

    [Fact]
    public async Task An_idle_connection_that_the_server_closed_is_replaced_without_a_trace()
    {
        await using var server = RawHttpServer.Start(async c =>
        {
            await c.ReadRequestAsync();
            await c.WriteAsync(Ok);
        });
        await using var fixture = Fixture();
        for (var i = 0; i < 5; i++) Assert.Equal(200, (await fixture.GetAsync(server.Url)).Status);
        Assert.Equal(5, server.Accepted);
    }

    [Theory]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    public async Task Answers_without_a_body_end_where_they_end(string method, string response)
    {
        await using var server = RawHttpServer.Answering(response);
        await using var fixture = Fixture();
        for (var i = 0; i < 2; i++)
        {
            var exchange = await fixture.Sender.SendAsync(fixture.Request(server.Url, method), default);
            Assert.Equal((ExchangeOutcome.Response, 0L), (exchange.Outcome, exchange.BodyBytes));
        }

        Assert.Equal(1, server.Accepted);
    }

    [Fact]
    public async Task Chunks_are_put_together_wherever_they_are_split()
    {
        const string Response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Long: abc\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: 1\r\n\r\n";
        await using var server = RawHttpServer.Start(async c =>
        {
            for (var split = 1; await c.ReadRequestAsync() is not null; split++)
            {
                await c.WriteAsync(Response[..split]);
                await c.PauseAsync(2);
                await c.WriteAsync(Response[split..]);
            }
        });
        await using var fixture = Fixture();
        for (var split = 1; split < Response.Length; split++) Assert.Equal("abcde", Text(await fixture.GetAsync(server.Url)));
        Assert.Equal(1, server.Accepted);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task An_encoded_body_is_decoded_when_it_is_wanted(string encoding)
    {
        const string Body = "{\"text\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}";
        var encoded = Encode(encoding, Body);
        await using var server = RawHttpServer.Answering($"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {encoded.Length}\r\n\r\n{Encoding.Latin1.GetString(encoded)}");
        await using var fixture = Fixture();
        var exchange = await fixture.GetAsync(server.Url);
        Assert.Equal((Body, encoded.Length), (Text(exchange), (int)exchange.BodyBytes));
        var part = await fixture.GetAsync(server.Url, keep: 1 << 10);
        Assert.False(part.IsTruncated);
    }

    [Fact]
    public async Task A_small_encoded_body_does_not_become_a_big_one()
    {
        var encoded = Encode("gzip", new string('a', 5_000_000));
        await using var server = RawHttpServer.Answering($"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {encoded.Length}\r\n\r\n{Encoding.Latin1.GetString(encoded)}");
        await using var fixture = Fixture();
        var exchange = await fixture.GetAsync(server.Url, keep: 10_000);
        Assert.Equal((10_000, true), (exchange.Body.Length, exchange.IsTruncated));
    }

    [Fact]
    public async Task A_body_that_is_not_encoded_as_it_says_is_a_decompression_error()
    {
        await using var server = RawHttpServer.Answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!");
        await using var fixture = Fixture();
        Assert.Equal(TransportError.Decompression, (await fixture.GetAsync(server.Url)).Error);
        Assert.Equal(200, (await fixture.GetAsync(server.Url, keep: 0)).Status);
    }

    [Fact]
    public async Task A_connection_that_cannot_be_made_in_time_is_a_dial_timeout()
    {
        // An address of the range for documentation: nobody answers. A machine without any route says so at once, which is a dial error too.
        await using var fixture = Fixture(new HttpSettings { ConnectTimeout = Duration.FromMilliseconds(200) });
        var exchange = await fixture.GetAsync(new Uri("http://192.0.2.1:9/"), timeoutSeconds: 20);
        Assert.Contains(exchange.Error, new[] { TransportError.DialTimeout, TransportError.Dial, TransportError.ConnectionRefused });
        Assert.Equal(default, exchange.Timings);
    }

    private SenderFixture Fixture(HttpSettings? settings = null) => new(kind, settings);

    private static string Text(Exchange exchange) => Encoding.UTF8.GetString(exchange.Body.Span);

    private static byte[] Encode(string encoding, string text)
    {
        var output = new MemoryStream();
        using (Stream encoder = encoding switch
        {
            "gzip" => new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true),
            "br" => new BrotliStream(output, CompressionLevel.Optimal, leaveOpen: true),
            _ => new ZLibStream(output, CompressionLevel.Optimal, leaveOpen: true),
        })
        {
            encoder.Write(Encoding.UTF8.GetBytes(text));
        }

        return output.ToArray();
    }
}
