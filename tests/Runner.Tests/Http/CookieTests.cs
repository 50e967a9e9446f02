using LoadTesting.Runner.Http;
using LoadTesting.Runner.Http.Cookies;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>The cookie jar by RFC 6265, section 5: a table derived from its rules, and what a table cannot show.</summary>
public sealed class CookieTests
{
    private const string Shop = "http://shop.example/a/b";
    private const string Far = "Wed, 21 Oct 2037 07:28:00 GMT";

    /// <summary>The rule, where cookies are set, the Set-Cookie fields in order, where they are asked for, the Cookie field.</summary>
    private static readonly (string Rule, string Set, string[] Fields, string Get, string Sent)[] Table =
    [
        ("5.2 a name and a value", Shop, ["a=1"], Shop, "a=1"),
        ("5.2 the value may be empty", Shop, ["a="], Shop, "a="),
        ("5.2 only the first '=' divides", Shop, ["a=b=c=="], Shop, "a=b=c=="),
        ("5.2 blanks around name and value are not theirs", Shop, [" \ta \t= \tb c\t ; Path=/"], Shop, "a=b c"),
        ("5.2 without '=' it is none", Shop, ["a"], Shop, ""),
        ("5.2 without '=' before the first ';' it is none", Shop, ["a; b=c"], Shop, ""),
        ("5.2 without a name it is none", Shop, ["=a"], Shop, ""),
        ("5.2 an empty field is none", Shop, [""], Shop, ""),
        ("5.2 commas do not divide", Shop, ["tz=7200,0; Path=/"], Shop, "tz=7200,0"),
        ("5.2 JSON is a value", Shop, ["p={\"a\":1,\"b\":[2,3]}; Path=/"], Shop, "p={\"a\":1,\"b\":[2,3]}"),
        ("5.2 quotes are part of the value", Shop, ["p=\"a b\"; Path=/"], Shop, "p=\"a b\""),
        ("5.2 quotes do not protect a semicolon", Shop, ["p=\"a;b\""], Shop, "p=\"a"),
        ("5.2 octets beyond ASCII are kept", Shop, ["p=café\uDCE9"], Shop, "p=café\uDCE9"),
        ("5.2 a name with unusual characters", Shop, ["a[b]{c}@d=1"], Shop, "a[b]{c}@d=1"),
        ("5.2 unknown attributes are ignored", Shop, ["sid=abc; Version=1; SameSite=Strict; Priority=High; Partitioned"], Shop, "sid=abc"),
        ("5.2 empty attributes are ignored", Shop, ["a=1;;; ;Path=/;"], "http://shop.example/", "a=1"),
        ("5.2 attribute names are compared without case", Shop, ["a=1; pAtH=/"], "http://shop.example/", "a=1"),
        ("5.2 names are compared with case", Shop, ["a=1", "A=2"], Shop, "a=1; A=2"),
        ("5.2 a control character is refused", Shop, ["a=1\u00012"], Shop, ""),
        ("5.2 a tab within a value is kept", Shop, ["a=1\t2"], Shop, "a=1\t2"),
        ("5.2.1 an Expires that is no date is ignored", Shop, ["a=1; Expires=whenever"], Shop, "a=1"),
        ("5.2.1 Expires=0 is no date", Shop, ["a=1; Expires=0"], Shop, "a=1"),
        ("5.2.1 Expires in the future", Shop, [$"a=1; Expires={Far}"], Shop, "a=1"),
        ("5.2.1 Expires with dashes", Shop, ["a=1; Expires=Wed, 21-Oct-2037 07:28:00 GMT"], Shop, "a=1"),
        ("5.2.1 Expires in the past", Shop, ["a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], Shop, ""),
        ("5.2.1 Expires beyond 2038", Shop, ["a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT"], Shop, "a=1"),
        ("5.2.1 of two the last counts", Shop, [$"a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Expires={Far}"], Shop, "a=1"),
        ("5.2.1 of two the last that is a date counts", Shop, ["a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Expires=later"], Shop, ""),
        ("5.2.2 Max-Age=0 deletes", Shop, ["a=1", "a=; Max-Age=0"], Shop, ""),
        ("5.2.2 a negative Max-Age deletes", Shop, ["a=1", "a=2; Max-Age=-1"], Shop, ""),
        ("5.2.2 a Max-Age that is no number is ignored", Shop, ["a=1; Max-Age=x1", "b=1; Max-Age=1.5", "c=1; Max-Age=", "d=1; Max-Age=-", "e=1; Max-Age=+5"], Shop, "a=1; b=1; c=1; d=1; e=1"),
        ("5.2.2 a Max-Age beyond all counting is for ever", Shop, ["a=1; Max-Age=99999999999999999999999"], Shop, "a=1"),
        ("5.3 Max-Age comes before Expires", Shop, ["a=1; Max-Age=100; Expires=Thu, 01 Jan 1970 00:00:00 GMT", $"b=1; Expires={Far}; Max-Age=0"], Shop, "a=1"),
        ("5.2.3 a leading dot means nothing", Shop, ["a=1; Domain=.shop.example"], "http://sub.shop.example/a/b", "a=1"),
        ("5.2.3 case means nothing", Shop, ["a=1; Domain=SHOP.Example"], Shop, "a=1"),
        ("5.2.3 an empty Domain is ignored", Shop, ["a=1; Domain="], Shop, "a=1"),
        ("5.2.3 an empty Domain does not undo one", Shop, ["a=1; Domain=shop.example; Domain="], "http://sub.shop.example/a/b", "a=1"),
        ("5.2.3 of two the last counts", Shop, ["a=1; Domain=elsewhere.example; Domain=shop.example"], "http://sub.shop.example/a/b", "a=1"),
        ("5.3 without Domain the host alone", Shop, ["a=1"], "http://sub.shop.example/a/b", ""),
        ("5.3 with Domain those below, too", Shop, ["a=1; Domain=shop.example"], "http://x.y.shop.example/a/b", "a=1"),
        ("5.3 with Domain the host itself", Shop, ["a=1; Domain=shop.example"], Shop, "a=1"),
        ("5.3 a Domain above the host", "http://www.shop.example/a/b", ["a=1; Domain=shop.example"], "http://api.shop.example/a/b", "a=1"),
        ("5.3 a Domain below the host is refused", Shop, ["a=1; Domain=www.shop.example"], "http://www.shop.example/a/b", ""),
        ("5.3 a Domain beside the host is refused", Shop, ["a=1; Domain=other.example"], "http://other.example/a/b", ""),
        ("5.1.3 a name that only ends alike is not below", "http://myshop.example/", ["a=1; Domain=shop.example"], "http://shop.example/", ""),
        ("5.3 a whole top-level domain is refused", Shop, ["a=1; Domain=example"], Shop, ""),
        ("5.3 a host that is one has its cookies for itself", "http://localhost/", ["a=1; Domain=localhost"], "http://localhost/", "a=1"),
        ("5.3 … and not for those below", "http://localhost/", ["a=1; Domain=localhost"], "http://sub.localhost/", ""),
        ("5.3 a Domain with a last dot is refused", Shop, ["a=1; Domain=shop.example."], Shop, ""),
        ("5.1.2 a last dot of the host means nothing", "http://shop.example./a/b", ["a=1"], Shop, "a=1"),
        ("5.1.3 an address has cookies", "http://127.0.0.1:8080/", ["a=1"], "http://127.0.0.1:9090/", "a=1"),
        ("5.1.3 an address as Domain is the host", "http://127.0.0.1/", ["a=1; Domain=127.0.0.1"], "http://127.0.0.1/", "a=1"),
        ("5.1.3 nothing is below an address", "http://10.127.0.0.1.example/", ["a=1; Domain=0.0.1"], "http://127.0.0.1/", ""),
        ("5.1.3 the end of an address is no Domain", "http://127.0.0.1/", ["a=1; Domain=0.0.1"], "http://127.0.0.1/", ""),
        ("5.1.3 an IPv6 address has cookies", "http://[::1]/", ["a=1"], "http://[0:0:0:0:0:0:0:1]:81/", "a=1"),
        ("5.1.2 a host beyond ASCII", "http://bücher.example/", ["a=1; Domain=xn--bcher-kva.example"], "http://www.xn--bcher-kva.example/", "a=1"),
        ("5.4 ports do not divide", "http://shop.example:8080/", ["a=1"], "https://shop.example/", "a=1"),
        ("5.1.4 the default path is the URL's up to its last slash", "http://shop.example/a/b/c", ["p=v"], "http://shop.example/a/b/d", "p=v"),
        ("5.1.4 … and not above", "http://shop.example/a/b/c", ["p=v"], "http://shop.example/a/c", ""),
        ("5.1.4 the default path of a file at the top is /", "http://shop.example/a", ["p=v"], "http://shop.example/z", "p=v"),
        ("5.1.4 a query is no part of a path", "http://shop.example/a/b?x=/c/d", ["p=v"], "http://shop.example/a/z?y", "p=v"),
        ("5.2.4 a Path without a slash is the default path", "http://shop.example/a/b", ["p=v; Path=x"], "http://shop.example/a/z", "p=v"),
        ("5.2.4 an empty Path is the default path", "http://shop.example/a/b", ["p=v; Path="], "http://shop.example/a/z", "p=v"),
        ("5.2.4 of two the last counts", Shop, ["p=v; Path=/x; Path=/a"], Shop, "p=v"),
        ("5.1.4 a Path matches itself", Shop, ["p=v; Path=/x"], "http://shop.example/x", "p=v"),
        ("5.1.4 a Path matches what is below it", Shop, ["p=v; Path=/x"], "http://shop.example/x/y", "p=v"),
        ("5.1.4 a Path with a slash matches what is below it", Shop, ["p=v; Path=/x/"], "http://shop.example/x/y", "p=v"),
        ("5.1.4 a Path with a slash does not match itself without", Shop, ["p=v; Path=/x/"], "http://shop.example/x", ""),
        ("5.1.4 a name that only begins alike is not below", Shop, ["p=v; Path=/x"], "http://shop.example/xy", ""),
        ("5.1.4 paths are compared with case", Shop, ["p=v; Path=/X"], "http://shop.example/x", ""),
        ("5.1.4 paths are compared as written", Shop, ["p=v; Path=/%7Ex"], "http://shop.example/~x", ""),
        ("5.4 Secure goes over https", Shop, ["s=1; Secure"], "https://shop.example/a/b", "s=1"),
        ("5.4 Secure does not go over http", Shop, ["s=1; Secure; Path=/"], Shop, ""),
        ("5.2.5 a value of Secure means nothing", Shop, ["s=1; Secure=false"], Shop, ""),
        ("5.2.6 HttpOnly is sent", Shop, ["h=1; HttpOnly"], Shop, "h=1"),
        ("5.3 the same name, domain and path replace", Shop, ["a=1; Path=/", "a=2; Path=/"], Shop, "a=2"),
        ("5.3 another path is another cookie", Shop, ["a=1; Path=/", "a=2; Path=/a"], Shop, "a=2; a=1"),
        ("5.3 another domain is another cookie", "http://www.shop.example/", ["a=1; Domain=shop.example", "a=2"], "http://www.shop.example/", "a=1; a=2"),
        ("5.3 what replaces keeps the place", Shop, ["a=1; Path=/", "b=1; Path=/", "a=2; Path=/"], Shop, "a=2; b=1"),
        ("5.3 what was deleted comes last again", Shop, ["a=1; Path=/", "b=1; Path=/", "a=; Path=/; Max-Age=0", "a=3; Path=/"], Shop, "b=1; a=3"),
        ("5.3 deleting needs the same path", "http://shop.example/a/b", ["a=1; Path=/", "a=; Max-Age=0"], Shop, "a=1"),
        ("5.4 longer paths come first", Shop, ["a=1; Path=/", "b=2; Path=/a/b", "c=3; Path=/a"], Shop, "b=2; c=3; a=1"),
        ("5.4 earlier ones come first among equal paths", Shop, ["z=1; Path=/", "y=2; Path=/", "x=3; Path=/"], Shop, "z=1; y=2; x=3"),
        ("6.1 4096 bytes are taken", Shop, [$"a={new string('x', 4095)}"], Shop, $"a={new string('x', 4095)}"),
        ("6.1 the length is in bytes", Shop, [$"a={new string('é', 2048)}"], Shop, ""),
        ("6.1 attributes do not count", Shop, [$"a={new string('x', 4000)}; X={new string('x', 4000)}"], Shop, $"a={new string('x', 4000)}"),
    ];

    public static TheoryData<string> Rules => [.. Table.Select(t => t.Rule)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Every_rule_holds(string rule)
    {
        var (_, set, fields, get, sent) = Table.Single(t => t.Rule == rule);
        var jar = new CookieJar(TimeProvider.System);
        foreach (var field in fields) jar.Store(RequestUrl.Parse(set)!, field);
        Assert.Equal(sent, jar.HeaderFor(RequestUrl.Parse(get)!));
    }

    [Fact]
    public void The_table_is_long_and_its_rules_are_told_apart()
    {
        Assert.True(Table.Length >= 60, $"{Table.Length} rows");
        Assert.Equal(Table.Length, Table.Select(t => t.Rule).Distinct().Count());
    }

    [Theory]
    [InlineData("Wed, 21 Oct 2037 07:28:00 GMT", "2037-10-21T07:28:00")]
    [InlineData("Wednesday, 21-Oct-37 07:28:00 GMT", "2037-10-21T07:28:00")]
    [InlineData("Wed Oct 21 07:28:00 2037", "2037-10-21T07:28:00")]
    [InlineData("07:28:00 21 oct 2037", "2037-10-21T07:28:00")]
    [InlineData("2037 OCTOBER 21 7:8:9", "2037-10-21T07:08:09")]
    [InlineData("21st Oct 2037 07:28:00GMT+1", "2037-10-21T07:28:00")]
    [InlineData("1 Jan 70 0:0:0", "1970-01-01T00:00:00")]
    [InlineData("1 Jan 69 0:0:0", "2069-01-01T00:00:00")]
    [InlineData("1 Jan 99 0:0:0", "1999-01-01T00:00:00")]
    [InlineData("1 Jan 00 0:0:0", "2000-01-01T00:00:00")]
    [InlineData("1 Jan 1601 0:0:0", "1601-01-01T00:00:00")]
    [InlineData("29 Feb 2024 12:00:00", "2024-02-29T12:00:00")]
    [InlineData("29 Feb 2023 12:00:00", null)]
    [InlineData("31 Apr 2024 12:00:00", null)]
    [InlineData("1 Jan 1600 0:0:0", null)]
    [InlineData("0 Jan 2030 0:0:0", null)]
    [InlineData("32 Jan 2030 0:0:0", null)]
    [InlineData("1 Jan 2030 24:00:00", null)]
    [InlineData("1 Jan 2030 23:60:00", null)]
    [InlineData("1 Jan 2030 23:59:60", null)]
    [InlineData("1 Jan 2030 23:59", null)]
    [InlineData("1 Jan 20301 0:0:0", null)]
    [InlineData("1 Foo 2030 0:0:0", null)]
    [InlineData("1 Jan 2030", null)]
    [InlineData("Jan 2030 0:0:0", null)]
    [InlineData("0", null)]
    [InlineData("", null)]
    public void Dates_are_read_by_the_algorithm_of_5_1_1(string text, string? expected) =>
        Assert.Equal(expected, CookieDate.TryParse(text, out var date) ? date.ToString("s", System.Globalization.CultureInfo.InvariantCulture) : null);

    [Fact]
    public void Cookies_expire_while_they_are_kept()
    {
        var time = new ManualTimeProvider();
        var jar = new CookieJar(time);
        var url = RequestUrl.Parse(Shop)!;
        jar.Store(url, "short=1; Max-Age=10");
        jar.Store(url, "long=1; Max-Age=100");
        jar.Store(url, "session=1");
        Assert.Equal("short=1; long=1; session=1", jar.HeaderFor(url));
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal("short=1; long=1; session=1", jar.HeaderFor(url));
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("long=1; session=1", jar.HeaderFor(url));
        jar.Store(url, "short=again; Max-Age=10");
        time.Advance(TimeSpan.FromDays(3650));
        Assert.Equal("session=1", jar.HeaderFor(url));
        jar.Clear();
        Assert.Equal("", jar.HeaderFor(url));
    }

    [Fact]
    public void Of_a_domain_that_has_too_many_the_one_goes_that_was_not_used_for_the_longest_time()
    {
        var jar = new CookieJar(TimeProvider.System);
        var (url, other) = (RequestUrl.Parse(Shop)!, RequestUrl.Parse("http://other.example/")!);
        jar.Store(other, "stays=1");
        for (var i = 0; i < CookieJar.MostOfDomain; i++) Assert.Null(jar.Store(url, $"c{i}=1; Path=/{(i == 0 ? "used" : "")}"));
        jar.HeaderFor(RequestUrl.Parse("http://shop.example/used")!);
        jar.Store(url, "c1=2; Path=/");
        var said = jar.Store(url, "one-more=1");
        Assert.Contains("is dropped: the host shop.example has set more than 180", said);
        Assert.Equal(CookieJar.MostOfDomain + 1, jar.Count);
        Assert.Equal("stays=1", jar.HeaderFor(other));
        Assert.Contains("one-more=1", jar.HeaderFor(url));
        Assert.Contains("c1=2", jar.HeaderFor(url));
    }

    [Fact]
    public void There_is_a_limit_for_all_domains_together()
    {
        var jar = new CookieJar(TimeProvider.System);
        for (var i = 0; i < CookieJar.Most; i++) Assert.Null(jar.Store(RequestUrl.Parse($"http://h{i / 100}.example/")!, $"c{i}=1"));
        Assert.Contains("'c0' is dropped", jar.Store(RequestUrl.Parse("http://new.example/")!, "new=1"));
        Assert.Equal(CookieJar.Most, jar.Count);
        Assert.Equal("new=1", jar.HeaderFor(RequestUrl.Parse("http://new.example/")!));
    }

    [Theory]
    [InlineData("secret-value", "a cookie is refused: it has no '='")]
    [InlineData("=secret-value", "a cookie is refused: it has no name")]
    [InlineData("a=secret-value; Domain=other.example", "the cookie 'a' is refused: its Domain other.example is neither the host shop.example nor above it")]
    [InlineData("a=secret-value; Domain=example", "the cookie 'a' is refused: its Domain example is a whole top-level domain")]
    [InlineData("a=secret\u0007value", "the cookie 'a' is refused: it has a control character in it")]
    public void A_refusal_has_a_cause_and_no_value(string field, string expected)
    {
        var said = new CookieJar(TimeProvider.System).Store(RequestUrl.Parse(Shop)!, field);
        Assert.Equal(expected, said);
        Assert.DoesNotContain("secret", said);
    }

    [Fact]
    public void A_cookie_that_is_too_long_says_how_long()
    {
        var said = new CookieJar(TimeProvider.System).Store(RequestUrl.Parse(Shop)!, $"{new string('n', 100)}={new string('x', 5000)}");
        Assert.Equal($"the cookie '{new string('n', 60)}…' is refused: name and value are 5100 bytes, and browsers take 4096", said);
    }

    [Fact]
    public void No_field_whatever_makes_it_throw()
    {
        var random = new Random(6265);
        const string Parts = "a=; \t,\"=\u00e9\uDCFFPathDomainMax-AgeExpires./0123456789-:Jan";
        var jar = new CookieJar(TimeProvider.System);
        for (var i = 0; i < 20_000; i++)
        {
            jar.Store(RequestUrl.Parse("http://a.b.example/x/y")!, new string([.. Enumerable.Range(0, random.Next(60)).Select(_ => Parts[random.Next(Parts.Length)])]));
        }

        Assert.InRange(jar.Count, 1, CookieJar.MostOfDomain);
        Assert.DoesNotContain('\r', jar.HeaderFor(RequestUrl.Parse("http://a.b.example/x/y")!));
    }
}
