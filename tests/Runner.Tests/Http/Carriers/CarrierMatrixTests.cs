using System.Net;
using System.Net.Sockets;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Http;
using LoadTesting.TestKit;
using Xunit.Abstractions;

namespace LoadTesting.Runner.Tests.Http.Carriers;

/// <summary>
/// Every way in which an exchange can end, over every carrier and with both senders, with a body and without, on a fresh connection and on a used one. Each is followed by a request of the same
/// user, which must succeed, and compared with what the server saw: an ending leaves nothing behind.
/// </summary>
public abstract class CarrierMatrixTests(SenderKind kind, Carrier carrier, ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. Endings.All.Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_ending_has_one_outcome_and_leaves_nothing_behind(string name)
    {
        var cells = Cells(kind, carrier).Where(c => c.Ending.Name == name).ToArray();
        var results = await Task.WhenAll(cells.Select(c => Task.Run(() => new CarrierCase(c).RunAsync())));
        Assert.All(results, r => Assert.True(r.Faults.Count == 0, $"{r.Cell}: {string.Join("; ", r.Faults)}"));
    }

    [Fact]
    public void The_matrix_is_as_large_as_it_says()
    {
        var own = Cells(kind, carrier).Count();
        var all = All.Sum(c => Cells(c.Kind, c.Carrier).Count());
        output.WriteLine($"{Endings.All.Length} endings; {own} cells with the sender {kind} over {carrier}; {all} over all {All.Length} carriers");
        Assert.Equal(Endings.All.Length, Endings.All.DistinctBy(e => e.Name).Count());
        Assert.All(Endings.All, e => Assert.Contains(All, c => Cells(c.Kind, c.Carrier).Any(cell => cell.Ending == e)));
        Assert.True(all >= 750, $"{all} cells");
    }

    private static readonly (SenderKind Kind, Carrier Carrier)[] All =
    [
        (SenderKind.Loop, Carrier.Clear), (SenderKind.Loop, Carrier.Tls12), (SenderKind.Loop, Carrier.Tls13),
        (SenderKind.Sockets, Carrier.Clear), (SenderKind.Sockets, Carrier.Tls12), (SenderKind.Sockets, Carrier.Tls13),
        (SenderKind.Sockets, Carrier.Http2), (SenderKind.Sockets, Carrier.Http2Clear),
    ];

    private static IEnumerable<Cell> Cells(SenderKind kind, Carrier carrier) =>
        from ending in Endings.All
        from hasBody in new[] { false, true }
        from isUsed in new[] { false, true }
        let cell = new Cell(ending, kind, carrier, hasBody, isUsed)
        where ending.Where(cell)
        select cell;
}

/// <summary>One cell, run.</summary>
internal sealed class CarrierCase(Cell cell)
{
    private static readonly byte[] Small = [.. Enumerable.Range(0, 1000).Select(i => (byte)('a' + (i % 26)))];
    private static readonly byte[] Large = new byte[16 * 1024 * 1024];

    private readonly Ending _ending = cell.Ending;

    public Cell Cell => cell;

    public List<string> Faults { get; } = [];

    public async Task<CarrierCase> RunAsync()
    {
        var scene = new Scene(_ending, cell.Carrier, cell.Kind);
        await using var server = RawHttpServer.Start(scene.ServeAsync);
        using var unaccepting = _ending.IsUnaccepted ? new Unaccepting() : null;
        await using var fixture = new SenderFixture(cell.Kind, cell.Carrier.Settings(Duration.FromMilliseconds(_ending.ConnectTimeout)));
        var scheme = cell.Carrier.IsTls() ? "https" : "http";
        Uri Url(string path, int port) => new($"{scheme}://127.0.0.1:{port}{path}");

        if (cell.IsUsed)
        {
            See("the first request", 200, (await fixture.GetAsync(Url("/warm", server.Port))).Status);
            if (_ending.WhileIdle is not null) await scene.WhenIdled.WaitAsync(TimeSpan.FromSeconds(60));
        }

        using var interrupt = new CancellationTokenSource();
        ReadOnlyMemory<byte>? body = !cell.HasBody ? null : _ending.LeavesBody ? Large : Small;
        var port = _ending.IsRefused ? FreePort.Next() : unaccepting?.Port ?? server.Port;
        var request = fixture.Request(Url("/target", port), cell.HasBody ? "POST" : "GET", body, timeoutSeconds: _ending.Timeout);
        var sending = fixture.Sender.SendAsync(request, interrupt.Token).AsTask();
        if (_ending.Interrupts)
        {
            await (unaccepting is null ? scene.WhenReached : Task.Delay(100)).WaitAsync(TimeSpan.FromSeconds(60));
            await interrupt.CancelAsync();
        }

        var exchange = await sending.WaitAsync(TimeSpan.FromSeconds(100));
        scene.Over.TrySetResult();
        Judge(exchange);
        See("the request after it", (200, "ok"), await AfterAsync(fixture, Url("/after", server.Port)));
        JudgeServer(scene, server, fixture.Sender.TakeTransferred());
        return this;
    }

