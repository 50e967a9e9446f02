using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.Runner.Http;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>Trust, identity and timing of TLS, with an authority made by the test.</summary>
public abstract class TlsTests(SenderKind kind) : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly TestCertificates _authority = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("loadtest-tls-").FullName;

    [Fact]
    public async Task A_certificate_of_the_given_authority_is_trusted_and_the_handshake_is_timed_once()
    {
        await using var server = RawHttpServer.Answering(Ok, Server(_authority.Issue("127.0.0.1")));
        await using var fixture = Fixture(new HttpSettings { Tls = Material(new TlsSpec { CaFile = File("ca.pem", _authority.AuthorityPem) }) });
        var first = await fixture.GetAsync(server.Url);
        Assert.Equal((200, true), (first.Status, first.TlsVersion is "tls1.2" or "tls1.3"));
        Assert.True(first.Timings.TlsHandshaking > 0 && first.Timings.Blocked >= first.Timings.Connecting + first.Timings.TlsHandshaking, first.Timings.ToString());
        Assert.Equal(0, (await fixture.GetAsync(server.Url)).Timings.TlsHandshaking);
        Assert.Equal(1, server.Accepted);
    }

    [Fact]
    public async Task Octets_of_TLS_itself_are_counted()
    {
        await using var server = RawHttpServer.Answering(Ok, Server(_authority.Issue("127.0.0.1")));
        await using var fixture = Fixture(new HttpSettings { Tls = Material(new TlsSpec { InsecureSkipVerify = true }) });
        await fixture.GetAsync(server.Url);
        var bytes = fixture.Sender.TakeTransferred();
        Assert.True(bytes.Received > 400 && bytes.Sent > 200, bytes.ToString());
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, null, null, "tls1.2")]
    [InlineData(SslProtocols.Tls12 | SslProtocols.Tls13, null, "tls1.2", "tls1.2")]
    [InlineData(SslProtocols.Tls12 | SslProtocols.Tls13, "tls1.3", null, "tls1.3")]
    [InlineData(SslProtocols.Tls12 | SslProtocols.Tls13, "tls1.2", "tls1.3", "tls1.3")]
    [InlineData(SslProtocols.Tls12, "tls1.3", null, "")]
    [InlineData(SslProtocols.Tls13, null, "tls1.2", "")]
    public async Task Versions_are_as_chosen(SslProtocols offered, string? min, string? max, string spoken)
    {
        var options = Server(_authority.Issue("127.0.0.1"));
        options.EnabledSslProtocols = offered;
        await using var server = RawHttpServer.Answering(Ok, options);
        await using var fixture = Fixture(new HttpSettings { Tls = Material(new TlsSpec { InsecureSkipVerify = true, MinVersion = min, MaxVersion = max }) });
        var exchange = await fixture.GetAsync(server.Url);
        Assert.Equal((spoken, spoken.Length > 0), (exchange.TlsVersion, exchange.Outcome == ExchangeOutcome.Response));
        if (spoken.Length == 0) Assert.Equal(TransportError.Tls, exchange.Error);
    }

    [Theory]
    [InlineData(true, "tls1.2")]
    [InlineData(false, "")]
    public async Task Cipher_suites_are_as_chosen(bool isCommon, string spoken)
    {
        var options = Server(_authority.Issue("127.0.0.1"));
        options.EnabledSslProtocols = SslProtocols.Tls12;
#pragma warning disable CA1416 // the senders' tests run on Linux
        options.CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]);
