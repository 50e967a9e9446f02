using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Http;
using LoadTesting.Runner.Tests.Http.Carriers;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>TLS is ended before TCP (close_notify; RFC 8446, 6.1), however a connection ends on this side.</summary>
public abstract class GoodbyeTests(SenderKind kind)
{
    public static TheoryData<Carrier, string> Cases
    {
        get
        {
            var cases = new TheoryData<Carrier, string>();
            foreach (var carrier in new[] { Carrier.Tls12, Carrier.Tls13 })
            {
                foreach (var end in new[] { "user ends", "connections closed", "no keep-alive", "server asks to close", "time limit", "interruption", "malformed answer" }) cases.Add(carrier, end);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Tls_is_ended_before_tcp(Carrier carrier, string end)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var sawGoodbye = ServeAsync(listener, carrier, end switch
        {
            "server asks to close" => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
            "time limit" or "interruption" => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no",
            "malformed answer" => "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            _ => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        });
        var url = new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        await using (var fixture = new SenderFixture(kind, carrier.Settings(Duration.FromMilliseconds(60_000)) with { KeepAlive = end != "no keep-alive" }))
        {
            using var interrupt = new CancellationTokenSource();
            if (end == "interruption") interrupt.CancelAfter(1000);
            await fixture.GetAsync(url, interrupt.Token, timeoutSeconds: end == "time limit" ? 1 : 60);
            if (end == "connections closed") fixture.Sender.CloseConnections();
            if (end != "user ends") Assert.True(await sawGoodbye.WaitAsync(TimeSpan.FromSeconds(60)), "TCP ended before TLS");
        }

        Assert.True(await sawGoodbye.WaitAsync(TimeSpan.FromSeconds(60)), "TCP ended before TLS");
    }

    private static async Task<bool> ServeAsync(TcpListener listener, Carrier carrier, string answer)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var end = new EndSeen(client.GetStream());
        await using var tls = new SslStream(end);
        await tls.AuthenticateAsServerAsync(carrier.Server());
        var buffer = new byte[4096];
        await tls.ReadExactlyAsync(buffer, 0, 1);
        await tls.WriteAsync(Encoding.ASCII.GetBytes(answer));
        while (await tls.ReadAsync(buffer) > 0)
        {
            // The rest of the request.
        }

        // TLS does not read on behind its own end.
        return !end.IsSeen;
    }

    /// <summary>A stream that knows whether its end was read.</summary>
    private sealed class EndSeen(Stream inner) : Stream
    {
        public bool IsSeen { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            IsSeen |= read == 0 && buffer.Length > 0;
            return read;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
