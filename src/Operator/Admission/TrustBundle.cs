using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace LoadTesting.Operator.Admission;

/// <summary>The <c>caBundle</c> of a webhook: the certificates of all replicas that may answer, in PEM.</summary>
internal static class TrustBundle
{
    /// <summary>Most certificates kept; a process that restarts all day must not fill the object. A live one that falls out is added again by its owner.</summary>
    public const int Limit = 32;

    /// <summary>The bundle with one more certificate and without expired and unreadable ones; the newest come first.</summary>
    /// <param name="bundle">PEM as it stands; may be empty or not PEM at all.</param>
    /// <param name="mine">The certificate to trust.</param>
    /// <param name="now">The wall clock.</param>
    public static byte[] With(byte[] bundle, X509Certificate2 mine, DateTimeOffset now)
    {
        var kept = Read(bundle).Append(X509CertificateLoader.LoadCertificate(mine.RawData))
            .Where(c => c.NotAfter.ToUniversalTime() > now.UtcDateTime)
            .DistinctBy(c => c.Thumbprint)
            .OrderByDescending(c => c.NotBefore).ThenBy(c => c.Thumbprint, StringComparer.Ordinal)
            .Take(Limit);
        return Encoding.ASCII.GetBytes(string.Join('\n', kept.Select(c => c.ExportCertificatePem())) + "\n");
    }

    /// <summary>Whether a bundle has the certificate.</summary>
    public static bool Has(byte[] bundle, X509Certificate2 certificate) => Read(bundle).Any(c => c.RawData.AsSpan().SequenceEqual(certificate.RawData));

    private static List<X509Certificate2> Read(byte[] bundle)
    {
        var found = new List<X509Certificate2>();
        var rest = Encoding.ASCII.GetString(bundle).AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (rest[fields.Label] is "CERTIFICATE" && Load(Convert.FromBase64String(rest[fields.Base64Data].ToString())) is { } certificate)
            {
                found.Add(certificate);
            }

            rest = rest[fields.Location.End..];
        }

        return found;
    }

    /// <summary>Null for what only looks like a certificate: the API server could not use it either.</summary>
    private static X509Certificate2? Load(byte[] der)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(der);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
