using System.Globalization;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Caching;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Judging;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Lifecycle;
using LoadTesting.Operator.Reconciling;
using LoadTesting.Operator.Workloads;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadTesting.Operator.Tests.Reconciling;

/// <summary>
/// One LoadTest and its runs as an API server keeps them (generations, versions, preconditions), the operator's own reconciler over caches that are filled when a test says so,
/// and runs that end when a test says so, with the verdict of the target's health at that instant.
/// </summary>
internal sealed class HistoryWorld
{
    private readonly Dictionary<string, LoadTestRun> _runs = new(StringComparer.Ordinal);
    private readonly List<LoadTestRun> _deleted = [];
    private readonly Api _api;
    private LoadTest? _test;
    private LoadTestStatus? _saved;
    private long _version;
    private bool _isTargetHealthy = true;
    private bool _isFull;

    public HistoryWorld() => _api = new Api(this);

    /// <summary>The test as it is stored.</summary>
    public LoadTest Test => _test ?? throw new InvalidOperationException("nothing was applied");

    /// <summary>Every run that was ever made by an operator, as "letter of the spec that it runs", in order.</summary>
    public List<string> Made { get; } = [];

    /// <summary>The run that was made last, whether it is stored or not.</summary>
    public (string Sequence, string Target)? NewestMade { get; private set; }

    /// <summary>Runs that are stored, oldest first.</summary>
    public IReadOnlyList<LoadTestRun> Runs => [.. _runs.Values.Order(Comparer<LoadTestRun>.Create(RunOrder.Compare))];

    /// <summary>Whether there is a test yet.</summary>
    public bool IsApplied => _test is not null;

    /// <summary>What operators that start from now on allow tests.</summary>
    public TestPolicy Policy { get; set; } = TestPolicy.Standard;

    /// <summary>After how many more writes the operator dies; null = it does not.</summary>
    public int? DiesAfter { get; set; }

    /// <summary>A process with its own caches, filled at its start.</summary>
    public sealed class Operator
    {
        private readonly HistoryWorld _world;
        private readonly Store<LoadTest> _tests = new();
        private readonly Store<LoadTestRun> _seen = new();
        private readonly TestReconciler _reconciler;

        public Operator(HistoryWorld world)
        {
            _world = world;
            _seen.AddIndex(RunWorld.TestIndex, static run => [RunWorld.TestKey(run.Metadata.Namespace, run.Spec.LoadTestRef.Name)]);
            var caches = new RunWorld(_tests, _seen, new Store<Pod>(), world._api, world._api, world._api);
            _reconciler = new TestReconciler(caches, new EventRecorder(world._api, "loadtest.dev/operator", "one", TimeProvider.System, NullLogger.Instance), new RunDeadlines(), world.Policy, TimeProvider.System, NullLogger.Instance);
            See();
        }

        /// <summary>Its caches hold what is stored now.</summary>
        public void See()
        {
            _tests.Replace(_world._test is { } test ? [test] : []);
            _seen.Replace(_world.Runs);
        }

        /// <summary>Its cache of runs is up to date, that of tests is not.</summary>
        public void SeeRuns() => _seen.Replace(_world.Runs);

        /// <summary>One pass on what its caches hold.</summary>
        public async Task<ReconcileResult> PassAsync() => await _reconciler.ReconcileAsync(new NamespacedName("ns", "t"), CancellationToken.None);

        /// <summary>Passes, each on what is stored, until one changes nothing.</summary>
        public async Task SettleAsync()
        {
            for (var pass = 0; pass < 20; pass++)
            {
                var before = _world._version;
                See();
                var result = await PassAsync();
                if (before == _world._version && (result == ReconcileResult.Finished || _world._isFull))
                {
                    return;
                }
            }

            throw new InvalidOperationException("the operator never comes to rest");
        }
    }

