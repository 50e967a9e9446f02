using LoadTesting.Model.Validation;
using LoadTesting.Runner.Http;
using LoadTesting.Runner.Http.Proxies;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>Which requests go through which proxy: Go's rules as a table.</summary>
public sealed class ProxyRulesTests
{
    [Theory]
    [InlineData("http://shop.example/", "http://web:3128", true)]
    [InlineData("https://shop.example/", "http://tls:3129", true)]
    [InlineData("http://localhost/", null, true)]
    [InlineData("http://LOCALHOST:8080/", null, true)]
    [InlineData("https://localhost/", null, true)]
    [InlineData("http://127.0.0.1/", null, true)]
    [InlineData("http://127.8.9.1/", null, true)]
    [InlineData("http://[::1]:81/", null, true)]
    [InlineData("http://[::ffff:127.0.0.1]/", null, true)]
    [InlineData("http://localhost.example/", "http://web:3128", true)]
    [InlineData("http://10.0.0.1/", "http://web:3128", true)]
    public void Loopback_is_never_proxied(string url, string? expected, bool isSet)
    {
        Assert.True(isSet);
        Assert.Equal(expected, Rules(("HTTP_PROXY", "web:3128"), ("HTTPS_PROXY", "http://tls:3129"))!.For(RequestUrl.Parse(url)!)?.ToString());
    }

    [Theory]
    [InlineData("shop.example", "http://shop.example/", true)]
    [InlineData("shop.example", "http://SHOP.example:81/", true)]
    [InlineData("shop.example", "http://www.shop.example/", true)]
    [InlineData("shop.example", "http://myshop.example/", false)]
    [InlineData("SHOP.Example", "https://shop.example/", true)]
    [InlineData(".shop.example", "http://www.shop.example/", true)]
    [InlineData(".shop.example", "http://shop.example/", false)]
    [InlineData("*.shop.example", "http://www.shop.example/", true)]
    [InlineData("*.shop.example", "http://shop.example/", false)]
    [InlineData("shop.example:8080", "http://shop.example:8080/", true)]
    [InlineData("shop.example:8080", "http://shop.example/", false)]
    [InlineData("shop.example:80", "http://shop.example/", true)]
    [InlineData("shop.example:443", "https://www.shop.example/", true)]
    [InlineData("shop.example:443", "http://shop.example/", false)]
    [InlineData("example", "http://shop.example/", true)]
    [InlineData("*", "http://shop.example/", true)]
    [InlineData("other,*", "http://shop.example/", true)]
    [InlineData("a, b , shop.example ,", "http://shop.example/", true)]
    [InlineData(",,", "http://shop.example/", false)]
    [InlineData("10.1.2.3", "http://10.1.2.3:81/", true)]
    [InlineData("10.1.2.3", "http://10.1.2.4/", false)]
    [InlineData("10.1.2.3:81", "http://10.1.2.3:81/", true)]
    [InlineData("10.1.2.3:81", "http://10.1.2.3/", false)]
    [InlineData("10.1.2.3", "http://x.10.1.2.3.example/", false)]
    [InlineData("10.0.0.0/8", "http://10.200.3.4/", true)]
    [InlineData("10.0.0.0/8", "http://11.0.0.1/", false)]
    [InlineData("10.0.0.0/8", "http://ten.example/", false)]
    [InlineData("10.0.0.0/8", "http://[::ffff:10.1.1.1]/", true)]
    [InlineData("fd00::/8", "http://[fd12::1]:81/", true)]
    [InlineData("fd00::/8", "http://[fe12::1]/", false)]
    [InlineData("fd00::1", "http://[fd00:0::1]/", true)]
    [InlineData("[fd00::1]", "http://[fd00::1]/", true)]
    [InlineData("[fd00::1]:81", "http://[fd00::1]:81/", true)]
    [InlineData("[fd00::1]:81", "http://[fd00::1]/", false)]
    [InlineData(":80", "http://shop.example/", false)]
    [InlineData("10", "http://0.0.0.10/", true)]
    [InlineData("10", "http://10.0.0.1/", false)]
    public void Exemptions(string noProxy, string url, bool isExempt) =>
        Assert.Equal(isExempt, Rules(("http_proxy", "http://p:1"), ("https_proxy", "http://p:1"), ("no_proxy", noProxy))!.For(RequestUrl.Parse(url)!) is null);

