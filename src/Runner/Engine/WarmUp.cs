using System.Net;
using System.Net.Sockets;
using System.Runtime;
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
    // A load shorter than this is over before the compiler would be.
    private static readonly Duration LongLoad = Duration.FromSeconds(20);
    private const long ManyIterations = 20_000;

    // Twice the delay of the runtime's counting of calls (the project file), generously: what is called often while it counts is compiled again, well this time.
    private static readonly TimeSpan CountingDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(1);
    private static readonly Lock Gate = new();
    private static Task? _once;
    private static Task? _compiled;

    /// <summary>Has everything loaded, and compiled as quickly as it goes.</summary>
    /// <param name="cancellation">Ends it early, without an exception, where the load would otherwise begin beside it. The first caller's counts.</param>
    public static Task RunOnceAsync(CancellationToken cancellation)
    {
        lock (Gate) return _once ??= RunAsync(LoadAsync, cancellation);
    }

    /// <summary>
    /// Has what is called for each request compiled well, which would otherwise happen during the first seconds of the load: half a second of a processor, beside arrivals. Worth it for
    /// loads that <see cref="Pays"/> says it for.
    /// </summary>
    /// <param name="cancellation">As for <see cref="RunOnceAsync"/>.</param>
    public static Task CompileOnceAsync(CancellationToken cancellation)
    {
        lock (Gate) return _compiled ??= RunAsync(CompileAsync, cancellation);
    }

    /// <summary>Whether a plan is long enough for <see cref="CompileOnceAsync"/>.</summary>
    public static bool Pays(WorkerPlan plan) => plan.Scenarios.Any(s => s switch
    {
        SharedIterationsPlan shared => shared.Iterations >= ManyIterations,
        PerVuIterationsPlan own => own.MaxVUs * own.IterationsPerVu >= ManyIterations,
        _ => s.RegularDuration >= LongLoad,
    });

    private static async Task CompileAsync(int port, CancellationToken cancellation)
    {
        await RunOnceAsync(cancellation);
        await Task.Delay(CountingDelay, TimeProvider.System, cancellation);
        await LoadAsync(port, cancellation);
        var compiled = JitInfo.GetCompiledMethodCount();
        for (var waited = TimeSpan.Zero; waited < LongestSettling; waited += Settled)
        {
            await Task.Delay(Settled, TimeProvider.System, cancellation);
            var before = compiled;
            compiled = JitInfo.GetCompiledMethodCount();
            if (compiled == before) return;
        }
    }

    private static async Task RunAsync(Func<int, CancellationToken, Task> load, CancellationToken cancellation)
    {
        // Not on the caller's thread: what compiles for so long would keep it from whatever it waits for beside this.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            using var stop = new CancellationTokenSource();
            var serving = ServeAsync(listener, stop.Token);
            try
            {
                await load(((IPEndPoint)listener.LocalEndpoint).Port, cancellation);
            }
            catch (OperationCanceledException)
            {
                // Whoever cancelled begins his load now, and compiles by it what is missing.
            }

            await stop.CancelAsync();
            await serving;
        }
        catch (SocketException)
        {
            // No loopback here: then the first requests are slow, which is what would have been without warming up.
        }
    }

    private static async Task LoadAsync(int port, CancellationToken cancellation)
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
        await engine.PrepareAsync(cancellation);
        await engine.RunAsync(TimeProvider.System.GetTimestamp(), default, cancellation);
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