    /// <summary>Somebody does something; one word each.</summary>
    public void Do(string step)
    {
        var (verb, what) = step.Split('=', 2) is [var v, var w] ? (v, w) : (step, "");
        switch (verb)
        {
            case "A" or "B" or "C":
                Change(spec => spec["target"] = $"http://{verb.ToLowerInvariant()}");
                break;
            case "invalid":
                Change(spec => spec["target"] = "no URL");
                break;
            case "suspend":
                Change(spec => spec["suspend"] = true);
                break;
            case "resume":
                Change(spec => spec.Remove("suspend"));
                break;
            case "history":
                Change(spec => spec["history"] = new JsonObject { ["passed"] = Number(what), ["failed"] = Number(what) });
                break;
            case "priority":
                Change(spec => spec["runners"] = new JsonObject { ["priorityClassName"] = what });
                break;
            case "strict" or "lax":
                Policy = verb == "strict" ? TestPolicy.Standard : TestPolicy.Unlimited;
                break;
            case "replace":
                Change(spec => spec["onChange"] = "replace");
                break;
            case "rerun":
                Annotate(what);
                break;
            case "unrerun":
                Annotate(null);
                break;
            case "label":
                Store(Test with { Metadata = Test.Metadata with { Labels = new Dictionary<string, string> { ["l"] = what } } });
                break;
            case "down" or "up":
                _isTargetHealthy = verb == "up";
                break;
            case "full" or "room":
                _isFull = verb == "full";
                break;
            case "end":
                End();
                break;
            case "hand":
                ByHand(what);
                break;
            case "delete":
                if (_runs.Remove(Names.Run("t", Test.Metadata.Uid!, Number(what)), out var deleted))
                {
                    _deleted.Add(deleted);
                    _version++;
                }

                break;
            case "save":
                _saved = Test.Status;
                break;
            case "restore":
                Store(Test with { Status = _saved! });
                break;
            case "lose":
                Store(Test with { Status = new LoadTestStatus() });
                break;
            default:
                throw new ArgumentException($"no step {step}", nameof(step));
        }
    }

    /// <summary>The test has this status, whoever wrote it.</summary>
    public void Adopt(LoadTestStatus status) => Store(Test with { Status = status });

    /// <summary>Run and status as an operator before sequences left them.</summary>
    public void AdoptLegacy()
    {
        var cause = SpecDigest.Legacy(Test);
        Store(new LoadTestRun
        {
            Metadata = new ObjectMeta
            {
                Name = "t-1-old", Namespace = "ns", Uid = "old", CreationTimestamp = DateTimeOffset.UnixEpoch,
                Annotations = new Dictionary<string, string> { [Labels.Cause] = cause, [Labels.Generation] = "1" },
                OwnerReferences = [new OwnerReference { ApiVersion = LoadTestResources.ApiVersion, Kind = "LoadTest", Name = "t", Uid = "uid-1", Controller = true }],
            },
            Spec = new LoadTestRunSpec { LoadTestRef = new LoadTestReference { Name = "t" }, Snapshot = Test.Spec },
            Status = new LoadTestStatus { Phase = RunPhase.Finished, Verdict = nameof(Verdict.Passed), Reason = "Why", Message = "How." },
        });
        Adopt(new LoadTestStatus { ObservedGeneration = 1, Phase = RunPhase.Finished, Verdict = nameof(Verdict.Passed), Reason = "Why", Message = "How.", Run = "t-1-old", Bookkeeping = new Bookkeeping { Cause = cause } });
    }

