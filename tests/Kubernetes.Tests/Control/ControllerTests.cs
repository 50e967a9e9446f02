using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Caching;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Kubernetes.Telemetry;
using LoadTesting.TestKit;
using LoadTesting.TestKit.FakeKubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadTesting.Kubernetes.Tests.Control;

public sealed class ControllerTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private readonly MetricRegistry _registry = new();
    private readonly ConcurrentQueue<NamespacedName> _passes = [];
    private readonly List<Task> _running = [];
    private FakeApiServer _server = null!;
    private ApiClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _client = Connect.To(_server);
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _client.Dispose();
        await _server.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Every_object_is_reconciled_when_it_appears_and_when_it_changes()
    {
        await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("old"));
        StartFor((_, _) => Task.FromResult(ReconcileResult.Finished));
        await SeePassesAsync(1);
        await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("new"));
        await SeePassesAsync(2);
        await _client.PatchAsync(Resources.ConfigMaps, Connect.Name("old"), new JsonObject { ["data"] = new JsonObject { ["value"] = "2" } });
        await SeePassesAsync(3);
        await _client.DeleteAsync(Resources.ConfigMaps, Connect.Name("new"));
        await SeePassesAsync(4);
        Assert.Equal(["old", "new", "old", "new"], _passes.Select(p => p.Name));
    }

    [Fact]
    public async Task The_controlling_owner_is_reconciled_when_a_child_changes_or_loses_it()
    {
        var informer = Informer(Resources.Pods);
        _running.Add(informer.RunAsync(_stop.Token));
        _running.Add(new Controller("t", Reconciler((_, _) => Task.FromResult(ReconcileResult.Finished)), new(), TimeProvider.System, new(_registry), NullLogger.Instance)
            .Owns(informer, "loadtest.dev", "LoadTestRun")
            .RunAsync(_stop.Token));
        var owner = new OwnerReference { ApiVersion = "loadtest.dev/v1alpha1", Kind = "LoadTestRun", Name = "run", Uid = "u", Controller = true };
        await CreatePodAsync("mine", owner);
        await SeePassesAsync(1);
        await CreatePodAsync("other-kind", owner with { Kind = "Other", Name = "x" });
        await CreatePodAsync("other-group", owner with { ApiVersion = "example.org/v1", Name = "x" });
        await CreatePodAsync("not-controlled", owner with { Controller = false, Name = "x" });
        await _client.PatchAsync(Resources.Pods, Connect.Name("mine"), new JsonObject { ["metadata"] = new JsonObject { ["ownerReferences"] = new JsonArray() } });
        await SeePassesAsync(2);
        Assert.All(_passes, p => Assert.Equal(new NamespacedName("shop", "run"), p));
    }

    [Fact]
    public async Task Failures_and_exceptions_are_tried_again_until_they_pass()
    {
        var attempts = 0;
        StartFor((_, _) => Interlocked.Increment(ref attempts) switch
        {
            1 => throw new InvalidOperationException("thrown"),
            2 => Task.FromResult<ReconcileResult>(new ReconcileResult.Failed(new IOException("told"))),
            _ => Task.FromResult(ReconcileResult.Finished),
        });
        await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("a"));
        await SeePassesAsync(3);
    }

    [Fact]
    public async Task A_delay_brings_the_object_back_and_a_terminal_failure_does_not()
    {
        var attempts = new ConcurrentDictionary<string, int>();
        StartFor((name, _) => Task.FromResult(
            name.Name == "terminal" ? new ReconcileResult.Terminal(new InvalidOperationException("for good"))
            : attempts.AddOrUpdate(name.Name, 1, (_, n) => n + 1) < 3 ? ReconcileResult.Again(TimeSpan.FromMilliseconds(20))
            : ReconcileResult.Finished));
        await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("terminal"));
        await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("again"));
        await SeePassesAsync(4);
        Assert.Equal(1, _passes.Count(p => p.Name == "terminal"));
    }

    [Fact]
    public async Task One_object_is_never_with_two_workers_and_many_objects_are_worked_on_at_once()
    {
        var inside = new ConcurrentDictionary<NamespacedName, bool>();
        var doubled = 0;
        var most = 0;
        var gate = new TaskCompletionSource();
        StartFor(async (name, _) =>
        {
            if (!inside.TryAdd(name, true))
            {
                Interlocked.Increment(ref doubled);
            }

            most = Math.Max(most, inside.Count);
            await gate.Task;
            inside.TryRemove(name, out var _);
            return ReconcileResult.Finished;
        });
        for (var i = 0; i < 3; i++)
        {
            await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap($"c{i}"));
            await _client.PatchAsync(Resources.ConfigMaps, Connect.Name($"c{i}"), new JsonObject { ["data"] = new JsonObject { ["value"] = "2" } });
        }

        await Eventually.SeeAsync("three at once", () => Task.FromResult(most), seen => seen == 3);
        gate.SetResult();
        await Eventually.SeeAsync("all done", () => Task.FromResult(inside.Count), seen => seen == 0);
        Assert.Equal(0, doubled);
    }

    [Fact]
    public async Task Outcomes_are_counted_under_controller_runtimes_names()
    {
        var attempts = 0;
        StartFor((_, _) => ++attempts switch
        {
            1 => throw new InvalidOperationException("thrown"),
            2 => throw new ApiException(new ApiError(422, ApiReason.Invalid, "refused"), "POST"),
            _ => Task.FromResult(ReconcileResult.Finished),
        });
        var before = await _registry.ReadTextAsync();
        Assert.Contains("controller_runtime_reconcile_panics_total{controller=\"test\"} 0\n", before, StringComparison.Ordinal);
        Assert.All(
            (string[])["success", "error", "requeue", "requeue_after"],
            result => Assert.Contains($"controller_runtime_reconcile_total{{controller=\"test\",result=\"{result}\"}} 0\n", before, StringComparison.Ordinal));
        await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("a"));
        var text = await Eventually.SeeAsync(
            "one success",
            () => _registry.ReadTextAsync(),
            text => text.Contains("controller_runtime_reconcile_total{controller=\"test\",result=\"success\"} 1\n", StringComparison.Ordinal));
        Assert.All(
            (string[])
            [
                "controller_runtime_reconcile_total{controller=\"test\",result=\"error\"} 2", "controller_runtime_reconcile_errors_total{controller=\"test\"} 2",
                "controller_runtime_reconcile_panics_total{controller=\"test\"} 1", "workqueue_retries_total{name=\"test\"} 2", "workqueue_adds_total{name=\"test\"} 3",
                "workqueue_depth{name=\"test\"} 0",
            ],
            line => Assert.Contains(line + "\n", text, StringComparison.Ordinal));
    }

    public static TheoryData<Exception, bool> Failures => new()
    {
        { new ApiException(new ApiError(422, ApiReason.Invalid, "x"), "POST"), true },
        { new ApiException(new ApiError(403, ApiReason.Forbidden, "x"), "POST"), true },
        { new HttpRequestException("refused"), true },
        { new IOException("cut off"), true },
        { new CredentialException("no token"), true },
        { new InvalidDataException("no JSON"), true },
        { new System.Net.Sockets.SocketException(), true },
        { new TimeoutException(), true },
        { new TaskCanceledException(), true },
        { new AggregateException(new TimeoutException(), new IOException()), true },
        { new AggregateException(new TimeoutException(), new NullReferenceException()), false },
        { new InvalidOperationException("x"), false },
        { new NullReferenceException(), false },
        { new ArgumentException("x"), false },
        { new System.Text.Json.JsonException("x"), false },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void What_the_api_server_and_the_network_explain_is_no_panic(Exception error, bool expected) => Assert.Equal(expected, ExpectedFailure.Is(error));

    [Fact]
    public async Task A_cache_that_does_not_fill_is_named()
    {
        var informer = Informer(Resources.Leases);
        var controller = new Controller(
            "t", Reconciler((_, _) => Task.FromResult(ReconcileResult.Finished)), new() { SyncTimeout = TimeSpan.FromMilliseconds(50) }, TimeProvider.System, new(_registry), NullLogger.Instance).For(informer);
        var failed = await Assert.ThrowsAsync<TimeoutException>(() => controller.RunAsync(_stop.Token));
        Assert.Contains("leases.coordination.k8s.io", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manager_stops_when_told_and_lets_running_passes_end()
    {
        var started = new TaskCompletionSource();
        var ended = false;
        var informer = Informer(Resources.ConfigMaps);
        var controller = new Controller(
            "t",
            Reconciler(async (_, cancellation) =>
            {
                started.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await Task.Delay(50, CancellationToken.None);
                ended = true;
                return ReconcileResult.Finished;
            }),
            new(),
            TimeProvider.System,
            new(_registry),
            NullLogger.Instance).For(informer);
        var manager = new ControllerManager(new(), TimeProvider.System, NullLogger.Instance).Add(informer).AddLeading(controller);
        using var stop = new CancellationTokenSource();
        var run = manager.RunAsync(stop.Token);
        await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("a"));
        await started.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(manager.IsReady);
        await stop.CancelAsync();
        await run.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(ended, "the pass was abandoned");
    }

    [Fact]
    public async Task A_part_that_fails_takes_the_manager_down_with_its_error()
    {
        var manager = new ControllerManager(new(), TimeProvider.System, NullLogger.Instance)
            .AddAlways(new Part(async stop => await Task.Delay(Timeout.Infinite, stop)))
            .AddLeading(new Part(_ => throw new InvalidDataException("broken part")));
        var failed = await Assert.ThrowsAsync<InvalidDataException>(() => manager.RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal("broken part", failed.Message);
    }

    [Fact]
    public async Task A_part_that_does_not_end_in_time_is_told()
    {
        var never = new TaskCompletionSource();
        var manager = new ControllerManager(new() { GracefulStop = TimeSpan.FromMilliseconds(50) }, TimeProvider.System, NullLogger.Instance)
            .AddLeading(new Part(_ => never.Task));
        using var stop = new CancellationTokenSource();
        var run = manager.RunAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => run.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    private Informer<T> Informer<T>(ResourceType<T> type)
        where T : class, IKubernetesObject =>
        new(type, _client, _client, new InformerOptions { FirstPause = TimeSpan.FromMilliseconds(10) }, TimeProvider.System, NullLogger.Instance);

    private void StartFor(Func<NamespacedName, CancellationToken, Task<ReconcileResult>> reconcile)
    {
        var informer = Informer(Resources.ConfigMaps);
        _running.Add(informer.RunAsync(_stop.Token));
        _running.Add(new Controller("test", Reconciler(reconcile), new(), TimeProvider.System, new(_registry), NullLogger.Instance).For(informer).RunAsync(_stop.Token));
    }

    private Part Reconciler(Func<NamespacedName, CancellationToken, Task<ReconcileResult>> reconcile) => new(null, (name, cancellation) =>
    {
        _passes.Enqueue(name);
        return reconcile(name, cancellation);
    });

    private Task CreatePodAsync(string name, OwnerReference owner) => _client.CreateAsync(
        Resources.Pods, new Pod { Metadata = new ObjectMeta { Name = name, Namespace = "shop", OwnerReferences = [owner] } });

    private Task SeePassesAsync(int count) => Eventually.SeeAsync($"{count} passes", () => Task.FromResult(_passes.Count), seen => seen == count);

    private sealed class Part(Func<CancellationToken, Task>? run, Func<NamespacedName, CancellationToken, Task<ReconcileResult>>? reconcile = null) : IRunnable, IReconciler
    {
        public Task RunAsync(CancellationToken cancellation) => run!(cancellation);

        public Task<ReconcileResult> ReconcileAsync(NamespacedName name, CancellationToken cancellation) => reconcile!(name, cancellation);
    }
}
