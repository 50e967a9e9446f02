using System.Runtime.InteropServices;
using LoadTesting.Kubernetes.Caching;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Kubernetes.Telemetry;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Reporting;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Collection;
using LoadTesting.Operator.Observing;
using LoadTesting.Operator.Reconciling;
using LoadTesting.Operator.Telemetry;
using LoadTesting.Operator.Workloads;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Operator.Hosting;

/// <summary>Puts the operator's parts together and runs them.</summary>
internal static class OperatorHost
{
    private const string Name = "loadtest-operator";

    // A run holds its worker while it looks at its runners, so there are more workers than processors.
    private const int RunWorkers = 32;

    /// <summary>Runs until cancelled or signalled.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(OperatorOptions options, TimeProvider time, TextWriter error, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop));
        using var logging = OperatorLogging.Create(options.JsonLogs ? LogFormat.Json : LogFormat.Text);
        var found = ClusterConfig.Discover();
        if (found.Config is not { } cluster)
        {
            foreach (var problem in found.Problems)
            {
                await error.WriteLineAsync($"{Name}: {problem}");
            }

            return ExitCodes.Error;
        }

        using var tracing = OperatorTracing.Create(new ConfigurationBuilder().AddEnvironmentVariables().Build(), options.Identity);
        var registry = new MetricRegistry();
        ProcessMetrics.Observe(registry);
        using var client = new ApiClient(cluster, new ApiClientOptions { UserAgent = $"{Name}/{Version}" }, time, logging.CreateLogger("client"), new ClientMetrics(registry));
        try
        {
            var key = await OperatorKey.LoadAsync(client, client, options.Namespace, stop.Token);
            using var parts = new OperatorParts(options, client, new RunKeys(key), registry, time, logging);
            using var servers = new OperatorServers(options, client, registry, parts.Metrics, () => parts.Manager.IsReady, time, logging);
            foreach (var server in servers.All)
            {
                parts.Manager.AddAlways(server);
            }

            await parts.Manager.RunAsync(stop.Token);
            return ExitCodes.Passed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Passed;
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException or TimeoutException or InvalidOperationException or FormatException or LeadershipLostException)
        {
            await error.WriteLineAsync($"{Name}: {e.Message}");
            return ExitCodes.Error;
        }
    }

    private static string Version => typeof(OperatorHost).Assembly.GetName().Version?.ToString(3) ?? "0";

    private static void Stop(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = true;
        stop.Cancel();
    }

    /// <summary>The parts, wired.</summary>
    private sealed class OperatorParts : IDisposable
    {
        private readonly RunnerClient _runners;
        private readonly Controller _testController;
        private readonly Controller _runController;

        public OperatorParts(OperatorOptions options, ApiClient client, RunKeys keys, MetricRegistry registry, TimeProvider time, ILoggerFactory logging)
        {
            var metrics = new ControlMetrics(registry);
            Metrics = new RunMetrics(registry);
            var watched = new InformerOptions { Namespaces = options.WatchNamespaces };
            var cache = logging.CreateLogger("cache");
            var tests = new Informer<LoadTest>(LoadTestResources.LoadTests, client, client, watched, time, cache);
            var runs = new Informer<LoadTestRun>(LoadTestResources.LoadTestRuns, client, client, watched, time, cache);
            var pods = new Informer<Pod>(Resources.Pods, client, client, watched with { LabelSelector = Labels.ManagedSelector }, time, cache);
            runs.Store.AddOwnerIndex();
            runs.Store.AddIndex(RunWorld.TestIndex, static run => [RunWorld.TestKey(run.Metadata.Namespace, run.Spec.LoadTestRef.Name)]);
            pods.Store.AddOwnerIndex();

            var limits = options.Deadlines;
            var world = new RunWorld(tests.Store, runs.Store, pods.Store, client, client, client);
            var recorder = new EventRecorder(client, $"{LoadTestResources.Group}/operator", Instance(options.Identity), time, logging.CreateLogger("events"), PrintableText.OneLine);
            _runners = new RunnerClient(time, limits.Look, limits.Silence, keys.PublicKeyOf, Metrics);
            var evidence = new EvidenceStore(client, client, client, time);
            var image = new RunnerImage(options.RunnerImage, options.RunnerImagePullPolicy);
            var actor = new RunActor(client, client, _runners, evidence, new Rollouts(client), new StageJobs(client, client, client, time), keys, image, time, logging.CreateLogger("runs"));
            var runReconciler = new RunReconciler(
                world, new RunSessions(_runners, keys, new ApiAccess(client, client), limits, time, logging.CreateLogger("observed")), actor, new RunEvents(recorder), Metrics, new Baselines(world, logging.CreateLogger("runs")), new PodTroubles(client, time),
                new CheckpointStore(client, client, time, logging.CreateLogger("runs")), new ForeignPods(Metrics, logging.CreateLogger("runs")), limits, options.Policy, time, logging.CreateLogger("runs"));
            var testReconciler = new TestReconciler(world, recorder, limits, options.Policy, time, logging.CreateLogger("tests"));
            var control = logging.CreateLogger("control");
            _runController = new Controller("loadtestrun", OperatorTracing.Traced("loadtestrun", runReconciler), new ControllerOptions { Workers = RunWorkers }, time, metrics, control)
                .Watch(runs, Changed)
                .Owns(pods, LoadTestResources.Group, LoadTestResources.LoadTestRuns.Kind);
            _testController = new Controller("loadtest", OperatorTracing.Traced("loadtest", testReconciler), new ControllerOptions(), time, metrics, control)
                // Status changes, too: one that somebody else wrote or restored must not stay. Ours end in a pass that changes nothing.
                .For(tests)
                .Watch(runs, static change => [new NamespacedName(change.Latest.Metadata.Namespace!, change.Latest.Spec.LoadTestRef.Name)]);
            var elector = !options.LeaderElect ? null : new LeaderElector(
                new LeaderElectionOptions { Lease = new NamespacedName(options.Namespace, OperatorOptions.LeaseName), Identity = options.Identity },
                client, client, time, metrics, logging.CreateLogger("leader"));
            Manager = new ControllerManager(new ControllerManagerOptions(), time, logging.CreateLogger("manager"), elector)
                .Add(tests).Add(runs).Add(pods)
                .AddAlways(recorder)
                .AddLeading(_testController).AddLeading(_runController);
        }

        public ControllerManager Manager { get; }

        public RunMetrics Metrics { get; }

        public void Dispose()
        {
            _testController.Dispose();
            _runController.Dispose();
            _runners.Dispose();
        }

        /// <summary>Our own status writes start no pass: a run is looked at on its beat, and a write per look would be a look per write.</summary>
        private static IEnumerable<NamespacedName> Changed<T>(Change<T> change)
            where T : class, IKubernetesObject =>
            change is { Type: ChangeType.Updated, Old.Metadata: { } old, New.Metadata: { } now }
            && old.Generation == now.Generation && old.DeletionTimestamp == now.DeletionTimestamp && Same(old.Annotations, now.Annotations)
                ? []
                : [change.Name];

        private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
            one.Count == other.Count && one.All(entry => other.TryGetValue(entry.Key, out var value) && value == entry.Value);

        private static string Instance(string identity) => identity.Length <= 128 ? identity : identity[..128];
    }
}
