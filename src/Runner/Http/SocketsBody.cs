using System.Net;

namespace LoadTesting.Runner.Http;

/// <summary>A request's body for the platform's client, which tells when it was written.</summary>
internal sealed class SocketsBody(ReadOnlyMemory<byte> octets, ExchangeTrace trace) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => WriteAsync(stream, default);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        WriteAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = octets.Length;
        return true;
    }

    private async Task WriteAsync(Stream stream, CancellationToken cancellation)
    {
        await stream.WriteAsync(octets, cancellation).ConfigureAwait(false);
        trace.BodyWritten();
    }
}
