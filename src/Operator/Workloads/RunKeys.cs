using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace LoadTesting.Operator.Workloads;

/// <summary>
/// What proves operator and runners of one run to each other: a bearer token, which the agent wants to see, and a key pair, which the agent's TLS answers
/// with. Both follow from the operator's key and the run's uid, so that whichever process leads knows them without ever reading a Secret of a user's
/// namespace; the runners get them as a Secret through the kubelet.
/// </summary>
/// <remarks>
/// The token is HMAC-SHA-256 of <c>loadtest-run/UID</c>. The private key of P-256 is <c>(c mod (n − 1)) + 1</c>, where c is HMAC-SHA-512 of
/// <c>loadtest-run-tls/UID</c> read as a big-endian number and n is the order of the curve: the method of FIPS 186-5, A.2.1 (extra random bits), with 256
/// bits more than n has, where 64 are asked for.
/// </remarks>
public sealed class RunKeys
{
    /// <summary>Length of a key in bytes.</summary>
    public const int KeyLength = 32;

    // The order of P-256 (FIPS 186-5, SP 800-186 section 3.2.1.3).
    private static readonly BigInteger Order = new(Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"), isUnsigned: true, isBigEndian: true);

    // A key pair lives as long as its run; the certificate around it names nobody and says nothing. RFC 5280, 4.1.2.5: no well-defined expiration.
    private static readonly DateTimeOffset NotBefore = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset NotAfter = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    private readonly byte[] _key;

    /// <param name="key">The operator's key, <see cref="KeyLength"/> bytes, the same for all its processes.</param>
    public RunKeys(byte[] key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength);
        _key = key;
    }

    /// <summary>The token of a run: 64 hexadecimal digits.</summary>
    public string TokenOf(string runUid) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"loadtest-run/{runUid}")));

    /// <summary>The public key that a run's agents answer with, as SubjectPublicKeyInfo in DER.</summary>
    public byte[] PublicKeyOf(string runUid)
    {
        using var pair = PairOf(runUid);
        return pair.ExportSubjectPublicKeyInfo();
    }

    /// <summary>The certificate with the key pair of a run, both in PEM. Nobody checks it but for its public key.</summary>
    public (string Certificate, string PrivateKey) CertificateOf(string runUid)
    {
        using var pair = PairOf(runUid);
        var request = new CertificateRequest("CN=loadtest-runner", pair, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using var certificate = request.CreateSelfSigned(NotBefore, NotAfter);
        return (certificate.ExportCertificatePem(), pair.ExportPkcs8PrivateKeyPem());
    }

    private ECDsa PairOf(string runUid)
    {
        var wide = HMACSHA512.HashData(_key, Encoding.UTF8.GetBytes($"loadtest-run-tls/{runUid}"));
        var scalar = (new BigInteger(wide, isUnsigned: true, isBigEndian: true) % (Order - 1)) + 1;
        var secret = new byte[32];
        var bytes = scalar.ToByteArray(isUnsigned: true, isBigEndian: true);
        bytes.CopyTo(secret, secret.Length - bytes.Length);
        return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = secret });
    }
}
