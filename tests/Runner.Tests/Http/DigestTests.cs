using LoadTesting.Runner.Http;
using LoadTesting.Runner.Tests.Engine;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>Digest authentication: the RFCs' own examples, and a server that asks for it.</summary>
public sealed class DigestTests
{
    private static readonly DigestCredentials Mufasa = new("Mufasa", "Circle of Life");

    public static TheoryData<string, string, string, string> Examples => new()
    {
        // RFC 7616, 3.9.1; RFC 2617, 3.5.
        { "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=MD5, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"", "Circle of Life", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "8ca523f5e9506fed4657c9700eebdbec" },
        { "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"", "Circle of Life", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" },
        { "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"", "Circle Of Life", "0a4f113b", "6629fae49393a05397450978507c4ef1" },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_examples_of_the_RFCs_come_out(string challenge, string password, string clientNonce, string response)
    {
        var answer = DigestAuthentication.Answer([challenge], Mufasa with { Password = password }, "GET", "/dir/index.html", clientNonce)!;

        Assert.StartsWith("Digest username=\"Mufasa\", realm=", answer, StringComparison.Ordinal);
        Assert.Contains($"response=\"{response}\"", answer, StringComparison.Ordinal);
        Assert.Contains("nc=00000001, ", answer, StringComparison.Ordinal);
        Assert.Contains("opaque=", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Basic realm=\"a\"", null)]
    [InlineData("Digest realm=\"a\", nonce=\"n\", qop=\"auth-int\"", null)]
    [InlineData("Digest realm=\"a\", nonce=\"n\", algorithm=SHA-512-256, qop=auth", null)]
    [InlineData("Digest nonce=\"n\", qop=auth", null)]
    [InlineData("Digest", null)]
    [InlineData("", null)]
    [InlineData("=,=\",\\", null)]
    [InlineData("Negotiate, Basic realm=\"x, Digest y\", Digest realm=\"r\\\"s\", nonce=\"n\", qop=\"auth\"", "realm=\"r\\\"s\"")]
    [InlineData("Digest realm=\"a\", nonce=\"n\", algorithm=SHA-512-256, qop=auth, Digest realm=\"b\", nonce=\"m\", algorithm=SHA-256, qop=auth, Digest realm=\"c\", nonce=\"o\", algorithm=MD5, qop=auth", "realm=\"b\"")]
    [InlineData("digest REALM=a, NONCE = n", "realm=\"a\", uri=\"/x\", nonce=\"n\", response=")]
    [InlineData("Digest realm=\"a\", nonce=\"n\", userhash=true, qop=auth", "userhash=true")]
    public void Of_what_a_server_offers_the_first_that_is_understood_is_answered(string challenge, string? part)
    {
        var answer = DigestAuthentication.Answer([challenge], Mufasa, "GET", "/x", "c");

        if (part is null) Assert.Null(answer);
        else Assert.Contains(part, answer, StringComparison.Ordinal);
        Assert.Equal(part?.Contains("userhash", StringComparison.Ordinal) == true, answer?.Contains("Mufasa", StringComparison.Ordinal) == false);
    }

    [Fact]
    public async Task A_request_is_sent_twice_the_challenge_is_expected_and_redirects_are_challenged_anew()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = YamlRun.OnceThrough(server.Url, """
                  - request: {name: in, method: POST, url: /digest, body: "a=1", auth: {digest: {username: "${'Mufasa'}", password: Circle of Life}}, checks: {is in: status == 200 && body == 'in'}}
                  - request: {name: out, url: /digest, auth: {digest: {username: Mufasa, password: wrong}}, checks: {is out: status == 401}}
                  - request: {name: way, url: "/to/302?where=/digest", auth: {digest: {username: Mufasa, password: Circle of Life}}, checks: {is in: status == 200}}
            """);
        await run.RunAsync();

        Assert.Equal((3, 3), (run.Rate("checks")!.Trues, run.Rate("checks")!.Total));
        Assert.Equal((2, 2, 3), (run.Count("http_reqs", ("name", "in")), run.Count("http_reqs", ("name", "out")), run.Count("http_reqs", ("name", "way"))));
        Assert.Equal(["a=1", "a=1"], server.Seen.Where(s => s is { Method: "POST", Path: "/digest" }).Select(s => s.Body));
        Assert.Equal((0, 1, 0), (run.Rate("http_req_failed", ("name", "in"))!.Trues, run.Rate("http_req_failed", ("name", "out"))!.Trues, run.Rate("http_req_failed", ("name", "way"))!.Trues));
    }
}