    private static async Task<(int, string)> AfterAsync(SenderFixture fixture, Uri url)
    {
        var exchange = await fixture.GetAsync(url);
        return (exchange.Status, exchange.Outcome == ExchangeOutcome.Response ? System.Text.Encoding.UTF8.GetString(exchange.Body.Span) : exchange.ErrorText);
    }

    // Interrupted exchanges count nowhere, all others do; and those without a connection have no phases.
    private void Judge(Exchange exchange)
    {
        var expected = _ending.Expect(cell);
        See("status", expected.Status, exchange.Status);
        var outcome = expected.Status != 0 ? ExchangeOutcome.Response : expected.Errors.Length == 0 ? ExchangeOutcome.Interrupted : ExchangeOutcome.Failed;
        See("outcome", outcome, exchange.Outcome);
        if (outcome == ExchangeOutcome.Failed && !expected.Errors.Contains(exchange.Error))
        {
            Faults.Add($"error {exchange.Error} ({exchange.ErrorText}) instead of {string.Join(" or ", expected.Errors)}");
        }

        if (outcome != ExchangeOutcome.Failed) See("error", TransportError.None, exchange.Error);
        if (exchange.Error is >= TransportError.Dial and <= TransportError.NoFileDescriptor or >= TransportError.Tls and < TransportError.Http2) See("timings", default, exchange.Timings);
        if (exchange.EndedAt < exchange.StartedAt || exchange.Timings is { Sending: < 0 } or { Waiting: < 0 } or { Receiving: < 0 } or { Blocked: < 0 }) Faults.Add($"timings {exchange.Timings}");
    }

    private void JudgeServer(Scene scene, RawHttpServer server, TransferredBytes transferred)
    {
        var expected = _ending.Expect(cell);
        var seen = scene.Seen.ToArray();
        var targets = seen.Where(s => s.Path == "/target").ToArray();
        if (targets.Length < expected.Seen.Least || targets.Length > expected.Seen.Most) Faults.Add($"the server saw it {targets.Length} times, expected {expected.Seen.Least} to {expected.Seen.Most}");

        // Each once and in order; a request that is sent again comes where it was.
        var order = string.Join(" ", seen.Select(s => s.Path).Aggregate(new List<string>(), (list, path) =>
        {
            if (list.Count == 0 || list[^1] != path) list.Add(path);
            return list;
        }));
        See("what the server saw", $"{(cell.IsUsed ? "/warm " : "")}{(targets.Length > 0 ? "/target " : "")}/after", order);
        See("first requests", cell.IsUsed ? 1 : 0, seen.Count(s => s.Path == "/warm"));
        See("requests after it", 1, seen.Count(s => s.Path == "/after"));
        if (expected.Keeps is { } keeps && targets.Length > 0) See("the connection is kept", keeps, seen[^1].Connection == targets[^1].Connection);
        foreach (var (path, octets) in scene.Bodies) See($"the body of {path}", path == "/target" && cell.HasBody && !_ending.LeavesBody ? Small.Length : 0, octets);
        if (expected is { Status: 200, Keeps: true, Seen.Most: 1 } && cell.Carrier == Carrier.Clear && _ending.WhileIdle is null)
        {
            See("octets sent and received", (server.Octets.Read, server.Octets.Written), (transferred.Sent, transferred.Received));
        }
    }

    private void See<T>(string what, T expected, T seen)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, seen)) Faults.Add($"{what}: {seen}, expected {expected}");
    }

    /// <summary>Somebody whose queue of connections is full: what would connect waits.</summary>
    private sealed class Unaccepting : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _waiting = [];

        public Unaccepting()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen(1);
            for (var i = 0; i < 8; i++)
            {
                var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                _waiting.Add(client);
                try
                {
                    client.Connect(_listener.LocalEndPoint!);
                }
                catch (SocketException)
                {
                    // Under way; those who find the queue full stay so.
                }
            }
        }

        public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

        public void Dispose()
        {
            _listener.Dispose();
            _waiting.ForEach(s => s.Dispose());
        }
    }
}

public sealed class LoopClearMatrixTests(ITestOutputHelper output) : CarrierMatrixTests(SenderKind.Loop, Carrier.Clear, output);

public sealed class LoopTls12MatrixTests(ITestOutputHelper output) : CarrierMatrixTests(SenderKind.Loop, Carrier.Tls12, output);

public sealed class LoopTls13MatrixTests(ITestOutputHelper output) : CarrierMatrixTests(SenderKind.Loop, Carrier.Tls13, output);

public sealed class SocketsClearMatrixTests(ITestOutputHelper output) : CarrierMatrixTests(SenderKind.Sockets, Carrier.Clear, output);

public sealed class SocketsTls12MatrixTests(ITestOutputHelper output) : CarrierMatrixTests(SenderKind.Sockets, Carrier.Tls12, output);

public sealed class SocketsTls13MatrixTests(ITestOutputHelper output) : CarrierMatrixTests(SenderKind.Sockets, Carrier.Tls13, output);

public sealed class SocketsHttp2MatrixTests(ITestOutputHelper output) : CarrierMatrixTests(SenderKind.Sockets, Carrier.Http2, output);

public sealed class SocketsHttp2ClearMatrixTests(ITestOutputHelper output) : CarrierMatrixTests(SenderKind.Sockets, Carrier.Http2Clear, output);