    [Theory]
    [InlineData("proxy", "http://proxy:80")]
    [InlineData("proxy:3128", "http://proxy:3128")]
    [InlineData("http://proxy", "http://proxy:80")]
    [InlineData("https://proxy", "https://proxy:443")]
    [InlineData("socks5://proxy", "socks5://proxy:1080")]
    [InlineData("socks5h://proxy:1", "socks5://proxy:1")]
    [InlineData("HTTP://Proxy:3128/path", "http://proxy:3128")]
    [InlineData("http://user:secret@[fd00::1]:3128", "http://[fd00::1]:3128")]
    [InlineData("10.0.0.1:3128", "http://10.0.0.1:3128")]
    public void Proxies_as_they_are_written(string text, string shown) => Assert.Equal(shown, Rules(("HTTP_PROXY", text))!.For(RequestUrl.Parse("http://shop.example/")!)!.ToString());

    [Theory]
    [InlineData("ftp://proxy", "environment variable HTTP_PROXY: the scheme of the proxy is not supported: use http, https or socks5")]
    [InlineData("http://", "environment variable HTTP_PROXY: this is no proxy: an address such as http://proxy.example:3128 is expected")]
    [InlineData("http://user:secret@bad host/", "environment variable HTTP_PROXY: this is no proxy: an address such as http://proxy.example:3128 is expected")]
    public void What_is_no_proxy_is_a_problem_without_its_text(string text, string message)
    {
        var problems = new List<Problem>();
        ProxyRules.FromEnvironment(name => name == "HTTP_PROXY" ? text : null, problems);
        var problem = Assert.Single(problems);
        Assert.Equal((message, null), (problem.Message, problem.Value));
    }

    [Fact]
    public void Each_scheme_has_its_own_variable_and_upper_case_comes_first()
    {
        var (http, https) = (RequestUrl.Parse("http://shop.example/")!, RequestUrl.Parse("https://shop.example/")!);
        Assert.Null(Rules());
        Assert.Null(Rules(("NO_PROXY", "x"), ("HTTP_PROXY", "")));
        Assert.Null(Rules(("HTTP_PROXY", "p"))!.For(https));
        Assert.Null(Rules(("HTTPS_PROXY", "p"))!.For(http));
        Assert.Equal("http://upper:80", Rules(("HTTP_PROXY", "upper"), ("http_proxy", "lower"))!.For(http)!.ToString());
        Assert.Equal("http://lower:80", Rules(("HTTP_PROXY", ""), ("http_proxy", "lower"))!.For(http)!.ToString());
        Assert.Null(Rules(("ALL_PROXY", "p")));
    }

    [Fact]
    public void In_a_CGI_program_it_is_refused()
    {
        var problems = new List<Problem>();
        ProxyRules.FromEnvironment(name => name is "HTTP_PROXY" or "REQUEST_METHOD" ? "GET" : null, problems);
        Assert.Contains("REQUEST_METHOD", Assert.Single(problems).Message);
    }

    [Theory]
    [InlineData("http://user:p%40ss@proxy", "user:p@ss")]
    [InlineData("http://user@proxy", "user:")]
    [InlineData("http://proxy", null)]
    public void Credentials_are_sent_by_the_basic_scheme_and_shown_nowhere(string text, string? user)
    {
        var proxy = Rules(("HTTP_PROXY", text))!.For(RequestUrl.Parse("http://shop.example/")!)!;
        Assert.Equal(user, proxy.User);
        Assert.Equal(user is null ? null : "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(user)), proxy.Authorization);
        Assert.Equal("via proxy http://proxy:80: x", Proxy.Via(proxy, "x"));
    }

    private static ProxyRules? Rules(params (string Name, string Value)[] variables)
    {
        var problems = new List<Problem>();
        var rules = ProxyRules.FromEnvironment(name => variables.FirstOrDefault(v => v.Name == name).Value, problems);
        Assert.Empty(problems);
        return rules;
    }
}
