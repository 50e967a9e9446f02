using System.Net.Security;
using System.Security.Authentication;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.Runner.Http;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Http.Carriers;

/// <summary>What exchanges go over.</summary>
public enum Carrier
{
    Clear,
    Tls12,
    Tls13,
    Http2,
    Http2Clear,
}

internal static class Carriers
{
    private static readonly Lazy<SslStreamCertificateContext> Identity = new(() => SslStreamCertificateContext.Create(new TestCertificates().Issue("127.0.0.1"), null, offline: true));

    public static bool IsTls(this Carrier carrier) => carrier is Carrier.Tls12 or Carrier.Tls13 or Carrier.Http2;

    public static bool IsTwo(this Carrier carrier) => carrier is Carrier.Http2 or Carrier.Http2Clear;

    public static HttpSettings Settings(this Carrier carrier, Duration connectTimeout) => new()
    {
        Http2 = carrier == Carrier.Http2,
        H2c = carrier == Carrier.Http2Clear,
        ConnectTimeout = connectTimeout,
        Tls = carrier.IsTls() ? TlsMaterial.Load(new TlsSpec { InsecureSkipVerify = true }, "tls", new List<Problem>()) : TlsMaterial.System,
    };

    public static SslServerAuthenticationOptions Server(this Carrier carrier) => new()
    {
        ServerCertificateContext = Identity.Value,
        EnabledSslProtocols = carrier == Carrier.Tls12 ? SslProtocols.Tls12 : SslProtocols.Tls13,
        ApplicationProtocols = [carrier == Carrier.Http2 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11],
    };
}
