using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace LoadTesting.Runner.Http;

/// <summary>Exceptions of the platform to k6's error codes.</summary>
internal static class ErrorClassifier
{
    /// <summary>Key in <see cref="Exception.Data"/> under which a connection attempt leaves a code that the platform's exception could not carry.</summary>
    public const string Key = "loadtest.error";

    /// <summary>A failed connection attempt.</summary>
    /// <param name="exception">What came.</param>
    /// <param name="stage">The generic code of what was being done.</param>
    public static TransportError OfConnecting(Exception exception, TransportError stage)
    {
        if (exception.Data[Key] is TransportError known) return known;
        if (exception is OperationCanceledException) return stage == TransportError.Tls ? TransportError.Tls : TransportError.DialTimeout;
        if (Find<SocketException>(exception) is { } socket)
        {
            return (stage, socket.SocketErrorCode) switch
            {
                (TransportError.Dns, SocketError.HostNotFound or SocketError.NoData) => TransportError.NoSuchHost,
                (TransportError.Dns, _) => TransportError.Dns,
                (_, SocketError.ConnectionRefused) => TransportError.ConnectionRefused,
                (_, SocketError.AddressNotAvailable) => TransportError.NoLocalPort,
                (_, SocketError.TooManyOpenSockets) => TransportError.NoFileDescriptor,
                (_, SocketError.TimedOut) => TransportError.DialTimeout,
                (_, SocketError.ConnectionReset) => TransportError.ConnectionReset,
                _ => stage,
            };
        }

        // The frame of a peer that answers in clear text; the platform has no type for it.
        return stage == TransportError.Tls && exception is AuthenticationException && exception.Message.Contains("frame", StringComparison.OrdinalIgnoreCase)
            ? TransportError.TlsRecordHeader
            : stage;
    }

    /// <summary>A certificate that did not pass.</summary>
    public static TransportError OfCertificate(SslPolicyErrors errors, X509Chain? chain)
    {
        const X509ChainStatusFlags Untrusted = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;
        if ((errors & SslPolicyErrors.RemoteCertificateChainErrors) != 0 && chain?.ChainStatus.Any(s => (s.Status & Untrusted) != 0) == true)
        {
            return TransportError.UnknownAuthority;
        }

        return (errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0 ? TransportError.HostNameMismatch : TransportError.Tls;
    }

    /// <summary>An exchange that failed on a connection.</summary>
    public static TransportError OfExchange(Exception exception)
    {
        if (Find<HttpRequestException>(exception) is { HttpRequestError: HttpRequestError.HttpProtocolError } || Find<HttpProtocolException>(exception) is not null)
        {
            return TransportError.Http2;
        }

        if (Find<SocketException>(exception) is { } socket) return OfSocket(socket.SocketErrorCode);
        return (Find<HttpIOException>(exception)?.HttpRequestError ?? Find<HttpRequestException>(exception)?.HttpRequestError) switch
        {
            HttpRequestError.ResponseEnded => TransportError.UnexpectedEnd,
            HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded => TransportError.MalformedResponse,
            _ => TransportError.Generic,
        };
    }

    /// <summary>Whether HTTP/2 was at fault, on either side; not the orderly end of a connection.</summary>
    public static bool IsProtocolError(Exception exception) => Find<HttpProtocolException>(exception) is { ErrorCode: not 0 };

    /// <summary>An error of an established connection.</summary>
    public static TransportError OfSocket(SocketError error) => error switch
    {
        SocketError.ConnectionReset => TransportError.ConnectionReset,
        SocketError.Shutdown or SocketError.ConnectionAborted => TransportError.BrokenPipe,
        SocketError.TimedOut => TransportError.Timeout,
        _ => TransportError.Tcp,
    };

    /// <summary>The innermost message: the platform wraps "Connection refused" in sentences that say nothing.</summary>
    public static string Text(Exception exception)
    {
        var text = exception.GetBaseException().Message;
        // The platform's names of its own flags.
        return text.Contains("RemoteCertificateNameMismatch", StringComparison.Ordinal) ? "the server's certificate is for another host name"
            : text.Contains("NotTimeValid", StringComparison.Ordinal) ? "the server's certificate has expired or is not valid yet"
            : text.Contains("UntrustedRoot", StringComparison.Ordinal) || text.Contains("PartialChain", StringComparison.Ordinal) ? "the server's certificate is not signed by a known authority"
            : text.Contains("RemoteCertificate", StringComparison.Ordinal) ? "the server's certificate is not valid"
            : text;
    }

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found) return found;
        }

        return null;
    }
}