#pragma warning restore CA1416
        await using var server = RawHttpServer.Answering(Ok, options);
        var bits = isCommon ? "256_GCM_SHA384" : "128_GCM_SHA256";
        var suites = new TlsSpec { InsecureSkipVerify = true, CipherSuites = [$"TLS_ECDHE_ECDSA_WITH_AES_{bits}", $"TLS_ECDHE_RSA_WITH_AES_{bits}"] };
        await using var fixture = Fixture(new HttpSettings { Tls = Material(suites) });
        Assert.Equal(spoken, (await fixture.GetAsync(server.Url)).TlsVersion);
    }

    [Fact]
    public async Task Chosen_suites_leave_TLS_1_3_what_it_has()
    {
        await using var server = RawHttpServer.Answering(Ok, Server(_authority.Issue("127.0.0.1")));
        await using var fixture = Fixture(new HttpSettings { Tls = Material(new TlsSpec { InsecureSkipVerify = true, CipherSuites = ["TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305"] }) });
        Assert.Equal("tls1.3", (await fixture.GetAsync(server.Url)).TlsVersion);
    }

    [Fact]
    public async Task An_unknown_authority_is_refused_with_its_code()
    {
        await using var server = RawHttpServer.Answering(Ok, Server(_authority.Issue("127.0.0.1")));
        await using var fixture = Fixture();
        var exchange = await fixture.GetAsync(server.Url);
        Assert.Equal((ExchangeOutcome.Failed, 0, TransportError.UnknownAuthority), (exchange.Outcome, exchange.Status, exchange.Error));
        Assert.Equal(default, exchange.Timings);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_certificate_for_other_names_is_refused_with_its_code_unless_the_name_is_given()
    {
        await using var server = RawHttpServer.Answering(Ok, Server(_authority.Issue("shop.example")));
        var ca = File("ca.pem", _authority.AuthorityPem);
        await using var without = Fixture(new HttpSettings { Tls = Material(new TlsSpec { CaFile = ca }) });
        Assert.Equal(TransportError.HostNameMismatch, (await without.GetAsync(server.Url)).Error);
        await using var with = Fixture(new HttpSettings { Tls = Material(new TlsSpec { CaFile = ca, ServerName = "shop.example" }) });
        Assert.Equal(200, (await with.GetAsync(server.Url)).Status);
    }

    [Fact]
    public async Task Anything_is_accepted_when_told_so()
    {
        await using var server = RawHttpServer.Answering(Ok, Server(_authority.Issue("somebody.else")));
        await using var fixture = Fixture(new HttpSettings { Tls = Material(new TlsSpec { InsecureSkipVerify = true }) });
        Assert.Equal(200, (await fixture.GetAsync(server.Url)).Status);
    }

    [Fact]
    public async Task A_client_certificate_is_shown_to_a_server_that_asks()
    {
        using var client = _authority.Issue("runner");
        var shown = "";
        var options = Server(_authority.Issue("127.0.0.1"));
        options.ClientCertificateRequired = true;
        options.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            shown = certificate?.Subject ?? "";
            return certificate is not null;
        };
        await using var server = RawHttpServer.Answering(Ok, options);
        var tls = Material(new TlsSpec
        {
            InsecureSkipVerify = true,
            CertFile = File("client.pem", client.ExportCertificatePem()),
            KeyFile = File("client.key", client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()),
        });
        await using var fixture = Fixture(new HttpSettings { Tls = tls });
        Assert.Equal(200, (await fixture.GetAsync(server.Url)).Status);
        Assert.Equal("CN=runner", shown);
    }

    [Fact]
    public async Task A_server_that_speaks_no_TLS_has_its_own_code()
    {
        await using var server = RawHttpServer.Start(c => c.WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
        await using var fixture = Fixture();
        var exchange = await fixture.GetAsync(new Uri($"https://127.0.0.1:{server.Port}/"));
        Assert.Equal((ExchangeOutcome.Failed, TransportError.TlsRecordHeader), (exchange.Outcome, exchange.Error));
    }

    [Fact]
    public async Task HTTP2_is_spoken_when_asked_for_and_offered_only_then()
    {
        await using var server = await KestrelServer.StartAsync(_authority.Issue("127.0.0.1"));
        await using var two = Fixture(new HttpSettings { Http2 = true, Tls = Material(new TlsSpec { InsecureSkipVerify = true }) });
        for (var i = 0; i < 3; i++)
        {
            var exchange = await two.GetAsync(new Uri(server.Url, "/hello"));
            Assert.Equal((200, "HTTP/2.0"), (exchange.Status, exchange.Protocol));
            Assert.True(exchange.Timings.Duration > 0, exchange.Timings.ToString());
        }

        await using var one = Fixture(new HttpSettings { Tls = Material(new TlsSpec { InsecureSkipVerify = true }) });
        Assert.Equal("HTTP/1.1", (await one.GetAsync(new Uri(server.Url, "/hello"))).Protocol);
    }

    [Theory]
    [InlineData("no-such-file.pem", null, "spec.http.tls.caFile")]
    [InlineData("", null, "spec.http.tls.caFile")]
    [InlineData(null, "this is no certificate", "spec.http.tls.certFile")]
    public void Files_that_cannot_be_used_are_problems(string? ca, string? cert, string path)
    {
        var problems = new List<Problem>();
        var spec = new TlsSpec { CaFile = ca?.Length == 0 ? File("empty.pem", "") : ca, CertFile = cert is null ? null : File("bad.pem", cert) };
        TlsMaterial.Load(spec, "spec.http.tls", problems);
        Assert.Equal(path, Assert.Single(problems).Path);
    }

    [Fact]
    public void Relative_paths_are_found_beside_the_manifest_and_absolute_ones_where_they_are()
    {
        using var leaf = _authority.Issue("localhost");
        File("ca.pem", _authority.AuthorityPem);
        File("cert.pem", leaf.ExportCertificatePem());
        File("key.pem", leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        foreach (var at in new Func<string, string>[] { name => name, name => Path.Combine(_folder, name), name => Path.Combine("..", Path.GetFileName(_folder), name) })
        {
            var problems = new List<Problem>();
            TlsMaterial.Load(new TlsSpec { CaFile = at("ca.pem"), CertFile = at("cert.pem"), KeyFile = at("key.pem") }, "spec.http.tls", problems, _folder);
            Assert.Empty(problems);
        }
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private SenderFixture Fixture(HttpSettings? settings = null) => new(kind, settings);

    private static SslServerAuthenticationOptions Server(X509Certificate2 certificate) => new() { ServerCertificate = certificate };

    private static TlsMaterial Material(TlsSpec spec)
    {
        var problems = new List<Problem>();
        var material = TlsMaterial.Load(spec, "tls", problems);
        Assert.Empty(problems);
        return material;
    }

    private string File(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }
}
