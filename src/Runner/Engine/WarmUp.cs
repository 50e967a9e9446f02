using System.Net;
using System.Net.Sockets;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine;

/// <summary>
/// Has the platform compile the path of a request before the first real one. Without it the first tenths of a second of every run are compilation: in an open model
/// they lag, or drop arrivals that the target never saw. A small load goes to a socket of our own on loopback; nobody else sees anything of it. Once per process.
/// </summary>
internal static class WarmUp
{
    private static readonly Lazy<Task> Once = new(RunAsync);

    public static Task RunOnceAsync() => Once.Value;

    private static async Task RunAsync()
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            using var stop = new CancellationTokenSource();
            var serving = ServeAsync(listener, stop.Token);
            await LoadAsync(((IPEndPoint)listener.LocalEndpoint).Port);
            await stop.CancelAsync();
            await serving;
        }
        catch (SocketException)
        {
            // No loopback here: then the first requests are slow, which is what would have been without warming up.
        }
    }

    private static async Task LoadAsync(int port)
    {
        var request = new RequestStep
        {
            Method = "POST",
            Url = "/",
            Json = new SpecMap([new SpecEntry("id", default, new SpecScalar("${uuid()}", ScalarKind.String, default))], default),
            Checks = One("ok", "status == 200"),
            Extract = One("value", "json.value"),
        };
        var spec = new LoadTestSpec
        {
            Target = $"http://127.0.0.1:{port}",
            Flows = One<IReadOnlyList<StepSpec>>("flow", [request]),
            Scenarios = One<ScenarioSpec>("warm", new ConstantArrivalRateScenario { Rate = 1000, Duration = Duration.FromMilliseconds(100), PreAllocatedVUs = 4, MaxVUs = 8 }),
        };
        if (CompiledTest.Compile(spec, new Dictionary<string, string>()).Test is not { } test) return;
        await using var senders = SenderFactories.Create(test.Http, TimeProvider.System);
        var recorders = new RecorderShards(test, 1);
        await using var engine = new LoadEngine(Planner.PlanWorker(spec, 0, 1), test, recorders, senders, new EngineOptions { WarmsUp = false });
        await engine.PrepareAsync(default);
        await engine.RunAsync(TimeProvider.System.GetTimestamp(), default, default);
        recorders.TakeSnapshot();
    }

    private static OrderedMap<T> One<T>(string key, T value) => new([KeyValuePair.Create(key, value)]);

    private static async Task ServeAsync(TcpListener listener, CancellationToken stop)
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(AnswerAsync(await listener.AcceptSocketAsync(stop), stop));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    // Reads whatever comes and answers once per read: head and body of so small a request arrive together, and if they do not, the answer is only early.
    private static async Task AnswerAsync(Socket socket, CancellationToken stop)
    {
        var response = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"value\":1}"u8.ToArray();
        var buffer = new byte[4096];
        using (socket)
        {
            try
            {
                while (await socket.ReceiveAsync(buffer, stop) > 0) await socket.SendAsync(response, stop);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                return;
            }
        }
    }
}
