using System.Net.Security;
using System.Security.Authentication;
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
    private readonly TlsSpec _spec;
    private CipherSuitesPolicy? _suites;

    private TlsMaterial(TlsSpec spec, X509Certificate2Collection? authorities, SslStreamCertificateContext? identity)
    {
        (IsInsecure, ServerName, _spec) = (spec.InsecureSkipVerify, spec.ServerName, spec);
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
        spec.CaFile is null && spec.CertFile is null && spec.CipherSuites.Count == 0 ? new TlsMaterial(spec, null, null) : Read(spec, path, problems, folder ?? Environment.CurrentDirectory);

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

        if (spec.CipherSuites.Count > 0)
        {
            try
            {
                Suites(spec);
            }
            catch (PlatformNotSupportedException)
            {
                problems.Add(new Problem($"{path}.cipherSuites", "tls", "this system lets nobody choose cipher suites; Linux and macOS do"));
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
        options.EnabledSslProtocols = Versions(_spec.MinVersion, _spec.MaxVersion);
        if (_spec.CipherSuites.Count > 0) options.CipherSuitesPolicy = _suites ??= Suites(_spec);

        // A server has to send its intermediates: fetching them would make a handshake wait for somebody else's server, as no Go client does.
        options.CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (_authorities is not null)
        {
            options.CertificateChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            options.CertificateChainPolicy.CustomTrustStore.AddRange(_authorities);
        }

        return options;
    }

    /// <summary>The protocols between two versions; none = the system's choice.</summary>
    internal static SslProtocols Versions(string? min, string? max)
    {
        if (min is null && max is null) return SslProtocols.None;
#pragma warning disable CA5397, CA5398, SYSLIB0039 // a load test speaks what it is told to, and old servers are what it is told about
        SslProtocols[] all = [SslProtocols.Tls, SslProtocols.Tls11, SslProtocols.Tls12, SslProtocols.Tls13];
#pragma warning restore CA5397, CA5398, SYSLIB0039
        var names = TlsNames.Versions.ToList();
        var (first, last) = (min is null ? 0 : names.IndexOf(min), max is null ? names.Count - 1 : names.IndexOf(max));
        return all.Where((_, i) => i >= first && i <= last).Aggregate(SslProtocols.None, (sum, one) => sum | one);
    }

#pragma warning disable CA1416 // where the platform has no choice of suites, reading the material says so
    private static CipherSuitesPolicy Suites(TlsSpec spec)
    {
        var named = spec.CipherSuites.Select(TlsNames.Registered).ToArray();

        // As in k6: suites of TLS 1.3 are no matter of choice, unless somebody chooses.
        var all = named.Any(n => TlsNames.Suites13.Contains(n)) ? named : [.. named, .. TlsNames.Suites13];
        return new CipherSuitesPolicy(all.Select(Enum.Parse<TlsCipherSuite>));
    }
#pragma warning restore CA1416

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
            problems.Add(new Problem(path, "tls-file", $"cannot be read as {wanted}: {(e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e is UnauthorizedAccessException ? "permission denied" : e.Message.TrimEnd('.'))}") { Value = file });
        }
    }
}