    /// <summary>What a gate and a person read.</summary>
    public string Shown()
    {
        var status = Test.Status;
        var number = _runs.Values.Concat(_deleted).FirstOrDefault(r => r.Metadata.Name == status.Run) is { } run ? run.Metadata.Annotations.GetValueOrDefault(Labels.Sequence) ?? run.Metadata.Name : status.Run is null ? "-" : "?";
        return $"{number} {status.Verdict ?? status.Phase?.ToString() ?? "nothing"} {status.Conditions?.Find("Succeeded")?.Status ?? "absent"}";
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private void Change(Action<JsonObject> change)
    {
        var spec = (JsonObject?)_test?.Spec?.DeepClone() ?? JsonNode.Parse("""
            {"target":"http://a","flows":{"f":[{"request":{"url":"/"}}]},"scenarios":{"s":{"executor":"shared-iterations","vus":1,"iterations":1}},"thresholds":{"http_req_failed":["rate==0"]}}
            """)!.AsObject();
        change(spec);
        var old = _test ?? new LoadTest { Metadata = new ObjectMeta { Name = "t", Namespace = "ns", Uid = "uid-1", Generation = 0, CreationTimestamp = DateTimeOffset.UnixEpoch } };
        var isSame = old.Spec?.ToJsonString() == spec.ToJsonString();
        Store(old with { Spec = spec, Metadata = old.Metadata with { Generation = old.Metadata.Generation + (isSame ? 0 : 1) } });
    }

    private void Annotate(string? value) => Store(Test with
    {
        Metadata = Test.Metadata with { Annotations = value is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [Labels.Rerun] = value } },
    });

    /// <summary>The oldest run that is not finished ends.</summary>
    private void End()
    {
        if (Runs.FirstOrDefault(r => r.Status.Phase != RunPhase.Finished) is { } run)
        {
            var verdict = run.Spec.Abort ? Verdict.Aborted : _isTargetHealthy ? Verdict.Passed : Verdict.Failed;
            Store(run with { Status = new LoadTestStatus { Phase = RunPhase.Finished, Verdict = verdict.ToString(), Reason = "Why", Message = "How.", Bookkeeping = new Bookkeeping { Cause = run.Status.Bookkeeping?.Cause ?? SpecDigest.Of(run.Spec) } } });
        }
    }

    private void ByHand(string what)
    {
        var own = Runs.LastOrDefault(r => r.Metadata.Annotations.ContainsKey(Labels.Sequence));
        var run = what switch
        {
            "plain" => Run([]),
            "target" => Run([]) with { Spec = Spec() with { Target = "http://elsewhere" } },
            "variables" => Run([]) with { Spec = Spec() with { Variables = new JsonObject { ["a"] = 1 } } },
            "profile" => Run([]) with { Spec = Spec() with { Profile = "smoke" } },
            // kubectl get ltr X -o yaml, another name, kubectl create: owner and annotations come along.
            "copy" => own! with { Metadata = own.Metadata with { Name = "copy", Uid = "copy" }, Status = new LoadTestStatus() },
            "copy-target" => own! with { Metadata = own.Metadata with { Name = "copy", Uid = "copy" }, Status = new LoadTestStatus(), Spec = own.Spec with { Target = "http://elsewhere" } },
            "squat" => Run([]) with { Metadata = new ObjectMeta { Name = Names.Run("t", "uid-1", (Test.Status.Bookkeeping?.Sequence ?? 0) + 1), Namespace = "ns", Uid = "squat" } },
            _ => throw new ArgumentException($"no run {what}", nameof(what)),
        };
        Store(run with { Metadata = run.Metadata with { CreationTimestamp = DateTimeOffset.UnixEpoch.AddSeconds(_version) } });

        LoadTestRunSpec Spec() => new() { LoadTestRef = new LoadTestReference { Name = "t" }, Snapshot = Test.Spec };
        LoadTestRun Run(Dictionary<string, string> annotations) =>
            new() { Metadata = new ObjectMeta { Name = $"hand-{_version}", Namespace = "ns", Uid = $"hand-{_version}", Annotations = annotations }, Spec = Spec() };
    }

    private void Store(LoadTest test) => _test = test with { Metadata = test.Metadata with { ResourceVersion = $"{++_version}" } };

    private LoadTestRun Store(LoadTestRun run) => _runs[run.Metadata.Name!] = run with { Metadata = run.Metadata with { ResourceVersion = $"{++_version}" } };

    /// <summary>The operator's way to what is stored; each write may be its last.</summary>
    private sealed class Api(HistoryWorld world) : IReader, IWriter, IStatusWriter
    {
        public async Task<T?> FindAsync<T>(ResourceType<T> type, NamespacedName name, CancellationToken cancellation = default)
            where T : class, IKubernetesObject
        {
            await Task.Yield();
            return world._runs.GetValueOrDefault(name.Name) as T;
        }

