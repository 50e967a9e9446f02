using System.Security.Cryptography.X509Certificates;
using System.Text;
using LoadTesting.Operator.Admission;

namespace LoadTesting.Operator.Tests.Admission;

public sealed class TrustBundleTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_certificate_is_its_own_anchor_for_its_names_and_no_authority()
    {
        using var certificate = WebhookCertificate.Create(["operator.loadtest-system.svc", "127.0.0.1"], Now);
        Assert.True(certificate.HasPrivateKey);
        Assert.True(certificate.MatchesHostname("operator.loadtest-system.svc"));
        Assert.True(certificate.MatchesHostname("127.0.0.1"));
        Assert.False(certificate.MatchesHostname("other.loadtest-system.svc"));
        Assert.False(certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.Equal(Now.UtcDateTime + WebhookCertificate.Lifetime, certificate.NotAfter.ToUniversalTime());
        Assert.True(WebhookCertificate.RenewAfter < WebhookCertificate.Lifetime / 2 * 1.5);

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = Now.UtcDateTime;
        Assert.True(chain.Build(certificate), string.Join("; ", chain.ChainStatus.Select(s => s.StatusInformation)));
    }

    [Fact]
    public void Certificates_of_all_replicas_stand_side_by_side_and_adding_twice_changes_nothing()
    {
        using var a = WebhookCertificate.Create(["a"], Now);
        using var b = WebhookCertificate.Create(["a"], Now);
        var bundle = TrustBundle.With([], a, Now);
        Assert.True(TrustBundle.Has(bundle, a));
        Assert.False(TrustBundle.Has(bundle, b));

        var both = TrustBundle.With(bundle, b, Now);
        Assert.True(TrustBundle.Has(both, a) && TrustBundle.Has(both, b));
        Assert.Equal(both, TrustBundle.With(both, a, Now));
        // In either order it is the same text, so that two replicas do not write in turns.
        Assert.Equal(both, TrustBundle.With(TrustBundle.With([], b, Now), a, Now));
        Assert.DoesNotContain("PRIVATE", Encoding.ASCII.GetString(both), StringComparison.Ordinal);
    }

    [Fact]
    public void Expired_and_unreadable_ones_go_and_a_restarting_process_cannot_fill_the_object()
    {
        using var old = WebhookCertificate.Create(["a"], Now - WebhookCertificate.Lifetime - TimeSpan.FromSeconds(1));
        using var live = WebhookCertificate.Create(["a"], Now);
        var bundle = TrustBundle.With([], old, Now - TimeSpan.FromDays(1));
        byte[] garbage = [.. "nonsense\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"u8, .. bundle];
        var mended = TrustBundle.With(garbage, live, Now);
        Assert.Equal(TrustBundle.With([], live, Now), mended);

        for (var i = 1; i <= TrustBundle.Limit + 5; i++)
        {
            using var next = WebhookCertificate.Create(["a"], Now + TimeSpan.FromMinutes(i));
            mended = TrustBundle.With(mended, next, Now);
            Assert.True(TrustBundle.Has(mended, next));
        }

        Assert.Equal(TrustBundle.Limit, Encoding.ASCII.GetString(mended).Split("BEGIN CERTIFICATE").Length - 1);
    }
}
