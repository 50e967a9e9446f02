using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Runner.Http;

/// <summary>Certificates and trust of a test, read from their files once and shared by all connections.</summary>
public sealed class TlsMaterial
{
    /// <summary>The system's authorities, no client certificate.</summary>
    public static readonly TlsMaterial System = new(new TlsSpec(), null, null);

    private readonly X509Certificate2Collection? _authorities;
    private readonly SslStreamCertificateContext? _identity;

    private TlsMaterial(TlsSpec spec, X509Certificate2Collection? authorities, SslStreamCertificateContext? identity)
    {
        (IsInsecure, ServerName) = (spec.InsecureSkipVerify, spec.ServerName);
        (_authorities, _identity) = (authorities, identity);
    }

    /// <summary>Whether any certificate is accepted.</summary>
    public bool IsInsecure { get; }

    /// <summary>Name for SNI and verification instead of the URL's host; null = the URL's host.</summary>
    public string? ServerName { get; }

    /// <summary>Reads the files; what cannot be read or parsed is a problem at its field.</summary>
    /// <param name="spec">What to read.</param>
    /// <param name="path">Field path of <paramref name="spec"/>, for problems.</param>
    /// <param name="problems">Where problems go.</param>
    /// <param name="folder">What relative paths are relative to; null = the current folder.</param>
    /// <returns>The material; the system's when there are problems.</returns>
    public static TlsMaterial Load(TlsSpec spec, string path, ICollection<Problem> problems, string? folder = null) =>
        spec.CaFile is null && spec.CertFile is null ? new TlsMaterial(spec, null, null) : Read(spec, path, problems, folder ?? Environment.CurrentDirectory);

    // Apart: the platform's TLS and cryptography, megabytes of them, are loaded by whoever calls this, and most tests never do.
    private static TlsMaterial Read(TlsSpec spec, string path, ICollection<Problem> problems, string folder)
    {
        var before = problems.Count;
        X509Certificate2Collection? authorities = null;
        if (spec.CaFile is { } caFile)
        {
            Try($"{path}.caFile", caFile, "certificates in PEM", problems, () => (authorities = []).ImportFromPemFile(Path.Combine(folder, caFile)));
            if (authorities is { Count: 0 } && problems.Count == before)
            {
                problems.Add(new Problem($"{path}.caFile", "tls-file", "the file has no certificate in it; PEM blocks are expected") { Value = caFile });
            }
        }

        SslStreamCertificateContext? identity = null;
        if (spec.CertFile is { } certFile)
        {
            Try($"{path}.certFile", certFile, "a certificate in PEM with its key", problems, () => identity = Identity(Path.Combine(folder, certFile), Path.Combine(folder, spec.KeyFile ?? certFile)));
        }

        return problems.Count > before ? System : new TlsMaterial(spec, authorities, identity);
    }

    /// <summary>Options for one handshake.</summary>
    /// <param name="host">The URL's host.</param>
    /// <param name="http2">Whether to offer HTTP/2.</param>
    /// <param name="verdict">Told what is wrong with the peer's certificate.</param>
    internal SslClientAuthenticationOptions Options(string host, bool http2, Action<SslPolicyErrors, X509Chain?> verdict)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = ServerName ?? host,
            ApplicationProtocols = http2 ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] : [SslApplicationProtocol.Http11],
            // Virtual users are strangers to each other: a session that one resumes from another would make handshakes cheaper than real ones.
            AllowTlsResume = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            ClientCertificateContext = _identity,
            RemoteCertificateValidationCallback = (_, _, chain, errors) =>
            {
                if (errors == SslPolicyErrors.None || IsInsecure) return true;
                verdict(errors, chain);
                return false;
            },
        };
        // A server has to send its intermediates: fetching them would make a handshake wait for somebody else's server, as no Go client does.
        options.CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (_authorities is not null)
        {
            options.CertificateChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            options.CertificateChainPolicy.CustomTrustStore.AddRange(_authorities);
        }

        return options;
    }

    private static SslStreamCertificateContext Identity(string certFile, string keyFile)
    {
        using var pem = X509Certificate2.CreateFromPemFile(certFile, keyFile);
        // Through PKCS#12, because some platforms' TLS cannot use keys that live in memory only.
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certFile);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    private static void Try(string path, string file, string wanted, ICollection<Problem> problems, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            problems.Add(new Problem(path, "tls-file", $"cannot be read as {wanted}: {e.Message}") { Value = file });
        }
    }
}
