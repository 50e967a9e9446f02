using System.Net;
using System.Net.Sockets;
using System.Text;
using LoadTesting.Kubernetes.Telemetry;
using LoadTesting.Operator.Admission;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Serving;
using LoadTesting.Operator.Telemetry;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Operator.Tests.Serving;

/// <summary>What callers can make a server of the operator hold: connections, time, octets.</summary>
public sealed class ServerLimitsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly ServerLimits Small = new()
    {
        Connections = 4, ConnectionsPerPeer = 2, Head = TimeSpan.FromSeconds(1), Idle = TimeSpan.FromSeconds(1), Request = TimeSpan.FromSeconds(1), LargestHead = 1024, LargestBody = 64,
    };

    [Fact]
    public void Connections_are_counted_by_address_and_together()
    {
        var limit = new PeerLimit(all: 5, perPeer: 2);
        var peers = Enumerable.Range(1, 4).Select(i => new IPAddress([10, 0, 0, (byte)i])).ToList();
        Assert.Equal("TTFTTTFF", string.Concat(new[] { 0, 0, 0, 1, 1, 2, 2, 3 }.Select(i => limit.TryEnter(peers[i]) ? 'T' : 'F')));
        limit.Leave(peers[0]);
        Assert.Equal("FTF", string.Concat(new[] { 1, 3, 0 }.Select(i => limit.TryEnter(peers[i]) ? 'T' : 'F')));
        foreach (var i in new[] { 0, 1, 1, 2, 3 })
        {
            limit.Leave(peers[i]);
        }

        Assert.True(limit.TryEnter(peers[2]));
    }

    [Fact]
    public async Task One_address_that_holds_connections_keeps_no_other_out_and_gets_its_own_back_when_they_end()
    {
        await using var server = await Server.StartAsync(Small with { Idle = TimeSpan.FromSeconds(20) });
        using var one = await server.ConnectAsync("127.0.0.1");
        using var two = await server.ConnectAsync("127.0.0.1");
        Assert.Equal("200", await StatusAsync(one, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.Equal("200", await StatusAsync(two, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));

        using var refused = await server.ConnectAsync("127.0.0.1");
        Assert.Equal("closed", await StatusAsync(refused, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        using var other = await server.ConnectAsync("127.0.0.2");
        Assert.Equal("200", await StatusAsync(other, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));

        one.Dispose();
        for (var deadline = DateTime.UtcNow + Patience; ; await Task.Delay(50))
        {
            using var again = await server.ConnectAsync("127.0.0.1");
            var status = await StatusAsync(again, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            if (status == "200")
            {
                break;
            }

            Assert.True(DateTime.UtcNow < deadline, $"expected 200 after a connection ended, saw {status} for {Patience}");
        }
    }

    [Theory]
    [InlineData("nothing", "", "closed")]
    [InlineData("a head that does not end", "GET / HTTP/1.1\r\nHost: a\r\n", "408")]
    [InlineData("a body that does not come", "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12", "closed")]
    [InlineData("chunks that do not end", "POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n12\r\n", "closed")]
    [InlineData("a body that is too long", "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 65\r\n\r\n", "413")]
    [InlineData("a route that takes too long", "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n", "closed")]
    public async Task Whoever_is_slow_or_long_is_ended(string what, string sent, string expected)
    {
        await using var server = await Server.StartAsync(Small);
        using var caller = await server.ConnectAsync("127.0.0.1");
        var status = await StatusAsync(caller, sent);
        Assert.True(expected == status, $"{what}: expected {expected}, saw {status}");
    }

    [Fact]
    public async Task A_long_head_is_refused_before_it_is_held()
    {
        await using var server = await Server.StartAsync(Small);
        using var caller = await server.ConnectAsync("127.0.0.1");
        Assert.Equal("431", await StatusAsync(caller, $"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('x', 2000)}\r\n\r\n"));
    }

    [Fact]
    public async Task Reviews_are_answered_however_many_come_and_slow_ones_keep_nobody_waiting()
    {
        await using var server = await Server.StartAsync(ServerLimits.Reviews, WebhookRoutes.Create(TestPolicy.Standard, new RunMetrics(new MetricRegistry())));
        var slow = new List<Socket>();
        for (var i = 0; i < 8; i++)
        {
            slow.Add(await server.ConnectAsync("127.0.0.2"));
            await slow[^1].SendAsync(Encoding.ASCII.GetBytes("POST /validate HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{"));
        }

        const string Review = """{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE","kind":{"kind":"LoadTest"},"object":{"spec":{}}}}""";
        using var client = new HttpClient { BaseAddress = server.Address };
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            using var answer = await client.PostAsync("/validate", new StringContent(Review));
            return (answer.StatusCode, (await answer.Content.ReadAsStringAsync()).Contains("\"allowed\":false", StringComparison.Ordinal));
        }));
        Assert.All(answers, a => Assert.Equal((HttpStatusCode.OK, true), a));
        slow.ForEach(s => s.Dispose());
    }

    /// <summary>The answer's status, or that the server closed the connection without one.</summary>
    private static async Task<string> StatusAsync(Socket socket, string sent)
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[64];
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(sent), patience.Token);
            var read = await socket.ReceiveAsync(buffer, patience.Token);
            return read == 0 ? "closed" : Encoding.ASCII.GetString(buffer, 9, 3);
        }
        catch (SocketException)
        {
            return "closed";
        }
        catch (OperationCanceledException)
        {
            return $"open after {Patience}";
        }
    }

    private sealed class Server : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        private Server(HttpHost host) => _running = host.RunAsync(_stop.Token);

        public Uri Address { get; private set; } = new("http://127.0.0.1");

        public static async Task<Server> StartAsync(ServerLimits limits, IReadOnlyDictionary<string, RequestDelegate>? routes = null)
        {
            var host = new HttpHost(new IPEndPoint(IPAddress.Any, 0), routes ?? Routes, TimeProvider.System, limits: limits);
            return new Server(host) { Address = new UriBuilder(await host.Bound) { Host = "127.0.0.1" }.Uri };
        }

        private static Dictionary<string, RequestDelegate> Routes => new(StringComparer.Ordinal)
        {
            ["/"] = context => HttpHost.WriteAsync(context, 200, "text/plain", "ok"u8.ToArray()),
            ["/slow"] = context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted),
            ["/read"] = async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body, context.RequestAborted);
                await HttpHost.WriteAsync(context, 200, "text/plain", body.ToArray());
            },
        };

        public async Task<Socket> ConnectAsync(string from)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(IPAddress.Loopback, Address.Port);
            return socket;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            _stop.Dispose();
        }
    }
}
