using System.Text;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Caching;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Kubernetes.Telemetry;
using LoadTesting.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadTesting.Cluster.Tests;

/// <summary>The Kubernetes layer against a real API server: what a fake cannot vouch for.</summary>
[Collection(ApiServerCollection.Name)]
public sealed class KubernetesLayerTests(ApiServerFixture fixture) : IAsyncLifetime
{
    private ApiClient _client = null!;
    private ClusterNamespace _namespace = null!;

    public async Task InitializeAsync()
    {
        _client = Connect(fixture.Cluster);
        _namespace = await fixture.Cluster.CreateNamespaceAsync();
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        if (_namespace is not null)
        {
            await _namespace.DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task Objects_live_and_die_as_they_do_for_kubectl()
    {
        var created = await _client.CreateAsync(Resources.ConfigMaps, Map("a", ("k", "v")) with { BinaryData = new Dictionary<string, byte[]> { ["b"] = [0, 255] } });
        Assert.Equal("v", (await fixture.Cluster.KubectlAsync("-n", _namespace.Name, "get", "cm", "a", "-o", "jsonpath={.data.k}")).Trim());
        Assert.Equal([0, 255], (await _client.GetAsync(Resources.ConfigMaps, Name("a"))).BinaryData["b"]);

        var taken = await Assert.ThrowsAsync<ApiException>(() => _client.CreateAsync(Resources.ConfigMaps, Map("a")));
        Assert.True(taken.Error.IsAlreadyExists);

        var patched = await _client.PatchAsync(Resources.ConfigMaps, Name("a"), new JsonObject { ["data"] = new JsonObject { ["k"] = null, ["l"] = "w" } });
        Assert.Equal(["l"], patched.Data.Keys);
        var stale = await Assert.ThrowsAsync<ApiException>(() => _client.UpdateAsync(Resources.ConfigMaps, created));
        Assert.True(stale.Error.IsConflict);
        Assert.Equal("z", (await _client.UpdateAsync(Resources.ConfigMaps, patched with { Data = new Dictionary<string, string> { ["l"] = "z" } })).Data["l"]);

        var spared = await Assert.ThrowsAsync<ApiException>(
            () => _client.DeleteAsync(Resources.ConfigMaps, Name("a"), new DeleteOptions { Uid = Guid.NewGuid().ToString() }));
        Assert.True(spared.Error.IsConflict);
        Assert.True(await _client.DeleteAsync(Resources.ConfigMaps, Name("a"), new DeleteOptions { Uid = created.Metadata.Uid }));
        Assert.Null(await _client.FindAsync(Resources.ConfigMaps, Name("a")));
        Assert.False(await _client.DeleteAsync(Resources.ConfigMaps, Name("a")));
    }

    [SkippableFact]
    public async Task A_pod_as_we_write_it_is_accepted_and_read_back()
    {
        var pod = await _client.CreateAsync(Resources.Pods, new Pod
        {
            Metadata = new ObjectMeta { Name = "p", Namespace = _namespace.Name },
            Spec = new PodSpec
            {
                RestartPolicy = "Never",
                AutomountServiceAccountToken = false,
                TerminationGracePeriodSeconds = 1,
                Containers =
                [
                    new Container
                    {
                        Name = "runner",
                        Image = "example.org/runner:1",
                        Ports = [new ContainerPort { Port = 8080, Name = "http" }],
                        Env = [new EnvVar { Name = "K", ValueFrom = (JsonObject)JsonNode.Parse("""{"secretKeyRef":{"name":"s","key":"k"}}""")! }],
                        Resources = new ResourceRequirements { Requests = new Dictionary<string, string> { ["cpu"] = "10m" } },
                        SecurityContext = new JsonObject { ["runAsNonRoot"] = true },
                    },
                ],
                Volumes = new JsonArray(JsonNode.Parse("""{"name":"v","configMap":{"name":"c"}}""")),
            },
        });
        Assert.Equal("Pending", pod.Status!.Phase);
        Assert.Equal("http", pod.Spec.Containers[0].Ports[0].Name);
        Assert.NotNull(pod.Metadata.CreationTimestamp);
        var invalid = await Assert.ThrowsAsync<ApiException>(
            () => _client.CreateAsync(Resources.Pods, new Pod { Metadata = new ObjectMeta { Name = "q", Namespace = _namespace.Name } }));
        Assert.Equal((422, ApiReason.Invalid), (invalid.Error.Code, invalid.Error.Reason));
        Assert.Contains(invalid.Error.Causes, c => c.Field == "spec.containers");
    }

    [SkippableFact]
    public async Task Applied_fields_have_owners()
    {
        var type = Resources.ConfigMaps;
        await _client.ApplyAsync(type, Map("a", ("x", "1"), ("y", "1")), new ApplyOptions { FieldManager = "one" });
        var refused = await Assert.ThrowsAsync<ApiException>(
            () => _client.ApplyAsync(type, Map("a", ("x", "2")), new ApplyOptions { FieldManager = "two", Force = false }));
        Assert.True(refused.Error.IsConflict);
        Assert.Contains(refused.Error.Causes, c => c is { Reason: "FieldManagerConflict", Field: ".data.x" });
        await _client.ApplyAsync(type, Map("a", ("x", "2")), new ApplyOptions { FieldManager = "two" });
        var left = await _client.ApplyAsync(type, Map("a"), new ApplyOptions { FieldManager = "one" });
        Assert.Equal(new Dictionary<string, string> { ["x"] = "2" }, left.Data);
    }

    [SkippableFact]
    public async Task Lists_are_paged_and_selected()
    {
        for (var i = 0; i < 5; i++)
        {
            await _client.CreateAsync(Resources.ConfigMaps, Map($"c{i}") with
            {
                Metadata = new ObjectMeta { Name = $"c{i}", Namespace = _namespace.Name, Labels = new Dictionary<string, string> { ["odd"] = $"{i % 2 == 1}" } },
            });
        }

        var all = await _client.ListAsync(Resources.ConfigMaps, new ListOptions { Namespace = _namespace.Name, PageSize = 2, LabelSelector = "odd" });
        Assert.Equal(["c0", "c1", "c2", "c3", "c4"], all.Items.Select(c => c.Metadata.Name!).Order());
        var odd = await _client.ListAsync(Resources.ConfigMaps, new ListOptions { Namespace = _namespace.Name, LabelSelector = "odd=True" });
        Assert.Equal(["c1", "c3"], odd.Items.Select(c => c.Metadata.Name!).Order());
        var one = await _client.ListAsync(Resources.ConfigMaps, new ListOptions { Namespace = _namespace.Name, FieldSelector = "metadata.name=c4" });
        Assert.Equal("c4", Assert.Single(one.Items).Metadata.Name);
    }

    [SkippableFact]
    public async Task A_watch_resumes_where_it_ended()
    {
        var start = await _client.ListAsync(Resources.ConfigMaps, new ListOptions { Namespace = _namespace.Name });
        await _client.CreateAsync(Resources.ConfigMaps, Map("a"));
        var first = await NextAsync(start.ResourceVersion);
        Assert.Equal((WatchEventType.Added, "a"), (first.Type, first.Object!.Metadata.Name));
        await _client.CreateAsync(Resources.ConfigMaps, Map("b"));
        await _client.DeleteAsync(Resources.ConfigMaps, Name("b"));
        var second = await NextAsync(first.ResourceVersion);
        Assert.Equal((WatchEventType.Added, "b"), (second.Type, second.Object!.Metadata.Name));
        var third = await NextAsync(second.ResourceVersion);
        Assert.Equal((WatchEventType.Deleted, "b"), (third.Type, third.Object!.Metadata.Name));
    }

    [SkippableFact]
    public async Task An_orderly_watch_ends_by_itself()
    {
        var start = await _client.ListAsync(Resources.ConfigMaps, new ListOptions { Namespace = _namespace.Name });
        var options = new WatchOptions { Namespace = _namespace.Name, ResourceVersion = start.ResourceVersion, Timeout = TimeSpan.FromSeconds(2) };
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await foreach (var change in _client.WatchAsync(Resources.ConfigMaps, options, limit.Token))
        {
            Assert.NotEqual(WatchEventType.Error, change.Type);
        }
    }

    [SkippableFact]
    public async Task An_informer_follows_what_kubectl_does()
    {
        using var stop = new CancellationTokenSource();
        var informer = new Informer<ConfigMap>(
            Resources.ConfigMaps, _client, _client, new InformerOptions { Namespaces = [_namespace.Name] }, TimeProvider.System, NullLogger.Instance);
        var running = informer.RunAsync(stop.Token);
        await informer.WaitForSyncAsync(stop.Token);
        await fixture.Cluster.KubectlAsync("-n", _namespace.Name, "create", "configmap", "k", "--from-literal=a=1");
        await Eventually.SeeAsync("k in the cache", () => Task.FromResult(informer.Store.Find(Name("k"))), found => found?.Data["a"] == "1");
        await fixture.Cluster.KubectlAsync("-n", _namespace.Name, "delete", "configmap", "k");
        await Eventually.SeeAsync("k gone from the cache", () => Task.FromResult(informer.Store.Find(Name("k"))), found => found is null);
        await stop.CancelAsync();
        await running;
    }

    [SkippableFact]
    public async Task A_kind_of_our_own_has_spec_and_status_apart()
    {
        var group = $"g{_namespace.Name[5..]}.example.org";
        var definition = new CustomResourceDefinition
        {
            Metadata = new ObjectMeta { Name = $"things.{group}" },
            Spec = (JsonObject)JsonNode.Parse("""
                {"group":"GROUP","scope":"Namespaced","names":{"plural":"things","singular":"thing","kind":"Thing"},
                 "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},"schema":{"openAPIV3Schema":{"type":"object","properties":{
                   "spec":{"type":"object","properties":{"n":{"type":"integer"}}},
                   "status":{"type":"object","default":{"observedGeneration":-1},"properties":{"observedGeneration":{"type":"integer"},"phase":{"type":"string"},
                     "conditions":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["type"],"items":{"type":"object","required":["type"],
                       "properties":{"type":{"type":"string"},"status":{"type":"string"},"reason":{"type":"string"},"message":{"type":"string"},
                       "lastTransitionTime":{"type":"string","format":"date-time"},"observedGeneration":{"type":"integer"}}}}}}}}}}]}
                """.Replace("GROUP", group, StringComparison.Ordinal))!,
        };
        var crd = NamespacedName.Of(definition);
        await _client.ApplyAsync(Resources.CustomResourceDefinitions, definition, new ApplyOptions { FieldManager = "tests" });
        try
        {
            await Eventually.SeeAsync(
                "the kind is served",
                () => _client.GetAsync(Resources.CustomResourceDefinitions, crd),
                found => found.Status.Conditions.IsTrue("Established"));
            var type = Resources.Untyped(group, "v1", "things", "Thing", true);
            var created = await Eventually.SeeAsync(
                "a thing",
                async () => await TryAsync(() => _client.ApplyAsync(type, Name("t"), (JsonObject)JsonNode.Parse("""{"spec":{"n":1},"status":{"phase":"no"}}""")!, new ApplyOptions { FieldManager = "user" })),
                made => made is not null);
            Assert.Equal("""{"observedGeneration":-1}""", created!.Extra!["status"].GetRawText());

            var now = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
            var cause = new ConditionCause("Works", "it works", 1);
            var running = await ApplyStatusAsync(type, Array.Empty<Condition>().Progressing(cause, now));
            Assert.Equal("InProgress", Compute(running, type));
            var stalled = await ApplyStatusAsync(type, Array.Empty<Condition>().Progressing(cause, now).StalledBy(cause, now));
            Assert.Equal("Failed", Compute(stalled, type));
            Assert.DoesNotContain("Reconciling", stalled.Extra!["status"].GetRawText(), StringComparison.Ordinal);
            Assert.Equal(created.Metadata.Generation, stalled.Metadata.Generation);
            var changed = await _client.PatchAsync(type, Name("t"), new JsonObject { ["spec"] = new JsonObject { ["n"] = 2 } });
            Assert.Equal(2, changed.Metadata.Generation);
            Assert.Equal("InProgress", Compute(changed, type));
        }
        finally
        {
            await _client.DeleteAsync(Resources.CustomResourceDefinitions, crd);
        }
    }

    [SkippableFact]
    public async Task Of_two_electors_one_leads_and_a_release_hands_over()
    {
        var registry = new MetricRegistry();
        using var otherClient = Connect(fixture.Cluster);
        using var stopFirst = new CancellationTokenSource();
        using var stopSecond = new CancellationTokenSource();
        var first = Elector("first", _client, registry);
        var second = Elector("second", otherClient, registry);
        var firstRun = first.RunAsync(work => Task.Delay(Timeout.Infinite, work), stopFirst.Token);
        await Eventually.SeeAsync("the first leads", () => Task.FromResult(first.IsLeader), leads => leads);
        var secondRun = second.RunAsync(work => Task.Delay(Timeout.Infinite, work), stopSecond.Token);
        await Eventually.SeeAsync("the second sees the first", () => Task.FromResult(second.Holder), holder => holder == "first");
        Assert.False(second.IsLeader);
        await stopFirst.CancelAsync();
        await firstRun;
        Assert.False(first.IsLeader);
        await Eventually.SeeAsync("the second leads", () => Task.FromResult(second.IsLeader), leads => leads);
        var lease = await _client.GetAsync(Resources.Leases, Name("election"));
        Assert.Equal("second", lease.Spec.HolderIdentity);
        Assert.True(lease.Spec.RenewTime >= lease.Spec.AcquireTime);
        await stopSecond.CancelAsync();
        await secondRun;
    }

    [SkippableFact]
    public async Task Events_are_shown_by_kubectl_and_repetitions_are_counted()
    {
        var map = await _client.CreateAsync(Resources.ConfigMaps, Map("a"));
        var recorder = new EventRecorder(_client, "loadtest.dev/tests", "tests-1", TimeProvider.System, NullLogger.Instance);
        using var stop = new CancellationTokenSource();
        var running = recorder.RunAsync(stop.Token);
        for (var i = 0; i < 3; i++)
        {
            recorder.Record(map, EventType.Warning, "ThresholdsFailed", "Judging", "p(95) was 7 ms, limit 5 ms");
        }

        await Eventually.SeeAsync(
            "one event with a series of 3",
            () => _client.ListAsync(Resources.Events, new ListOptions { Namespace = _namespace.Name }),
            events => events.Items is [{ Series.Count: 3, Type: "Warning", Reason: "ThresholdsFailed" }]);
        var described = await fixture.Cluster.KubectlAsync("-n", _namespace.Name, "events", "--for", "ConfigMap/a");
        Assert.Contains("p(95) was 7 ms, limit 5 ms", described, StringComparison.Ordinal);
        await stop.CancelAsync();
        await running;
    }

    [SkippableFact]
    public async Task A_token_from_an_exec_plugin_or_a_file_opens_the_door_and_a_wrong_one_does_not()
    {
        await fixture.Cluster.KubectlAsync("-n", _namespace.Name, "create", "serviceaccount", "reader");
        await fixture.Cluster.KubectlAsync("-n", _namespace.Name, "create", "rolebinding", "reader", "--clusterrole=view", $"--serviceaccount={_namespace.Name}:reader");
        var token = (await fixture.Cluster.KubectlAsync("-n", _namespace.Name, "create", "token", "reader")).Trim();
        var folder = Directory.CreateTempSubdirectory("loadtest-token-");
        try
        {
            var file = Path.Combine(folder.FullName, "token");
            await File.WriteAllTextAsync(file, token);
            var admin = Config(fixture.Cluster);
            ExecPlugin plugin = new()
            {
                ApiVersion = "client.authentication.k8s.io/v1",
                Command = "/bin/sh",
                Args = ["-c", $$$"""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'$(cat {{{file}}})'"}}'"""],
            };
            foreach (var user in (ClusterUser[])[new() { TokenFile = file }, new() { Exec = plugin }])
            {
                using var client = Connect(admin with { User = user });
                var listed = await Eventually.SeeAsync(
                    "the role binding counts",
                    async () => await TryAsync(() => client.ListAsync(Resources.ConfigMaps, new ListOptions { Namespace = _namespace.Name })),
                    found => found is not null);
                Assert.NotNull(listed);
                var refused = await Assert.ThrowsAsync<ApiException>(() => client.CreateAsync(Resources.ConfigMaps, Map("x")));
                Assert.Equal(ApiReason.Forbidden, refused.Error.Reason);
            }

            using var stranger = Connect(admin with { User = new ClusterUser { Token = "wrong" } });
            var unknown = await Assert.ThrowsAsync<ApiException>(() => stranger.ListAsync(Resources.ConfigMaps));
            Assert.Equal(ApiReason.Unauthorized, unknown.Error.Reason);

            using var distrustful = Connect(admin with { Tls = new ClusterTls() });
            await Assert.ThrowsAsync<HttpRequestException>(() => distrustful.ListAsync(Resources.ConfigMaps));
            using var misled = Connect(admin with { Tls = admin.Tls with { ServerName = "not.the.server" } });
            await Assert.ThrowsAsync<HttpRequestException>(() => misled.ListAsync(Resources.ConfigMaps));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<T?> TryAsync<T>(Func<Task<T>> attempt)
        where T : class
    {
        try
        {
            return await attempt();
        }
        catch (ApiException e) when (e.Error.Code is 403 or 404)
        {
            return null;
        }
    }

    private static ClusterConfig Config(ClusterAccess cluster)
    {
        var found = Kubeconfig.Load([cluster.Kubeconfig]);
        Assert.Empty(found.Problems);
        return found.Config!;
    }

    private static ApiClient Connect(ClusterAccess cluster) => Connect(Config(cluster));

    private static ApiClient Connect(ClusterConfig config) => new(
        config, new ApiClientOptions { UserAgent = "cluster-tests/1", Retries = 2 }, TimeProvider.System, NullLogger.Instance);

    private static string Compute(UntypedObject item, ResourceType<UntypedObject> type) =>
        Kstatus.Compute(JsonNode.Parse(Encoding.UTF8.GetString(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(item, type.TypeInfo)))!);

    private Task<UntypedObject> ApplyStatusAsync(ResourceType<UntypedObject> type, IReadOnlyList<Condition> conditions) => _client.ApplyStatusAsync(
        type,
        Name("t"),
        new JsonObject
        {
            ["observedGeneration"] = 1,
            ["conditions"] = new JsonArray([.. conditions.Select(c => System.Text.Json.JsonSerializer.SerializeToNode(c, KubernetesJson.TypeInfo<Condition>()))]),
        },
        new ApplyOptions { FieldManager = "operator" });

    private LeaderElector Elector(string identity, ApiClient client, MetricRegistry registry) => new(
        new LeaderElectionOptions { Lease = Name("election"), Identity = identity },
        client,
        client,
        TimeProvider.System,
        new ControlMetrics(registry),
        NullLogger.Instance);

    private async Task<WatchEvent<ConfigMap>> NextAsync(string version)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        // The controller-manager puts a ConfigMap with the cluster's CA into every namespace when it likes.
        var options = new WatchOptions { Namespace = _namespace.Name, ResourceVersion = version, FieldSelector = "metadata.name!=kube-root-ca.crt" };
        await foreach (var change in _client.WatchAsync(Resources.ConfigMaps, options, limit.Token))
        {
            if (change.Type != WatchEventType.Bookmark)
            {
                return change;
            }
        }

        throw new Xunit.Sdk.XunitException("the watch ended without an event");
    }

    private NamespacedName Name(string name) => new(_namespace.Name, name);

    private ConfigMap Map(string name, params (string Key, string Value)[] data) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = _namespace.Name },
        Data = data.ToDictionary(d => d.Key, d => d.Value),
    };
}
