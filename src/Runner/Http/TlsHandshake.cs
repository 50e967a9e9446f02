using System.Net.Security;
using System.Security.Authentication;

namespace LoadTesting.Runner.Http;

/// <summary>A TLS handshake as a client, over whatever carries it.</summary>
internal static class TlsHandshake
{
    /// <summary>The encrypted stream; on failure the exception says in its data what was wrong with a certificate, and the carrier is closed.</summary>
    /// <param name="settings">Trust, identity and protocols.</param>
    /// <param name="host">The URL's host.</param>
    /// <param name="carrier">The connection; owned.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="isProxy">Whether the host is a proxy: it speaks HTTP/1.1, and has a name of its own.</param>
    public static async ValueTask<SslStream> RunAsync(HttpSettings settings, string host, Stream carrier, CancellationToken cancellation, bool isProxy = false)
    {
        var tls = new SslStream(carrier, leaveInnerStreamOpen: false);
        var rejected = TransportError.None;
        try
        {
            var options = settings.Tls.Options(host, settings.Http2 && !isProxy, (errors, chain) => rejected = ErrorClassifier.OfCertificate(errors, chain));
            if (isProxy) options.TargetHost = host;
            await tls.AuthenticateAsClientAsync(options, cancellation);
            return tls;
        }
        catch (Exception e)
        {
            await tls.DisposeAsync();
            if (rejected == TransportError.None) throw;
            throw new AuthenticationException(TransportErrors.Text(rejected), e) { Data = { [ErrorClassifier.Key] = rejected } };
        }
    }

    /// <summary>
    /// Says that no more comes (close_notify): whoever ends a connection does (RFC 8446, 6.1), and disposing does not. Nobody waits for it, and where it cannot be
    /// said the connection is over anyway.
    /// </summary>
    public static void SayGoodbye(SslStream? tls)
    {
        try
        {
            if (tls?.ShutdownAsync() is { IsCompletedSuccessfully: false } goodbye) _ = goodbye.ContinueWith(static t => t.Exception, TaskContinuationOptions.OnlyOnFaulted);
        }
        catch (Exception)
        {
            // What ended the connection before is thrown again, whatever it was; who closes it knows of that.
        }
    }

    /// <summary>The protocol as k6 writes it; empty for one that k6 has no name for.</summary>
    public static string Version(SslStream tls) => tls.SslProtocol switch
    {
        SslProtocols.Tls13 => "tls1.3",
        SslProtocols.Tls12 => "tls1.2",
#pragma warning disable CA5397, SYSLIB0039 // what was spoken, not a choice
        SslProtocols.Tls11 => "tls1.1",
        SslProtocols.Tls => "tls1.0",
#pragma warning restore CA5397, SYSLIB0039
        _ => "",
    };
}
