using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LoadTesting.Runner.Agent;

/// <summary>
/// TLS for <see cref="BareHttpServer"/>. Kestrel's own needs the container of services that a bare server does without (docs/decisions/0020).
/// </summary>
internal static class TlsMiddleware
{
    /// <summary>Each connection begins with a handshake; one that does not succeed in time is closed without a word.</summary>
    /// <param name="listen">The end point.</param>
    /// <param name="certificate">With its private key.</param>
    /// <param name="patience">Longest handshake.</param>
    /// <param name="time">Its clock.</param>
    public static void UseTls(this ListenOptions listen, X509Certificate2 certificate, TimeSpan patience, TimeProvider time)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
            ClientCertificateRequired = false,
            AllowRenegotiation = false,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        listen.Use(next => connection => ServeAsync(connection, next, options, patience, time));
    }

    private static async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next, SslServerAuthenticationOptions options, TimeSpan patience, TimeProvider time)
    {
        var plain = connection.Transport;
        await using var tls = new SslStream(new DuplexStream(plain.Input.AsStream(), plain.Output.AsStream()), leaveInnerStreamOpen: true);
        using (var limit = new CancellationTokenSource(patience, time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionClosed))
        {
            try
            {
                await tls.AuthenticateAsServerAsync(options, either.Token);
            }
            catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException or CryptographicException or ConnectionAbortedException)
            {
                // Nobody is told: whoever cannot speak TLS here is not the operator.
                return;
            }
        }

        try
        {
            connection.Transport = new Duplex(PipeReader.Create(tls, new StreamPipeReaderOptions(leaveOpen: true)), PipeWriter.Create(tls, new StreamPipeWriterOptions(leaveOpen: true)));
            await next(connection);
            await connection.Transport.Input.CompleteAsync();
            await connection.Transport.Output.CompleteAsync();
            await tls.ShutdownAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or ConnectionAbortedException or ConnectionResetException or InvalidOperationException)
        {
            // The other side is gone: there is nobody to say goodbye to.
        }
        finally
        {
            connection.Transport = plain;
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>One stream of two directions.</summary>
    private sealed class DuplexStream(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => input.ReadAsync(buffer, offset, count, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => output.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => output.WriteAsync(buffer, offset, count, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override void Flush() => output.Flush();

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
