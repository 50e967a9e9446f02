using System.Text;
using LoadTesting.Runner.Http;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>Redirects and cookies, hop by hop.</summary>
public abstract class SessionTests : IHopObserver, IAsyncDisposable
{
    private readonly List<(string Url, string Method, int Status)> _hops = [];
    private readonly List<string> _refused = [];
    private readonly SenderFixture _fixture;
    private readonly HttpSession _session;

    protected SessionTests(SenderKind kind)
    {
        _fixture = new SenderFixture(kind);
        _session = new HttpSession(_fixture.Sender, new SessionRules(KeepsCookies: true));
    }

    void IHopObserver.OnHop(PreparedRequest request, int hop, Exchange exchange, bool isChallenge)
    {
        if (hop == 0) _hops.Clear();
        Assert.Equal(_hops.Count, hop);
        _hops.Add((request.Url.PathAndQuery, request.Method.Method, exchange.Status));
    }

    void IHopObserver.OnCookieRefused(PreparedRequest request, string why) => _refused.Add(why);

    [Fact]
    public async Task Each_hop_is_an_exchange_of_its_own()
    {
        await using var server = await KestrelServer.StartAsync();
        var last = await SendAsync(server.Url, "/redirect/3");
        Assert.Equal(200, last.Status);
        Assert.Equal([("/redirect/3", "GET", 302), ("/redirect/2", "GET", 302), ("/redirect/1", "GET", 302), ("/get", "GET", 200)], _hops);
    }

    [Theory]
    [InlineData(0, 302, 1)]
    [InlineData(2, 302, 3)]
    [InlineData(4, 200, 5)]
    public async Task The_answer_at_the_limit_is_the_result(int limit, int status, int hops)
    {
        await using var server = await KestrelServer.StartAsync();
        Assert.Equal(status, (await SendAsync(server.Url, "/redirect/4", redirects: limit)).Status);
        Assert.Equal(hops, _hops.Count);
    }

    [Theory]
    [InlineData(301, "POST", "GET", "")]
    [InlineData(302, "PUT", "GET", "")]
    [InlineData(303, "POST", "GET", "")]
    [InlineData(302, "HEAD", "HEAD", "")]
    [InlineData(307, "POST", "POST", "payload")]
    [InlineData(308, "DELETE", "DELETE", "payload")]
    public async Task Method_and_body_change_by_the_rules_of_Go(int status, string method, string next, string body)
    {
        await using var server = await KestrelServer.StartAsync();
        await SendAsync(server.Url, $"/to/{status}", method, body: method == "HEAD" ? null : "payload");
        var (seenMethod, path, _, seenBody) = server.Seen.Last();
        Assert.Equal((next, "/hello", body), (seenMethod, path, seenBody));
    }

    [Theory]
    [InlineData("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: ftp://elsewhere/\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nLocation: /x\r\n\r\n")]
    [InlineData("HTTP/1.1 300 Multiple Choices\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")]
    public async Task What_cannot_be_followed_is_the_answer(string response)
    {
        await using var server = RawHttpServer.Answering(response);
        Assert.InRange((await SendAsync(server.Url, "/")).Status, 300, 304);
        Assert.Single(_hops);
    }

    [Theory]
    [InlineData("http://shop.example/a", "http://shop.example/b", true)]
    [InlineData("http://shop.example/a", "http://SHOP.example:80/b", true)]
    [InlineData("http://shop.example/a", "https://shop.example/b", true)]
    [InlineData("https://shop.example/a", "http://shop.example/b", false)]
    [InlineData("http://shop.example:8080/a", "https://shop.example/b", false)]
    [InlineData("http://shop.example/a", "http://shop.example:8080/b", false)]
    [InlineData("http://shop.example/a", "http://api.shop.example/b", false)]
    [InlineData("http://shop.example/a", "http://evilshop.example/b", false)]
    [InlineData("http://shop.example/a", "//evil.example/b", false)]
    [InlineData("http://shop.example/a", "/b", true)]
    [InlineData("http://127.0.0.1/a", "http://127.0.0.2/b", false)]
    public void A_field_with_a_secret_stays_within_its_origin(string first, string location, bool isKept)
    {
        var answer = new Exchange { Outcome = ExchangeOutcome.Response, Status = 307, Headers = new LocationHeader(location) };
        var request = _fixture.Request(new Uri(first), "GET", null, headers: [("X-Api-Key", "k3y"), ("X-Plain", "1")]);
        request.IsSecret = field => field.Value.Contains("k3y", StringComparison.Ordinal);
        var next = Redirects.Next(request, answer)!;
        Assert.Equal(isKept, next.Headers.Any(h => h.Key == "X-Api-Key"));
        Assert.Contains(next.Headers, h => h.Key == "X-Plain");
        // Back home it is not found again: whoever sent it away and back may have had the answer of somebody else.
        var back = Redirects.Next(next, new Exchange { Outcome = ExchangeOutcome.Response, Status = 307, Headers = new LocationHeader(first) })!;
        Assert.Equal(isKept, back.Headers.Any(h => h.Key == "X-Api-Key"));
    }

