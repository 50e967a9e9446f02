using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LoadTesting.Operator.Collection;

/// <summary>
/// Whom the operator takes for a runner: who proves in the TLS handshake that it has the key of the run. No authority, no name and no date of a certificate
/// counts, so nothing outside of the operator's own key can vouch for a runner.
/// </summary>
internal static class RunnerTrust
{
    private const string Suffix = ".runner.loadtest.invalid";

    /// <summary>The name under which a run's agents are spoken to. It is resolved nowhere (RFC 2606, <c>.invalid</c>): addresses are those of Pods.</summary>
    public static string HostOf(string runUid) => runUid + Suffix;

    /// <summary>TLS options of the client.</summary>
    /// <param name="publicKeyOf">The public key of a run's uid, as SubjectPublicKeyInfo; null trusts nobody.</param>
    public static SslClientAuthenticationOptions Options(Func<string, byte[]>? publicKeyOf) => new()
    {
        RemoteCertificateValidationCallback = (sender, certificate, _, _) => publicKeyOf is not null && sender is SslStream { TargetHostName: { } host }
            && RunOf(host) is { } run && certificate is X509Certificate2 shown && Has(shown, publicKeyOf(run)),
        // The chain is built before the callback is asked: it must not fetch anything that the certificate names.
        CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
        AllowRenegotiation = false,
    };

    /// <summary>The uid in a name of <see cref="HostOf"/>; null for any other name.</summary>
    internal static string? RunOf(string host) => host.Length > Suffix.Length && host.EndsWith(Suffix, StringComparison.Ordinal) ? host[..^Suffix.Length] : null;

    private static bool Has(X509Certificate2 certificate, byte[] publicKey)
    {
        try
        {
            return CryptographicOperations.FixedTimeEquals(certificate.PublicKey.ExportSubjectPublicKeyInfo(), publicKey);
        }
        catch (CryptographicException)
        {
            // A key that this platform cannot write down is not ours.
            return false;
        }
    }
}