        public async Task<T> CreateAsync<T>(ResourceType<T> type, T item, CancellationToken cancellation = default)
            where T : class, IKubernetesObject
        {
            await Task.Yield();
            if (item is not LoadTestRun run)
            {
                return item;
            }

            if (world._isFull)
            {
                throw new ApiException(new ApiError(403, "Forbidden", "exceeded quota: few, requested: count/loadtestruns=1"), "POST");
            }

            if (world._runs.ContainsKey(run.Metadata.Name!))
            {
                throw new ApiException(new ApiError(409, ApiReason.AlreadyExists, "it exists"), "POST");
            }

            var now = DateTimeOffset.UnixEpoch.AddSeconds(world._version);
            var stored = world.Store(run with { Metadata = run.Metadata with { Uid = $"run-{world._version}", CreationTimestamp = now } });
            world.Made.Add(((string)run.Spec.Snapshot!["target"]!)[^1..].ToUpperInvariant());
            world.NewestMade = (run.Metadata.Annotations[Labels.Sequence], (string)run.Spec.Snapshot!["target"]!);
            Wrote();
            return (T)(object)stored;
        }

        public async Task<T> PatchAsync<T>(ResourceType<T> type, NamespacedName name, JsonObject patch, CancellationToken cancellation = default)
            where T : class, IKubernetesObject
        {
            await Task.Yield();
            var run = world._runs[name.Name];
            Assert.Equal(run.Metadata.Uid, (string?)patch["metadata"]!["uid"]);
            Assert.True((bool)patch["spec"]!["abort"]!);
            var stored = world.Store(run with { Spec = run.Spec with { Abort = true } });
            Wrote();
            return (T)(object)stored;
        }

        public async Task<bool> DeleteAsync<T>(ResourceType<T> type, NamespacedName name, DeleteOptions? options = null, CancellationToken cancellation = default)
            where T : class, IKubernetesObject
        {
            await Task.Yield();
            Assert.NotNull(options?.Uid);
            if (!world._runs.Remove(name.Name, out var run))
            {
                return false;
            }

            world._deleted.Add(run);
            world._version++;
            Wrote();
            return true;
        }

        public async Task<T> UpdateStatusAsync<T>(ResourceType<T> type, T item, CancellationToken cancellation = default)
            where T : class, IKubernetesObject
        {
            await Task.Yield();
            var test = (LoadTest)(object)item;
            if (test.Metadata.ResourceVersion != world.Test.Metadata.ResourceVersion)
            {
                throw new ApiException(new ApiError(409, ApiReason.Conflict, "it was changed"), "PUT");
            }

            world.Store(world.Test with { Status = test.Status });
            Wrote();
            return (T)(object)world.Test;
        }

        public Task<T> GetAsync<T>(ResourceType<T> type, NamespacedName name, CancellationToken cancellation = default)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<ResourceList<T>> ListAsync<T>(ResourceType<T> type, ListOptions? options = null, CancellationToken cancellation = default)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<T> UpdateAsync<T>(ResourceType<T> type, T item, CancellationToken cancellation = default)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<T> ApplyAsync<T>(ResourceType<T> type, T item, ApplyOptions options, CancellationToken cancellation = default)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<T> ApplyAsync<T>(ResourceType<T> type, NamespacedName name, JsonObject fields, ApplyOptions options, CancellationToken cancellation = default)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<T> ApplyStatusAsync<T>(ResourceType<T> type, NamespacedName name, JsonObject status, ApplyOptions options, CancellationToken cancellation = default)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<T> PatchStatusAsync<T>(ResourceType<T> type, NamespacedName name, JsonObject status, CancellationToken cancellation = default)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        private void Wrote()
        {
            if (world.DiesAfter is { } left)
            {
                world.DiesAfter = left - 1;
                if (left <= 1)
                {
                    world.DiesAfter = null;
                    throw new OperatorDied();
                }
            }
        }
    }
}

/// <summary>The operator's process is gone; what it had written is written.</summary>
internal sealed class OperatorDied : Exception;