    [Fact]
    public async Task A_field_and_a_referer_with_a_secret_do_not_go_to_another_origin()
    {
        await using var other = RawHttpServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var first = RawHttpServer.Answering($"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{other.Port}/there\r\nContent-Length: 0\r\n\r\n");
        var request = _fixture.Request(new Uri(first.Url, "/?key=k3yk3y"), "GET", null, headers: [("X-Api-Key", "k3yk3y"), ("X-Kept", "1")]);
        request.IsSecret = field => field.Value.Contains("k3yk3y", StringComparison.Ordinal);
        Assert.Equal(200, (await _session.SendAsync(request, 10, this, default)).Status);
        Assert.Contains("k3yk3y", Assert.Single(first.Requests));
        var head = Assert.Single(other.Requests);
        Assert.DoesNotContain("k3yk3y", head);
        Assert.Contains("\r\nX-Kept: 1\r\n", head);
    }

    [Fact]
    public async Task Secrets_do_not_go_to_another_host()
    {
        await using var other = RawHttpServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var first = RawHttpServer.Answering($"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://localhost:{other.Port}/there\r\nContent-Length: 0\r\n\r\n");
        var request = _fixture.Request(first.Url, "POST", "x"u8.ToArray(), headers: [("Authorization", "Bearer secret"), ("Cookie", "a=b"), ("Host", "shop.example"), ("X-Kept", "1")]);
        await _session.SendAsync(request, 10, this, default);
        var head = Assert.Single(other.Requests);
        Assert.DoesNotContain("secret", head);
        Assert.DoesNotContain("Cookie", head);
        Assert.Contains("\r\nX-Kept: 1\r\n", head);
        Assert.Contains($"\r\nHost: localhost:{other.Port}\r\n", head);
        Assert.Contains($"\r\nReferer: {first.Url}\r\n", head);
    }

    [Fact]
    public async Task Cookies_of_every_hop_are_kept_and_sent_until_they_are_forgotten()
    {
        await using var server = await KestrelServer.StartAsync();
        await SendAsync(server.Url, "/login");
        await SendAsync(server.Url, "/hello");
        Assert.Equal(["", "session=s-1", "session=s-1"], server.Seen.Select(s => s.Cookie));
        _session.EndIteration();
        await SendAsync(server.Url, "/hello");
        Assert.Equal("", server.Seen.Last().Cookie);
    }

    [Fact]
    public async Task Cookies_for_other_hosts_paths_and_malformed_ones_are_not_sent()
    {
        await using var server = RawHttpServer.Answering(
            "HTTP/1.1 200 OK\r\nSet-Cookie: good=1\r\nSet-Cookie: foreign=1; Domain=example.com\r\nSet-Cookie: deep=1; Path=/deep\r\nSet-Cookie: secure=1; Secure\r\n"
            + "Set-Cookie: gone=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT\r\nSet-Cookie: =;;=\r\nContent-Length: 0\r\n\r\n");
        await SendAsync(server.Url, "/");
        await SendAsync(server.Url, "/");
        Assert.Contains("\r\nCookie: good=1\r\n", server.Requests.Last());
    }

