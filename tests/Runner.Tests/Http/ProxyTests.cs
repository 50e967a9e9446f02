using System.Net.Security;
using System.Text;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Http;
using LoadTesting.Runner.Http.Proxies;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>Requests through proxies, over each kind of sender: what the proxy and what the target sees, and what failures say.</summary>
public abstract class ProxyTests(SenderKind kind) : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Credentials = "user:s%C3%A9cret@";
    private static readonly string Basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("user:sécret"));

    private readonly TestCertificates _authority = new();

    public static TheoryData<string, bool, bool> Ways => new()
    {
        { "http", false, false }, { "http", false, true }, { "http", true, false }, { "http", true, true },
        { "https", false, false }, { "https", false, true }, { "https", true, true },
        { "socks5", false, false }, { "socks5", false, true }, { "socks5", true, false }, { "socks5", true, true },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Requests_go_through_it_and_its_connections_are_kept(string scheme, bool hasUser, bool isSecure)
    {
        await using var target = RawHttpServer.Answering(Ok, isSecure ? Server("shop.test") : null);
        await using var proxy = new TestProxy(scheme == "https" ? Server("127.0.0.1") : null) { TargetPort = target.Port };
        await using var fixture = Fixture($"{scheme}://{(hasUser ? Credentials : "")}127.0.0.1:{proxy.Port}");
        var url = RequestUrl.Parse($"{(isSecure ? "https" : "http")}://shop.test:8443/a%7Eb?c=d#e")!;
        for (var i = 0; i < 3; i++)
        {
            var exchange = await fixture.Sender.SendAsync(fixture.Request(url, "POST", "body"u8.ToArray(), headers: [("X-Id", $"{i}")]), default);
            Assert.Equal((TransportError.None, "", 200), (exchange.Error, exchange.ErrorText, exchange.Status));
            Assert.Equal(isSecure, exchange.TlsVersion.Length > 0);
            Assert.Equal(isSecure && i == 0, exchange.Timings.TlsHandshaking > 0);
        }

        var credentials = hasUser ? $"\r\nProxy-Authorization: {Basic}\r\n" : "";
        if (scheme == "socks5")
        {
            Assert.Equal($"{(hasUser ? "user:sécret" : "")} shop.test:8443", Assert.Single(proxy.Seen));
        }
        else if (isSecure)
        {
            var head = Assert.Single(proxy.Seen);
            Assert.StartsWith("CONNECT shop.test:8443 HTTP/1.1\r\nHost: shop.test:8443\r\n", head);
            Assert.Contains(credentials, head);
        }
        else
        {
            Assert.Equal(3, proxy.Seen.Count(s => s.StartsWith("POST http://shop.test:8443/a%7Eb?c=d HTTP/1.1\r\n", StringComparison.Ordinal)));
            Assert.All(proxy.Seen, head => Assert.Contains("\r\nHost: shop.test:8443\r\n", head));
            Assert.All(proxy.Seen, head => Assert.Contains(credentials, head));
            Assert.Equal(0, target.Accepted);
            return;
        }

        Assert.Equal(1, target.Accepted);
        Assert.Equal(3, target.Requests.Count);
        Assert.All(target.Requests, r => Assert.StartsWith("POST /a%7Eb?c=d HTTP/1.1\r\n", r, StringComparison.Ordinal));
        Assert.All(target.Requests, r => Assert.DoesNotContain("Proxy-Authorization", r));
        Assert.All(target.Requests, r => Assert.EndsWith("\r\n\r\nbody", r, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 5\r\n\r\nplease", "the proxy answered CONNECT shop.test:8443 with 407 Proxy Authentication Required")]
    [InlineData("HTTP/1.1 503\r\n\r\n", "the proxy answered CONNECT shop.test:8443 with 503")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n\r\n", "the proxy's answer to CONNECT shop.test:8443: no HTTP/1.1 status line: 'SSH-2.0-OpenSSH_9.6'")]
    [InlineData("HTTP/1.1 200", "the proxy closed the connection instead of answering CONNECT shop.test:8443")]
    public async Task A_tunnel_that_is_refused_says_why_and_tells_no_secret(string answer, string expected)
    {
        await using var proxy = new TestProxy { Refusal = answer };
        await using var fixture = Fixture($"http://{Credentials}127.0.0.1:{proxy.Port}");
        for (var i = 0; i < 2; i++)
        {
            var exchange = await fixture.GetAsync(RequestUrl.Parse("https://shop.test:8443/")!);
            Assert.Equal((TransportError.Proxy, $"via proxy http://127.0.0.1:{proxy.Port}: {expected}"), (exchange.Error, exchange.ErrorText));
        }
    }

    [Theory]
    [InlineData("http://shop.test/")]
    [InlineData("https://shop.test/")]
    public async Task A_SOCKS_proxy_that_refuses_says_why(string url)
    {
        await using var proxy = new TestProxy { SocksCode = 2 };
        await using var fixture = Fixture($"socks5://127.0.0.1:{proxy.Port}");
        var exchange = await fixture.GetAsync(RequestUrl.Parse(url)!);
        Assert.Equal(TransportError.Proxy, exchange.Error);
        Assert.EndsWith("not allowed by its rules", exchange.ErrorText);
    }

    [Theory]
    [InlineData("http://shop.test/")]
    [InlineData("https://shop.test/")]
    public async Task A_proxy_that_is_not_there_is_named(string url)
    {
        var port = FreePort.Next();
        await using var fixture = Fixture($"http://{Credentials}127.0.0.1:{port}");
        var exchange = await fixture.GetAsync(RequestUrl.Parse(url)!);
        Assert.Equal((TransportError.ConnectionRefused, $"via proxy http://127.0.0.1:{port}: Connection refused"), (exchange.Error, exchange.ErrorText));
    }

    [Fact]
    public async Task A_proxy_that_says_nothing_is_a_timeout()
    {
        await using var silent = RawHttpServer.Start(c => c.UntilClosedAsync());
        await using var fixture = Fixture($"http://127.0.0.1:{silent.Port}");
        var exchange = await fixture.GetAsync(RequestUrl.Parse("https://shop.test/")!, timeoutSeconds: 0.5);
        Assert.Equal(TransportError.Timeout, exchange.Error);
    }

    [Fact]
    public async Task A_certificate_behind_a_tunnel_is_looked_at()
    {
        await using var target = RawHttpServer.Answering(Ok, Server("other.test"));
        await using var proxy = new TestProxy { TargetPort = target.Port };
        await using var fixture = Fixture($"http://127.0.0.1:{proxy.Port}");
        var exchange = await fixture.GetAsync(RequestUrl.Parse("https://shop.test/")!);
        Assert.Equal(TransportError.HostNameMismatch, exchange.Error);
    }

    [Fact]
    public async Task Exempt_and_loopback_hosts_are_connected_to_and_blocked_ones_stay_blocked()
    {
        await using var target = RawHttpServer.Answering(Ok);
        await using var proxy = new TestProxy();
        await using var fixture = Fixture($"http://127.0.0.1:{proxy.Port}", noProxy: "exempt.test", network: new NetworkSpec
        {
            Hosts = new([KeyValuePair.Create("exempt.test", $"127.0.0.1:{target.Port}")]),
            BlockHostnames = ["blocked.test"],
        });
        Assert.Equal(200, (await fixture.GetAsync(RequestUrl.Parse("http://exempt.test/")!)).Status);
        Assert.Equal(200, (await fixture.GetAsync(target.Url)).Status);
        Assert.Equal(2, target.Requests.Count);
        Assert.Equal(TransportError.BlockedHost, (await fixture.GetAsync(RequestUrl.Parse("http://blocked.test/")!)).Error);
        Assert.Empty(proxy.Seen);
        Assert.Equal(200, (await fixture.GetAsync(RequestUrl.Parse("http://else.test/")!)).Status);
        Assert.Single(proxy.Seen);
    }

    public void Dispose()
    {
        _authority.Dispose();
        GC.SuppressFinalize(this);
    }

    private SslServerAuthenticationOptions Server(string name) => new() { ServerCertificate = _authority.Issue(name) };

    private SenderFixture Fixture(string proxy, string noProxy = "", NetworkSpec? network = null)
    {
        var rules = ProxyRules.FromEnvironment(name => name is "HTTP_PROXY" or "HTTPS_PROXY" ? proxy : name == "NO_PROXY" ? noProxy : null, []);
        var folder = Directory.CreateTempSubdirectory("loadtest-proxy-");
        var ca = Path.Combine(folder.FullName, "ca.pem");
        File.WriteAllText(ca, _authority.AuthorityPem);
        var tls = TlsMaterial.Load(new TlsSpec { CaFile = ca }, "tls", []);
        folder.Delete(recursive: true);
        return new SenderFixture(kind, new HttpSettings { Proxies = rules, Tls = tls, Network = network ?? new NetworkSpec() });
    }
}
