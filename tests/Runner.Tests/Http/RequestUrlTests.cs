using System.Text;
using System.Text.RegularExpressions;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>What is made of URLs, and the encoding of text on the wire.</summary>
public sealed class RequestUrlTests
{
    [Theory]
    [InlineData("http://h", "h", "/")]
    [InlineData("http://h/", "h", "/")]
    [InlineData("HTTP://H.Example/", "h.example", "/")]
    [InlineData("http://h?a=1", "h", "/?a=1")]
    [InlineData("http://h#f", "h", "/")]
    [InlineData("http://h?#f", "h", "/?")]
    [InlineData("http://h/?", "h", "/?")]
    [InlineData("http://h/a?b?c", "h", "/a?b?c")]
    [InlineData("http://h/a#b?c", "h", "/a")]
    [InlineData("http://h/a?b#c#d", "h", "/a?b")]
    [InlineData("http://h:80/", "h", "/")]
    [InlineData("https://h:443/", "h", "/")]
    [InlineData("http://h:443/", "h:443", "/")]
    [InlineData("https://h:80/", "h:80", "/")]
    [InlineData("http://h:8080/", "h:8080", "/")]
    [InlineData("http://h:/", "h", "/")]
    [InlineData("http://[::1]/", "[::1]", "/")]
    [InlineData("http://[::1]:80/", "[::1]", "/")]
    [InlineData("http://[::1]:8080/", "[::1]:8080", "/")]
    [InlineData("http://[2001:DB8:0:0::1]/", "[2001:db8::1]", "/")]
    [InlineData("http://[fe80::1%25eth0]:81/", "[fe80::1]:81", "/")]
    [InlineData("http://127.0.0.1/", "127.0.0.1", "/")]
    [InlineData("http://h./", "h.", "/")]
    [InlineData("http://bücher.example/", "xn--bcher-kva.example", "/")]
    [InlineData("http://user:p%40ss@h:81/x", "h:81", "/x")]
    [InlineData("http://user@h/", "h", "/")]
    [InlineData("http://h/a%2Fb%20c?u=%2B+%26", "h", "/a%2Fb%20c?u=%2B+%26")]
    [InlineData("http://h/%7Euser/%61", "h", "/%7Euser/%61")]
    [InlineData("http://h/%c3%a9", "h", "/%c3%a9")]
    [InlineData("http://h/a/../b/./c", "h", "/a/../b/./c")]
    [InlineData("http://h/%2e%2e/x", "h", "/%2e%2e/x")]
    [InlineData("http://h//a//b", "h", "//a//b")]
    [InlineData("http://h/é", "h", "/%C3%A9")]
    [InlineData("http://h/«E9»", "h", "/%E9")]
    [InlineData("http://h/😀?q=😀", "h", "/%F0%9F%98%80?q=%F0%9F%98%80")]
    [InlineData("http://h/a b?c d", "h", "/a%20b?c%20d")]
    [InlineData("http://h/\"<>\\^`{|}", "h", "/%22%3C%3E%5C%5E%60%7B%7C%7D")]
    [InlineData("http://h/!$&'()*+,;=:@[]-._~", "h", "/!$&'()*+,;=:@[]-._~")]
    [InlineData("http://h/100%", "h", "/100%25")]
    [InlineData("http://h/%zz%4", "h", "/%25zz%254")]
    [InlineData("http://h/a\r\nb", "h", "/a%0D%0Ab")]
    [InlineData("  http://h/x\n", "h", "/x")]
    [InlineData("http://h/x?y=http://z/?w", "h", "/x?y=http://z/?w")]
    public void Host_and_target(string text, string host, string target)
    {
        var url = RequestUrl.Parse(Octets(text));
        Assert.NotNull(url);
        Assert.Equal((host, target), (RequestUrl.Authority(url), RequestUrl.Target(url)));
        Assert.Equal($"{url.Scheme}://{host}{target}", RequestUrl.AbsoluteTarget(url));
        Assert.Equal(RequestUrl.AbsoluteTarget(url), RequestUrl.AbsoluteTarget(RequestUrl.Parse(RequestUrl.AbsoluteTarget(url))!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/x")]
    [InlineData("h/x")]
    [InlineData("ftp://h/")]
    [InlineData("http:/h")]
    [InlineData("http://")]
    [InlineData("http:///x")]
    [InlineData("http://:80/")]
    [InlineData("http://h:99999/")]
    [InlineData("http://h:port/")]
    [InlineData("http://[bad/")]
    [InlineData("http://a b/")]
    public void What_is_no_URL_is_none(string text) => Assert.Null(RequestUrl.Parse(text));

    [Theory]
    [InlineData("/q", "/q?b=2")]
    [InlineData("/q?", "/q?b=2")]
    [InlineData("/q?a=1", "/q?a=1&b=2")]
    [InlineData("/q?a=1&", "/q?a=1&b=2")]
    [InlineData("/q#frag", "/q?b=2")]
    [InlineData("/q?a=1#frag", "/q?a=1&b=2")]
    [InlineData("/q#frag?no=query", "/q?b=2")]
    [InlineData("http://h", "http://h?b=2")]
    public void A_query_comes_behind_the_query_and_before_the_fragment(string text, string expected) => Assert.Equal(expected, RequestUrl.WithQuery(text, "b=2"));

    /// <summary>RFC 3986, 5.4, with the base's scheme http; and what servers send besides.</summary>
    [Theory]
    [InlineData("g", "http://a/b/c/g")]
    [InlineData("./g", "http://a/b/c/g")]
    [InlineData("g/", "http://a/b/c/g/")]
    [InlineData("/g", "http://a/g")]
    [InlineData("//g", "http://g/")]
    [InlineData("?y", "http://a/b/c/d;p?y")]
    [InlineData("g?y", "http://a/b/c/g?y")]
    [InlineData("#s", "http://a/b/c/d;p?q")]
    [InlineData("g#s", "http://a/b/c/g")]
    [InlineData("g?y#s", "http://a/b/c/g?y")]
    [InlineData(";x", "http://a/b/c/;x")]
    [InlineData(".", "http://a/b/c/")]
    [InlineData("./", "http://a/b/c/")]
    [InlineData("..", "http://a/b/")]
    [InlineData("../", "http://a/b/")]
    [InlineData("../g", "http://a/b/g")]
    [InlineData("../..", "http://a/")]
    [InlineData("../../g", "http://a/g")]
    [InlineData("../../../g", "http://a/g")]
    [InlineData("/./g", "http://a/g")]
    [InlineData("/../g", "http://a/g")]
    [InlineData("g.", "http://a/b/c/g.")]
    [InlineData(".g", "http://a/b/c/.g")]
    [InlineData("..g", "http://a/b/c/..g")]
    [InlineData("./../g", "http://a/b/g")]
    [InlineData("g/./h", "http://a/b/c/g/h")]
    [InlineData("g/../h", "http://a/b/c/h")]
    [InlineData("g;x=1/../y", "http://a/b/c/y")]
    [InlineData("g?y/../x", "http://a/b/c/g?y/../x")]
    [InlineData("/x/%2e%2e/ok", "http://a/x/%2e%2e/ok")]
    [InlineData("/caf\u00e9", "http://a/caf%C3%A9")]
    [InlineData("/caf«E9»", "http://a/caf%E9")]
    [InlineData("/a b", "http://a/a%20b")]
    [InlineData("/a%2Fb%20c?u=%2B+%26", "http://a/a%2Fb%20c?u=%2B+%26")]
    [InlineData("/to?next=http://x/", "http://a/to?next=http://x/")]
    [InlineData("https://B:443/x/../y", "https://b/y")]
    [InlineData("http://[::1]:81", "http://[::1]:81/")]
    [InlineData(" /g ", "http://a/g")]
    [InlineData("ftp://x/y", null)]
    [InlineData("mailto:x", null)]
    [InlineData("http://[bad/", null)]
    [InlineData("g:h", null)]
    public void References_lead_where_the_RFC_says(string reference, string? expected) =>
        Assert.Equal(expected, RequestUrl.Resolve(RequestUrl.Parse("http://a/b/c/d;p?q")!, Octets(reference)) is { } url ? RequestUrl.AbsoluteTarget(url) : null);

    [Fact]
    public void A_user_stays_with_the_host_and_is_shown_nowhere()
    {
        var url = RequestUrl.Parse("http://user:secret@h:81/x?y")!;
        Assert.Equal("user:secret", RequestUrl.Resolve(url, "/z")!.UserInfo);
        Assert.Equal("", RequestUrl.Resolve(url, "http://h:81/z")!.UserInfo);
        Assert.Equal(("http://h:81/x?y", "http://h:81/x", "h:81"), (RequestUrl.Referer(url), RequestUrl.WithoutQuery(url), RequestUrl.HostAndPort(url)));
    }

    [Theory]
    [InlineData(new byte[] { 0x63, 0x61, 0x66, 0xC3, 0xA9 }, "café")]
    [InlineData(new byte[] { 0x63, 0x61, 0x66, 0xE9 }, "caf«E9»")]
    [InlineData(new byte[] { 0xFF, 0x41, 0x80 }, "«FF»A«80»")]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98, 0x80 }, "😀")]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98 }, "«F0»«9F»«98»")]
    [InlineData(new byte[] { 0xED, 0xB3, 0xA9 }, "«ED»«B3»«A9»")]
    [InlineData(new byte[0], "")]
    public void Text_is_UTF8_and_other_octets_are_kept(byte[] octets, string text)
    {
        text = Octets(text);
        Assert.Equal(text, WireText.Decode(octets));
        Assert.Equal(octets, WireText.Encode(text));
        Assert.Equal(octets.Length, WireText.Count(text));
        Assert.Equal((text, octets.Length), (WireText.Encoding.GetString(octets), WireText.Encoding.GetByteCount(text)));
    }

    [Fact]
    public void Any_octets_come_back_as_they_were()
    {
        var random = new Random(3986);
        for (var i = 0; i < 5_000; i++)
        {
            var octets = new byte[random.Next(1, 40)];
            random.NextBytes(octets);
            // Half of them with proper UTF-8 in between.
            if (i % 2 == 0) octets = [.. octets, .. Encoding.UTF8.GetBytes("é😀"), .. octets];
            var text = WireText.Decode(octets);
            Assert.Equal(octets, WireText.Encode(text));
            Assert.Equal(octets.Length, WireText.Count(text));
            Assert.Equal(octets, WireText.Encoding.GetBytes(text));
        }
    }

    [Fact]
    public void A_surrogate_that_stands_for_nothing_is_replaced() => Assert.Equal(Encoding.UTF8.GetBytes("a\uFFFDb"), WireText.Encode("a\uD83Db"));

    // «E9» stands for an octet that is no UTF-8: attributes cannot carry lone surrogates.
    private static string Octets(string text) => Regex.Replace(text, "«([0-9A-F]{2})»", m => ((char)(0xDC00 + Convert.ToInt32(m.Groups[1].Value, 16))).ToString());
}