    [Theory]
    [InlineData("/caf\u00c3\u00a9", "GET /caf%C3%A9 HTTP/1.1")]
    [InlineData("/caf\u00e9", "GET /caf%E9 HTTP/1.1")]
    [InlineData("/a%2Fb%20c?u=%2B+%26#frag", "GET /a%2Fb%20c?u=%2B+%26 HTTP/1.1")]
    [InlineData("/x/%2e%2e/%7Ey", "GET /x/%2e%2e/%7Ey HTTP/1.1")]
    [InlineData("?x=1", "GET /from?x=1 HTTP/1.1")]
    [InlineData("../ok", "GET /ok HTTP/1.1")]
    [InlineData("/a b", "GET /a%20b HTTP/1.1")]
    public async Task A_location_is_followed_octet_for_octet(string location, string expected)
    {
        await using var server = RawHttpServer.Start(async c =>
        {
            await c.ReadRequestAsync();
            await c.WriteAsync($"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
            await c.ReadRequestAsync();
            await c.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        Assert.Equal(200, (await _session.SendAsync(_fixture.Request(RequestUrl.Parse($"{server.Url}from#here")!), 10, this, default)).Status);
        Assert.Equal(["GET /from HTTP/1.1", expected], server.Requests.Select(r => r.Split("\r\n")[0]));
    }

    [Theory]
    [InlineData("Location: ")]
    [InlineData("Location: http://[bad/")]
    public async Task A_location_that_leads_nowhere_is_not_followed(string field)
    {
        await using var server = RawHttpServer.Answering($"HTTP/1.1 302 Found\r\n{field}\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(302, (await SendAsync(server.Url, "/")).Status);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_user_in_a_location_is_told_to_its_host()
    {
        await using var server = RawHttpServer.Start(async c =>
        {
            while (await c.ReadRequestAsync() is { } request)
            {
                await c.WriteAsync(request.StartsWith("GET /in ", StringComparison.Ordinal)
                    ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                    : $"HTTP/1.1 302 Found\r\nLocation: {request.Split(' ')[1][1..]}\r\nContent-Length: 0\r\n\r\n");
            }
        });
        await _session.SendAsync(_fixture.Request(RequestUrl.Parse($"{server.Url}http://user:secret@127.0.0.1:{server.Port}/in")!), 10, this, default);
        Assert.Contains("\r\nAuthorization: Basic dXNlcjpzZWNyZXQ=\r\n", server.Requests.Last());
    }

    [Fact]
    public async Task Octets_of_headers_and_cookies_come_back_as_they_were()
    {
        await using var server = RawHttpServer.Answering("HTTP/1.1 200 OK\r\nSet-Cookie: u=caf\u00c3\u00a9\r\nSet-Cookie: l=caf\u00e9\r\nX-Name: \u00e9 and \u00c3\u00a9\r\nX-Empty:\r\nContent-Length: 0\r\n\r\n");
        var first = await SendAsync(server.Url, "/");
        Assert.Equal([""], first.Headers.Values("x-empty"));
        var name = Assert.Single(first.Headers.Values("X-Name"));
        Assert.Equal("\uDCE9 and é", name);
        await _session.SendAsync(_fixture.Request(server.Url, headers: [("X-Back", name)]), 0, this, default);
        Assert.Contains("\r\nX-Back: \u00e9 and \u00c3\u00a9\r\n", server.Requests.Last());
        Assert.Contains("\r\nCookie: u=caf\u00c3\u00a9; l=caf\u00e9\r\n", server.Requests.Last());
    }

    [Fact]
    public async Task Cookies_that_the_jar_refuses_are_told()
    {
        await using var server = RawHttpServer.Answering("HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Domain=other.example\r\nSet-Cookie: b=1\r\nContent-Length: 0\r\n\r\n");
        await SendAsync(server.Url, "/");
        Assert.Equal("the cookie 'a' is refused: its Domain other.example is neither the host 127.0.0.1 nor above it", Assert.Single(_refused));
    }

    [Fact]
    public async Task A_cookie_that_the_request_brings_is_sent_with_those_of_the_jar()
    {
        await using var server = RawHttpServer.Answering("HTTP/1.1 200 OK\r\nSet-Cookie: jar=1\r\nContent-Length: 0\r\n\r\n");
        await SendAsync(server.Url, "/");
        await _session.SendAsync(_fixture.Request(server.Url, headers: [("Cookie", "own=2")]), 0, this, default);
        Assert.Contains("\r\nCookie: own=2; jar=1\r\n", server.Requests.Last());
    }

    [Fact]
    public async Task The_time_limit_covers_all_hops()
    {
        var hop = 0;
        await using var server = RawHttpServer.Start(async c =>
        {
            while (await c.ReadRequestAsync() is not null)
            {
                await c.PauseAsync(100);
                await c.WriteAsync($"HTTP/1.1 302 Found\r\nLocation: /{hop++}\r\nContent-Length: 0\r\n\r\n");
            }
        });
        var exchange = await _session.SendAsync(_fixture.Request(server.Url, timeoutSeconds: 0.35), 1000, this, default);
        Assert.Equal(TransportError.Timeout, exchange.Error);
        Assert.InRange(_hops.Count, 1, 4);
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    private ValueTask<Exchange> SendAsync(Uri server, string path, string method = "GET", string? body = null, int redirects = 10) =>
        _session.SendAsync(_fixture.Request(new Uri(server, path), method, body is null ? null : Encoding.UTF8.GetBytes(body)), redirects, this, default);

    private sealed class LocationHeader(string location) : IResponseHeaders
    {
        public IEnumerable<KeyValuePair<string, string>> Fields => [new("Location", location)];

        public IReadOnlyList<string> Values(string name) => name == "Location" ? [location] : [];
    }
}
