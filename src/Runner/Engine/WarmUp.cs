using System.Net.Sockets;
using System.Runtime;
using System.Security.Cryptography;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine;

/// <summary>
/// Has the platform compile the path of a request before the first real one. Without it the first tenths of a second of every run are compilation: in an open model
/// they lag, or drop arrivals that the target never saw, and the first handshakes are
/// booked as slow that were only ours. A small load goes to a socket of our own on loopback, over what the test uses; nobody else sees anything of it.
/// </summary>
internal static class WarmUp
{
    // A load shorter than this is over before the compiler would be.
    private static readonly Duration LongLoad = Duration.FromSeconds(20);
    private const long ManyIterations = 20_000;

    // Twice the delay of the runtime's counting of calls (the project file), generously: what is called often while it counts is compiled again, well this time.
    private static readonly TimeSpan CountingDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(1);
    private static readonly ConstantArrivalRateScenario Arrivals = new()
    {
        Rate = 1000, Duration = Duration.FromMilliseconds(100), PreAllocatedVUs = 4, MaxVUs = 8,
    };
    private static readonly Lock Gate = new();
    private static readonly Dictionary<WarmUpCarrier, Task> Loaded = [];
    private static readonly Dictionary<WarmUpCarrier, Task> Compiled = [];

    /// <summary>Has everything loaded that a test's requests go over, and compiled as quickly as it goes. Once per process for each carrier.</summary>
    /// <param name="carriers">What they go over.</param>
    /// <param name="http">The test's settings: its authorities and its own certificate are looked at once, too.</param>
    /// <param name="cancellation">Ends it early, without an exception, where the load would otherwise begin beside it. The first caller's counts.</param>
    public static async Task RunOnceAsync(IReadOnlyList<WarmUpCarrier> carriers, HttpSettings http, CancellationToken cancellation)
    {
        foreach (var carrier in carriers) await OnceAsync(Loaded, carrier, server => LoadAsync(server, carrier, http, cancellation));
    }

    /// <summary>
    /// Has what is called for each request compiled well, which would otherwise happen during the first seconds of the load: half a second of a processor, beside arrivals. Worth it for
    /// loads that <see cref="Pays"/> says it for.
    /// </summary>
    /// <param name="carriers">As for <see cref="RunOnceAsync"/>.</param>
    /// <param name="http">As for <see cref="RunOnceAsync"/>.</param>
    /// <param name="cancellation">As for <see cref="RunOnceAsync"/>.</param>
    public static async Task CompileOnceAsync(IReadOnlyList<WarmUpCarrier> carriers, HttpSettings http, CancellationToken cancellation)
    {
        await RunOnceAsync(carriers, http, cancellation);
        foreach (var carrier in carriers) await OnceAsync(Compiled, carrier, server => CompileAsync(server, carrier, cancellation));
    }

    /// <summary>Whether a plan is long enough for <see cref="CompileOnceAsync"/>.</summary>
    public static bool Pays(WorkerPlan plan) => plan.Scenarios.Any(s => s switch
    {
        SharedIterationsPlan shared => shared.Iterations >= ManyIterations,
        PerVuIterationsPlan own => own.MaxVUs * own.IterationsPerVu >= ManyIterations,
        _ => s.RegularDuration >= LongLoad,
    });

    private static async Task CompileAsync(WarmUpServer server, WarmUpCarrier carrier, CancellationToken cancellation)
    {
        await Task.Delay(CountingDelay, TimeProvider.System, cancellation);
        await SendAsync(server, carrier, Arrivals, cancellation);
        var compiled = JitInfo.GetCompiledMethodCount();
        for (var waited = TimeSpan.Zero; waited < LongestSettling; waited += Settled)
        {
            await Task.Delay(Settled, TimeProvider.System, cancellation);
            var before = compiled;
            compiled = JitInfo.GetCompiledMethodCount();
            if (compiled == before) return;
        }
    }

