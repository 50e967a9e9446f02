using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LoadTesting.Operator.Admission;

/// <summary>Makes the webhook's own certificates.</summary>
internal static class WebhookCertificate
{
    /// <summary>How long one is valid. Short, because those of ended processes stay in the bundle that long.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromDays(7);

    /// <summary>Age at which the next one is made: two thirds of the lifetime, which leaves days for whatever goes wrong.</summary>
    public static TimeSpan RenewAfter { get; } = Lifetime * 2 / 3;

    // For API servers whose clocks are behind.
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    /// <summary>
    /// A new key (P-256) and its self-signed certificate. It is its own trust anchor and no authority: its key, which exists in this process's memory only,
    /// can vouch for no other name.
    /// </summary>
    /// <param name="names">DNS names and addresses by which the API server calls the webhook.</param>
    /// <param name="now">The wall clock.</param>
    public static X509Certificate2 Create(IReadOnlyList<string> names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=loadtest-operator-webhook", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        return request.CreateSelfSigned(now - Backdated, now + Lifetime);
    }
}
