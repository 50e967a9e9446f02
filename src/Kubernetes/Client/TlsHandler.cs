using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LoadTesting.Kubernetes.Client;

/// <summary>Opens the connections of a client.</summary>
internal static class TlsHandler
{
    /// <summary>
    /// Many streams share few HTTP/2 connections; pings find a dead one in 45 s (client-go's 30 + 15), and none lives for ever, so that the load
    /// spreads over API servers that came back.
    /// </summary>
    public static SocketsHttpHandler Create(ClusterConfig config, Authenticator authenticator)
    {
        var handler = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.GZip,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionLifetime = TimeSpan.FromMinutes(30),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
            ConnectTimeout = TimeSpan.FromSeconds(30),
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        if (config.Proxy is not null)
        {
            handler.Proxy = new WebProxy(config.Proxy);
        }

        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => authenticator.Certificate!;
        if (config.Tls.SkipVerify)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        }
        else if (config.Tls.CertificateAuthority is { } authority)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(authority, certificate, chain, errors);
        }

        return handler;
    }

    /// <summary>The given roots instead of the machine's; the name is checked as ever. The file is read per connection: it may have been rotated.</summary>
    private static bool IsTrusted(PemSource authority, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 server || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(authority.Read());
        if (presented is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainElements.Select(e => e.Certificate).ToArray());
        }

        return chain.Build(server);
    }
}