    private static Task OnceAsync(Dictionary<WarmUpCarrier, Task> tasks, WarmUpCarrier carrier, Func<WarmUpServer, Task> load)
    {
        lock (Gate)
        {
            if (!tasks.TryGetValue(carrier, out var task)) tasks[carrier] = task = BoundedAsync(RunAsync(carrier, load), Longest, TimeProvider.System);
            return task;
        }
    }

    /// <summary>Ends when the warm-up does, and without an exception at the limit: the first requests are slow then, but no run waits for ever.</summary>
    /// <param name="warming">The warm-up.</param>
    /// <param name="limit">Longest wait, above zero.</param>
    /// <param name="time">Measures the limit.</param>
    internal static async Task BoundedAsync(Task warming, TimeSpan limit, TimeProvider time)
    {
        try
        {
            await warming.WaitAsync(limit, time);
        }
        catch (TimeoutException)
        {
            // What is not compiled by now is compiled by the load.
        }
    }

    private static async Task RunAsync(WarmUpCarrier carrier, Func<WarmUpServer, Task> load)
    {
        // Not on the caller's thread: what compiles for so long would keep it from whatever it waits for beside this.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await using var server = new WarmUpServer(carrier);
            await load(server);
        }
        catch (OperationCanceledException)
        {
            // Whoever cancelled begins his load now, and compiles by it what is missing.
        }
        catch (Exception e) when (e is SocketException or CryptographicException)
        {
            // No loopback here, or no keys: then the first requests are slow, which is what would have been without warming up.
        }
    }

    private static async Task LoadAsync(WarmUpServer server, WarmUpCarrier carrier, HttpSettings http, CancellationToken cancellation)
    {
        if (carrier != WarmUpCarrier.Clear)
        {
            if (carrier is WarmUpCarrier.Tls or WarmUpCarrier.Http2) await TrustAsync(server, http, cancellation);

            // Handshakes compile for longer than arrivals last: each of these requests waits for its answer.
            await SendAsync(server, carrier, new SharedIterationsScenario { Vus = 4, Iterations = 40 }, cancellation);
        }

        await SendAsync(server, carrier, Arrivals, cancellation);
    }

    // One handshake with what the test trusts and shows. It may well fail, which nobody counts: by then the system's authorities are read, and the way of a
    // certificate through them is known.
    private static async Task TrustAsync(WarmUpServer server, HttpSettings http, CancellationToken cancellation)
    {
        var own = new HttpSettings { Http2 = http.Http2, Tls = http.Tls, ConnectTimeout = Duration.FromSeconds(5) };
        await using var senders = SenderFactories.Create(own, TimeProvider.System);
        await using var sender = senders.Create(0, 0);
        var deadline = new MonotonicClock(TimeProvider.System).Now + Duration.FromSeconds(5).Nanoseconds;
        await sender.SendAsync(new PreparedRequest { Method = HttpMethod.Get, Url = new Uri(server.Url), Headers = [], Deadline = deadline }, cancellation);

        // Away from the sender's loop, which ends here.
        await Task.Yield();
    }

    private static async Task SendAsync(WarmUpServer server, WarmUpCarrier carrier, ScenarioSpec scenario, CancellationToken cancellation)
    {
        var fields = new RequestStep
        {
            Method = "POST",
            Url = "/",
            Json = new SpecMap([new SpecEntry("id", default, new SpecScalar("${uuid()}", ScalarKind.String, default))], default),
            Checks = One("ok", "status == 200"),
            Extract = One("value", "json.value"),
        };

        // Documents that are read as a whole go another way than single fields of them.
        var whole = new RequestStep { Method = "GET", Url = "/", Checks = One("list", "json.list.exists(x, x == 2)"), Extract = One("all", "json") };
        var spec = new LoadTestSpec
        {
            Target = server.Url,
            Http = new HttpSpec
            {
                Http2 = carrier == WarmUpCarrier.Http2, H2c = carrier == WarmUpCarrier.Http2Clear, Tls = new TlsSpec { InsecureSkipVerify = true },
            },
            Flows = One<IReadOnlyList<StepSpec>>("flow", [fields, whole]),
            Scenarios = One("warm", scenario),
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
}
