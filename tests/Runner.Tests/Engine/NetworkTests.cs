using LoadTesting.Runner.Tests.Http;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>How connections are made and kept, seen at the server.</summary>
public sealed class NetworkTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    [Fact]
    public async Task An_overridden_host_is_reached_under_its_own_name()
    {
        await using var server = RawHttpServer.Answering(Ok);
        var run = YamlRun.Of(new Uri("http://shop.example"), $$$$$"""
              network: {hosts: {"*.example": "127.0.0.1:{{{{{server.Port}}}}}"}}
              flows: {main: [{request: {url: /a, name: a}}]}
              scenarios: {s: {executor: per-vu-iterations}}
            """);
        await run.RunAsync();
        Assert.Equal(1, run.Count("http_reqs", ("status", "200")));
        Assert.Contains("\r\nHost: shop.example\r\n", Assert.Single(server.Requests));
    }

    [Fact]
    public async Task What_is_forbidden_is_not_connected_to_and_fails_with_k6_s_codes()
    {
        await using var server = RawHttpServer.Answering(Ok);
        var run = YamlRun.Of(server.Url, $$$$$"""
              network: {hosts: {a.test: 127.0.0.1}, blockHostnames: ["*.blocked.test"], blacklistIPs: [127.0.0.0/8]}
              flows:
                main:
                  - request: {url: /, name: address, checks: {code: error_code == 1110}}
                  - request: {url: "http://a.test:{{{{{server.Port}}}}}/", name: overridden, checks: {code: error_code == 1110}}
                  - request: {url: "http://www.Blocked.test/", name: name, checks: {code: error_code == 1111 && status == 0}}
              scenarios: {s: {executor: per-vu-iterations}}
            """);
        await run.RunAsync();
        Assert.Equal((3, 3), (run.Rate("checks")!.Trues, run.Rate("http_req_failed")!.Trues));
        Assert.Equal(1, run.Count("http_reqs", ("error_code", "1111"), ("error", "host is blocked")));
        Assert.Equal(0, server.Accepted);
    }

    [Fact]
    public async Task Virtual_users_come_from_the_local_addresses_in_turn()
    {
        await using var server = RawHttpServer.Start(async connection =>
        {
            while (await connection.ReadRequestAsync() is not null) await connection.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Length: {connection.RemoteAddress.ToString().Length}\r\n\r\n{connection.RemoteAddress}");
        });
        var run = YamlRun.Of(server.Url, """
              network: {localIPs: ["127.0.0.2-127.0.0.3", 127.0.0.9]}
              flows: {main: [{request: {url: /, checks: {own: "body == ['127.0.0.2', '127.0.0.3', '127.0.0.9', '127.0.0.2'][vu.id - 1]"}}}]}
              scenarios: {s: {executor: per-vu-iterations, vus: 4, iterations: 2}}
            """);
        await run.RunAsync();
        Assert.Equal((8, 8), (run.Rate("checks")!.Trues, run.Rate("checks")!.Total));
        Assert.Empty(run.Log);
    }

    [Theory]
    [InlineData("{}", 1)]
    [InlineData("{keepAlive: false}", 6)]
    [InlineData("{noVUConnectionReuse: true}", 3)]
    [InlineData("{maxConnectionAge: 20ms}", 6)]
    public async Task Connections_are_kept_as_long_as_the_manifest_says(string http, int connections)
    {
        await using var server = RawHttpServer.Answering(Ok);
        var run = YamlRun.Of(server.Url, $$$$$"""
              http: {{{{{http}}}}}
              flows: {main: [{request: {url: /}}, {sleep: 60ms}, {request: {url: /}}, {sleep: 60ms}]}
              scenarios: {s: {executor: per-vu-iterations, iterations: 3}}
            """);
        await run.RunAsync();
        Assert.Equal((6, connections), (run.Count("http_reqs", ("status", "200")), server.Accepted));
    }

    [Fact]
    public async Task Cookies_can_outlive_iterations()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = YamlRun.Of(server.Url, """
              http: {noCookiesReset: true, redirects: 0}
              flows: {main: [{request: {url: /login}, when: "vu.iteration == 0"}, {request: {url: /get}}]}
              scenarios: {s: {executor: per-vu-iterations, iterations: 2}}
            """);
        await run.RunAsync();
        Assert.Equal(["", "session=s-1", "session=s-1"], server.Seen.Select(s => s.Cookie));
    }

    [Fact]
    public async Task Http2_without_tls_is_spoken_when_asked_for()
    {
        await using var server = await KestrelServer.StartAsync(isHttp2Only: true);
        var run = YamlRun.Of(server.Url, """
              http: {h2c: true}
              flows: {main: [{request: {url: /hello, checks: {there: "body == 'hello'"}}}]}
              scenarios: {s: {executor: per-vu-iterations}}
            """);
        await run.RunAsync();
        Assert.Equal(1, run.Count("http_reqs", ("proto", "HTTP/2.0"), ("status", "200")));
        Assert.Equal(1, run.Rate("checks")!.Trues);
    }

    [Theory]
    [InlineData(false, 1, 0)]
    [InlineData(true, 0, 1)]
    public async Task A_request_without_a_response_can_end_the_iteration(bool throws, int checks, int errors)
    {
        var run = YamlRun.Of(new Uri($"http://127.0.0.1:{FreePort.Next()}"), $$$$$"""
              http: {throw: {{{{{(throws ? "true" : "false")}}}}}}
              flows: {main: [{request: {url: /, checks: {none: status == 0}}}]}
              scenarios: {s: {executor: per-vu-iterations}}
            """);
        await run.RunAsync();
        Assert.Equal((1, errors), (run.Count("http_reqs"), run.Count("iteration_errors")));
        Assert.Equal(checks, run.Rate("checks")?.Total ?? 0);
    }
}
