using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using LoadTesting.Model.Contract;
using LoadTesting.TestKit;

namespace LoadTesting.Cluster.Tests;

/// <summary>What the chart makes of its values. Needs no cluster.</summary>
public sealed class ChartTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(Chart.Folder, "values.schema.json")));

    [Fact]
    public void The_charts_own_values_obey_its_schema() => Assert.True(Obeys(Chart.Values));

    [Theory]
    [InlineData("{replicas: 3, image: {tag: v1}}", true)]
    [InlineData("{replica: 3}", false)]
    [InlineData("{image: {tags: v1}}", false)]
    [InlineData("{webhook: {failurePolicy: Maybe}}", false)]
    [InlineData("{webhook: {timeoutSeconds: 31}}", false)]
    [InlineData("{networkPolicy: {egress: {apiServerPorts: [70000]}}}", false)]
    [InlineData("{logFormat: xml}", false)]
    [InlineData("{replicas: two}", false)]
    [InlineData("{watchNamespace: Not_A_Name}", false)]
    [InlineData("{watchNamespaces: [shop, tests]}", true)]
    [InlineData("{watchNamespaces: shop}", false)]
    [InlineData("{watchNamespaces: [Not_A_Name]}", false)]
    [InlineData("{deadlines: {obstacle: 1m30s, ready: 10m}}", true)]
    [InlineData("{deadlines: {obstacle: 60}}", false)]
    [InlineData("{deadlines: {obstacle: soon}}", false)]
    [InlineData("{deadlines: {start: 1m}}", false)]
    [InlineData("{observe: {pods: {enabled: true, namespaces: [shop, \"*\"]}}}", true)]
    [InlineData("{observe: {pods: {namespaces: [Shop]}}}", false)]
    [InlineData("{policy: {volumeTypes: [csi, projected.serviceAccountToken], priorityClasses: [low], images: [\"*.example.org/*\"], podMetadata: [\"k8s.v1.cni.cncf.io/*\"]}}", true)]
    [InlineData("{policy: {volumeTypes: csi}}", false)]
    [InlineData("{policy: {images: [\"a b\"]}}", false)]
    [InlineData("{policy: {images: [\"a,b\"]}}", false)]
    [InlineData("{tracing: {endpoint: \"collector:4317\"}}", false)]
    [InlineData("{runner: {image: {digest: latest}}}", false)]
    [InlineData("{resources: {limit: {}}}", false)]
    [InlineData("{tolerations: [{key: a, operator: Exists}], affinity: {nodeAffinity: {}}}", true)]
    public void Unknown_and_wrong_values_are_refused(string values, bool isRight) =>
        Assert.Equal(isRight, Obeys(Assert.Single(YamlObjects.Read(values))));

    [Fact]
    public void Every_value_has_its_schema()
    {
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Chart.Folder, "values.schema.json")))!;
        // With any further member each object of known members must be refused: one that is not would accept a misspelt key.
        foreach (var path in Objects(Chart.Values, ""))
        {
            var values = Chart.Values.DeepClone().AsObject();
            var place = path.Split('.', StringSplitOptions.RemoveEmptyEntries).Aggregate((JsonNode)values, (node, key) => node[key]!);
            place["misspelt"] = 1;
            Assert.False(Obeys(values), $"{path}.misspelt is accepted");
        }

        Assert.Equal(
            Chart.Values.Select(v => v.Key).Order(StringComparer.Ordinal),
            schema["properties"]!.AsObject().Select(p => p.Key).Where(k => k != "global").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_readme_tells_every_value_and_its_default()
    {
        var readme = File.ReadAllLines(Path.Combine(Chart.Folder, "README.md")).Where(l => l.StartsWith("| `", StringComparison.Ordinal)).Select(l => l.Split('|', 4)).ToList();
        var told = readme.ToDictionary(c => c[1].Trim(' ', '`'), c => c[2].Trim(), StringComparer.Ordinal);
        var leaves = Leaves(Chart.Values, "").ToList();
        Assert.Equal(leaves.Select(l => l.Path), told.Keys);
        foreach (var (path, value) in leaves.Where(l => l.Path != "resources"))
        {
            var written = Assert.Single(YamlObjects.Read($"v: {told[path].Trim('`')}"))["v"];
            Assert.True(JsonNode.DeepEquals(value, written), $"README says {path} is {told[path]}, values.yaml says {value?.ToJsonString()}");
        }
    }

    [SkippableFact]
    public async Task Chart_and_config_grant_the_same_rights()
    {
        var chart = await Chart.RenderAsync("webhook: {enabled: true}\nobserve: {pods: {enabled: true}}");
        var rbac = Path.Combine(RepositoryPaths.Root, "config", "rbac");
        var config = new[] { Path.Combine(rbac, "operator-role.yaml"), Path.Combine(rbac, "own-namespace-role.yaml"), Path.Combine(rbac, "user-roles.yaml"), Path.Combine(rbac, "../webhook/role.yaml"), Path.Combine(rbac, "../observe-pods/role.yaml") }
            .SelectMany(f => YamlObjects.Read(File.ReadAllText(f))).ToList();
        var pairs = new[]
        {
            ("ClusterRole", "loadtest-operator", "loadtest-operator-runs"), ("Role", "loadtest-operator", "loadtest-operator"),
            ("ClusterRole", "loadtest-operator-webhook", "loadtest-operator-webhook"),
            ("ClusterRole", "loadtest-operator-observe-pods", "loadtest-operator-observe-pods"),
            ("ClusterRole", "loadtest-viewer", "loadtest-viewer"), ("ClusterRole", "loadtest-editor", "loadtest-editor"),
        };
        foreach (var (kind, inConfig, inChart) in pairs)
        {
            Assert.Equal(YamlObjects.One(config, kind, inConfig)["rules"]!.ToJsonString(), YamlObjects.One(chart, kind, inChart)["rules"]!.ToJsonString());
        }

        Assert.Equal(pairs.Length, config.Count(o => ((string)o["kind"]!).EndsWith("Role", StringComparison.Ordinal)));
        Assert.Equal(pairs.Length, chart.Count(o => ((string)o["kind"]!).EndsWith("Role", StringComparison.Ordinal)));
        Assert.DoesNotContain("\"*\"", string.Concat(chart.Where(o => o.ContainsKey("rules")).Select(o => o["rules"]!.ToJsonString())), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Pods_are_observed_where_the_values_say_so_and_nowhere_else()
    {
        Assert.DoesNotContain(await Chart.RenderAsync(""), o => o.ToJsonString().Contains("observe-pods", StringComparison.Ordinal));

        var own = await Chart.RenderAsync("observe: {pods: {enabled: true}}");
        Assert.Equal("[{\"apiGroups\":[\"\"],\"resources\":[\"pods\"],\"verbs\":[\"list\",\"watch\"]}]", YamlObjects.One(own, "ClusterRole", "loadtest-operator-observe-pods")["rules"]!.ToJsonString());
        Assert.Contains("--observe-pods=own\"", string.Concat(own.Select(o => o.ToJsonString())), StringComparison.Ordinal);

        var some = await Chart.RenderAsync("watchNamespace: tests\nobserve: {pods: {enabled: true, namespaces: [shop, tests]}}");
        var roles = some.Where(o => (string)o["kind"]! == "Role" && ((string)o["metadata"]!["name"]!).EndsWith("-observe-pods", StringComparison.Ordinal)).Select(o => (string)o["metadata"]!["namespace"]!);
        Assert.Equal(["shop", "tests"], roles.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(some, o => (string)o["kind"]! == "ClusterRole" && o.ToJsonString().Contains("observe-pods", StringComparison.Ordinal));
        Assert.Contains("--observe-pods=own,shop,tests\"", string.Concat(some.Select(o => o.ToJsonString())), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task For_one_namespace_the_operator_has_no_right_elsewhere()
    {
        var objects = await Chart.RenderAsync("{watchNamespace: shop, rbac: {userRoles: false}}");
        Assert.DoesNotContain(objects, o => ((string)o["kind"]!).StartsWith("ClusterRole", StringComparison.Ordinal));
        Assert.Equal("shop", (string)YamlObjects.One(objects, "Role", "loadtest-operator-runs")["metadata"]!["namespace"]!);
        var binding = YamlObjects.One(objects, "RoleBinding", "loadtest-operator-runs");
        Assert.Equal(("shop", "Role"), ((string)binding["metadata"]!["namespace"]!, (string)binding["roleRef"]!["kind"]!));
        Assert.Equal(Chart.Namespace, (string)binding["subjects"]![0]!["namespace"]!);
        Assert.Contains("--watch-namespaces=shop", Arguments(objects));
        Assert.DoesNotContain("--watch-namespace", string.Join(' ', Arguments(await Chart.RenderAsync())), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task For_several_namespaces_it_has_a_Role_in_each_and_none_elsewhere()
    {
        var objects = await Chart.RenderAsync("{watchNamespaces: [shop, tests], watchNamespace: shop, rbac: {userRoles: false}, webhook: {enabled: true}, observe: {pods: {enabled: true, namespaces: [db]}}}");
        IEnumerable<string> Spaces(string kind, string name) => objects
            .Where(o => (string)o["kind"]! == kind && (string)o["metadata"]!["name"]! == name).Select(o => (string)o["metadata"]!["namespace"]!).Order(StringComparer.Ordinal);
        Assert.Equal(["shop", "tests"], Spaces("Role", "loadtest-operator-runs"));
        Assert.Equal(["shop", "tests"], Spaces("RoleBinding", "loadtest-operator-runs"));
        Assert.Equal(["db", "shop", "tests"], Spaces("Role", "loadtest-operator-observe-pods"));
        var everywhere = objects.Where(o => (string)o["kind"]! == "ClusterRole").ToList();
        Assert.Equal("loadtest-operator-webhook", (string)Assert.Single(everywhere)["metadata"]!["name"]!);
        Assert.Contains("--watch-namespaces=shop,tests", Arguments(objects));
        var selector = YamlObjects.One(objects, "ValidatingWebhookConfiguration")["webhooks"]![0]!["namespaceSelector"]!["matchExpressions"]![0]!;
        Assert.Equal("[\"shop\",\"tests\"]", selector["values"]!.ToJsonString());
        Assert.Contains("the namespaces shop, tests", await Chart.RenderTextAsync("watchNamespaces: [shop, tests]", "v1.30.0", "loadtest-operator", "--notes"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Deadlines_reach_the_operator_where_they_are_given()
    {
        var objects = await Chart.RenderAsync("deadlines: {obstacle: 10m, queue: 1h}");
        Assert.Equal(["--obstacle-timeout=10m", "--queue-timeout=1h"], Arguments(objects).Where(a => a.Contains("-timeout=", StringComparison.Ordinal)));
        Assert.DoesNotContain("-timeout=", string.Join(' ', Arguments(await Chart.RenderAsync())), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("", """[{"ports":[{"port":"metrics","protocol":"TCP"}],"from":[{"namespaceSelector":{"matchLabels":{"metrics":"enabled"}}}]}]""")]
    [InlineData("networkPolicy: {metricsFrom: []}", """[{"ports":[{"port":"metrics","protocol":"TCP"}]}]""")]
    [InlineData("{webhook: {enabled: true}, networkPolicy: {metricsFrom: [{podSelector: {}}], webhookFrom: [{ipBlock: {cidr: 10.0.0.1/32}}]}}",
        """[{"ports":[{"port":"metrics","protocol":"TCP"}],"from":[{"podSelector":{}}]},{"ports":[{"port":"webhook","protocol":"TCP"}],"from":[{"ipBlock":{"cidr":"10.0.0.1/32"}}]}]""")]
    [InlineData("webhook: {enabled: true}", """[{"ports":[{"port":"metrics","protocol":"TCP"}],"from":[{"namespaceSelector":{"matchLabels":{"metrics":"enabled"}}}]},{"ports":[{"port":"webhook","protocol":"TCP"}]}]""")]
    public async Task Only_scrapers_and_callers_of_the_webhook_are_let_in(string values, string ingress) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(ingress), YamlObjects.One(await Chart.RenderAsync(values), "NetworkPolicy", "loadtest-operator")["spec"]!["ingress"]));

    [Fact]
    public void Pods_that_chart_and_config_make_keep_within_the_restricted_profile()
    {
        foreach (var (file, kind) in new[] { ("manager/deployment.yaml", "Deployment"), ("samples/demo-target.yaml", "Deployment") })
        {
            var objects = YamlObjects.Read(File.ReadAllText(Path.Combine(RepositoryPaths.Root, "config", file)));
            Assert.Empty(RestrictedProfile.Violations(YamlObjects.One(objects, kind)["spec"]!["template"]!));
        }
    }

    [SkippableFact]
    public async Task The_policy_reaches_the_operator_where_it_is_given()
    {
        const string Policy = "policy: {volumeTypes: [configMap, csi], priorityClasses: [low], images: [\"*.example.org/*\", postgres], podMetadata: [\"k8s.v1.cni.cncf.io/*\"], foreignAntiAffinity: true}";
        Assert.Equal(
            ["--allow-images=*.example.org/*,postgres", "--allow-pod-metadata=k8s.v1.cni.cncf.io/*", "--allow-priority-classes=low", "--allow-volume-types=configMap,csi", "--allow-foreign-anti-affinity"],
            Arguments(await Chart.RenderAsync(Policy)).Where(a => a.StartsWith("--allow-", StringComparison.Ordinal)));
        Assert.DoesNotContain("--allow-", string.Join(' ', Arguments(await Chart.RenderAsync())), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_webhook_is_switched_on_as_a_whole()
    {
        var off = await Chart.RenderAsync();
        Assert.DoesNotContain(off, o => (string)o["kind"]! == "ValidatingWebhookConfiguration");
        Assert.DoesNotContain("webhook", YamlObjects.One(off, "Deployment").ToJsonString(), StringComparison.Ordinal);

        var on = await Chart.RenderAsync("{webhook: {enabled: true, timeoutSeconds: 7}, fullnameOverride: lto}");
        var webhook = YamlObjects.One(on, "ValidatingWebhookConfiguration", "lto")["webhooks"]![0]!;
        Assert.Equal(("Ignore", 7L, "None"), ((string)webhook["failurePolicy"]!, (long)webhook["timeoutSeconds"]!, (string)webhook["sideEffects"]!));
        Assert.Null(webhook["clientConfig"]!["caBundle"]);
        var service = YamlObjects.One(on, "Service", (string)webhook["clientConfig"]!["service"]!["name"]!);
        Assert.Equal("webhook", (string)service["spec"]!["ports"]![0]!["targetPort"]!);
        Assert.Equal(["--webhook", "--webhook-address=0.0.0.0:9443", "--webhook-service=lto-webhook", "--webhook-configuration=lto"], Arguments(on).TakeLast(4));
        Assert.Equal("lto", (string)YamlObjects.One(on, "ClusterRole", "lto-webhook")["rules"]![0]!["resourceNames"]![0]!);
        Assert.Contains("webhook", YamlObjects.One(on, "NetworkPolicy").ToJsonString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Monitors_select_what_the_chart_labels()
    {
        Assert.DoesNotContain(await Chart.RenderAsync(), o => ((string)o["kind"]!).EndsWith("Monitor", StringComparison.Ordinal));
        var objects = await Chart.RenderAsync("metrics: {service: false, serviceMonitor: {enabled: true, labels: {release: prometheus}}, podMonitor: {enabled: true, interval: 15s}}");
        var service = YamlObjects.One(objects, "ServiceMonitor");
        Assert.Equal("prometheus", (string)service["metadata"]!["labels"]!["release"]!);
        AssertSelects(service["spec"]!["selector"]!["matchLabels"]!, YamlObjects.One(objects, "Service")["metadata"]!["labels"]!);
        var pod = YamlObjects.One(objects, "PodMonitor");
        Assert.Equal("15s", (string)pod["spec"]!["podMetricsEndpoints"]![0]!["interval"]!);
        AssertSelects(pod["spec"]!["selector"]!["matchLabels"]!, YamlObjects.One(objects, "Deployment")["spec"]!["template"]!["metadata"]!["labels"]!);
    }

    [SkippableFact]
    public async Task Common_labels_are_on_everything_and_selectors_stay_without_them()
    {
        var objects = await Chart.RenderAsync("{commonLabels: {team: perf}, podLabels: {pod: only}, webhook: {enabled: true}, metrics: {serviceMonitor: {enabled: true}}}");
        Assert.All(objects, o => Assert.Equal("perf", (string)o["metadata"]!["labels"]!["team"]!));
        var deployment = YamlObjects.One(objects, "Deployment")["spec"]!;
        Assert.Equal(("perf", "only"), ((string)deployment["template"]!["metadata"]!["labels"]!["team"]!, (string)deployment["template"]!["metadata"]!["labels"]!["pod"]!));
        Assert.DoesNotContain("team", deployment["selector"]!.ToJsonString(), StringComparison.Ordinal);
        foreach (var selector in new[] { "NetworkPolicy:podSelector", "PodDisruptionBudget:selector" }.Select(s => s.Split(':')))
        {
            AssertSelects(YamlObjects.One(objects, selector[0])["spec"]![selector[1]]!["matchLabels"]!, deployment["template"]!["metadata"]!["labels"]!);
        }
    }

    [SkippableTheory]
    [InlineData("v1.20.2", "policy/v1beta1", false)]
    [InlineData("v1.24.17-gke.200", "policy/v1", false)]
    [InlineData("v1.25.0", "policy/v1", true)]
    [InlineData("v1.36.1+k3s1", "policy/v1", true)]
    public async Task Old_API_servers_get_what_they_know(string version, string budget, bool hasRules)
    {
        var objects = await Chart.RenderAsync("", version);
        Assert.Equal(budget, (string)YamlObjects.One(objects, "PodDisruptionBudget")["apiVersion"]!);
        foreach (var definition in objects.Where(o => (string)o["kind"]! == "CustomResourceDefinition"))
        {
            Assert.Equal("keep", (string)definition["metadata"]!["annotations"]!["helm.sh/resource-policy"]!);
            var name = (string)definition["metadata"]!["name"]!;
            var original = Assert.Single(YamlObjects.Read(File.ReadAllText(Path.Combine(RepositoryPaths.Root, "config", "crd", $"loadtest.dev_{name.Split('.')[0]}.yaml"))));
            if (!hasRules)
            {
                RemoveRules(original);
            }

            Assert.True(JsonNode.DeepEquals(original["spec"], definition["spec"]), $"{name} differs from config/crd");
        }

        Assert.Equal(2, objects.Count(o => (string)o["kind"]! == "CustomResourceDefinition"));
    }

    [SkippableTheory]
    [InlineData("crds: {install: false}", "CustomResourceDefinition")]
    [InlineData("networkPolicy: {enabled: false}", "NetworkPolicy")]
    [InlineData("podDisruptionBudget: {enabled: false}", "PodDisruptionBudget")]
    [InlineData("{replicas: 1, leaderElection: false}", "PodDisruptionBudget")]
    [InlineData("{serviceAccount: {create: false, name: mine}}", "ServiceAccount")]
    [InlineData("rbac: {create: false, userRoles: false}", "ClusterRole")]
    [InlineData("metrics: {service: false}", "Service")]
    public async Task What_is_switched_off_is_not_made(string values, string kind)
    {
        Assert.Contains(await Chart.RenderAsync(), o => (string)o["kind"]! == kind);
        Assert.DoesNotContain(await Chart.RenderAsync(values), o => (string)o["kind"]! == kind);
    }

    [SkippableTheory]
    [InlineData("{}", "")]
    [InlineData("{watchNamespaces: [shop, tests]}", "shop tests")]
    [InlineData("{watchNamespace: shop}", "shop")]
    [InlineData("{networkPolicy: {runners: {namespaces: [a, b]}}}", "a b")]
    [InlineData("{watchNamespaces: [shop], networkPolicy: {runners: {namespaces: [a]}}}", "a")]
    [InlineData("{watchNamespaces: [shop], networkPolicy: {runners: {enabled: false}}}", "")]
    [InlineData("{watchNamespaces: [shop], networkPolicy: {enabled: false}}", "")]
    public async Task Runners_are_closed_to_all_but_the_operator_where_they_are(string values, string namespaces)
    {
        var policies = (await Chart.RenderAsync(values)).Where(o => (string)o["kind"]! == "NetworkPolicy" && ((string)o["metadata"]!["name"]!).EndsWith("-runners", StringComparison.Ordinal)).ToList();
        Assert.Equal(namespaces, string.Join(' ', policies.Select(p => (string)p["metadata"]!["namespace"]!)));
        var shipped = YamlObjects.Read(await File.ReadAllTextAsync(Path.Combine(RepositoryPaths.Root, "config/runner-network-policy/network-policy.yaml"))).Single();
        foreach (var policy in policies)
        {
            Assert.Equal(shipped["spec"]!["podSelector"]!.ToJsonString(), policy["spec"]!["podSelector"]!.ToJsonString());
            var rule = Assert.Single(policy["spec"]!["ingress"]!.AsArray())!;
            Assert.Equal(AgentContract.PortName, (string)Assert.Single(rule["ports"]!.AsArray())!["port"]!);
            Assert.NotNull(Assert.Single(rule["from"]!.AsArray())!["podSelector"]!["matchLabels"]!["app.kubernetes.io/name"]);
        }

        var open = await Chart.RenderAsync("{watchNamespaces: [shop], networkPolicy: {runners: {metricsFrom: [{podSelector: {}}]}}}");
        var scrape = open.Single(o => (string)o["kind"]! == "NetworkPolicy" && (string?)o["metadata"]!["namespace"] == "shop")["spec"]!["ingress"]![1]!;
        Assert.Equal(AgentContract.MetricsPortName, (string)scrape["ports"]![0]!["port"]!);
        Assert.NotNull(scrape["from"]![0]!["podSelector"]);
    }

    [SkippableFact]
    public async Task The_rest_of_the_values_arrives_where_it_belongs()
    {
        var objects = await Chart.RenderAsync(
            """
            image: {repository: r/op, digest: "sha256:00"}
            runner: {image: {repository: r/run, tag: v2, pullPolicy: Never}}
            imagePullSecrets: [{name: pull}]
            tracing: {endpoint: "http://collector:4317"}
            extraEnv: [{name: HTTPS_PROXY, value: "http://proxy"}]
            nodeSelector: {disk: ssd}
            tolerations: [{key: load, operator: Exists}]
            affinity: {nodeAffinity: {}}
            priorityClassName: high
            logFormat: text
            networkPolicy: {metricsFrom: [{podSelector: {}}], egress: {enabled: true, apiServerPorts: [16443], extra: [{ports: [{port: 4317}]}]}}
            """,
            release: "x");
        var pod = YamlObjects.One(objects, "Deployment", "x-loadtest-operator")["spec"]!["template"]!["spec"]!;
        var container = pod["containers"]![0]!;
        Assert.Equal("r/op@sha256:00", (string)container["image"]!);
        Assert.Contains("--runner-image=r/run:v2", Arguments(objects));
        Assert.Contains("--runner-image-pull-policy=Never", Arguments(objects));
        Assert.Contains("--log-format=text", Arguments(objects));
        var env = container["env"]!.AsArray().ToDictionary(e => (string)e!["name"]!, e => (string?)e!["value"]);
        Assert.Equal(("http://collector:4317", "grpc", "http://proxy"), (env["OTEL_EXPORTER_OTLP_ENDPOINT"], env["OTEL_EXPORTER_OTLP_PROTOCOL"], env["HTTPS_PROXY"]));
        Assert.Equal(("ssd", "load", "high", "pull"), (
            (string)pod["nodeSelector"]!["disk"]!, (string)pod["tolerations"]![0]!["key"]!, (string)pod["priorityClassName"]!, (string)pod["imagePullSecrets"]![0]!["name"]!));
        Assert.NotNull(pod["affinity"]!["nodeAffinity"]);
        var policy = YamlObjects.One(objects, "NetworkPolicy")["spec"]!;
        Assert.NotNull(policy["ingress"]![0]!["from"]![0]!["podSelector"]);
        Assert.Equal([53L, 53L, 16443L, 6565L, 4317L], policy["egress"]!.AsArray().SelectMany(e => e!["ports"]!.AsArray()).Select(p => (long)p!["port"]!));
    }

    [SkippableTheory]
    [InlineData("leaderElection: false", "leaderElection is needed")]
    [InlineData("serviceAccount: {create: false}", "serviceAccount.name is needed")]
    public async Task What_cannot_work_is_refused_with_the_reason(string values, string reason)
    {
        var result = await Chart.RunAsync(values);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_cluster_that_is_too_old_is_refused() =>
        Assert.Contains("needs Kubernetes", (await Chart.RunAsync("", "v1.19.0")).Error, StringComparison.Ordinal);

    [SkippableFact]
    public async Task The_notes_say_what_to_do_next()
    {
        var notes = await Chart.RenderTextAsync("watchNamespace: shop", "v1.30.0", "loadtest-operator", "--notes");
        Assert.Contains("watches namespace shop", notes, StringComparison.Ordinal);
        Assert.Contains("rollout status deployment/loadtest-operator", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("<no value>", notes, StringComparison.Ordinal);
    }

    private static bool Obeys(JsonObject values) => Schema.Evaluate(JsonSerializer.SerializeToElement(values)).IsValid;

    private static IReadOnlyList<string> Arguments(IReadOnlyList<JsonObject> objects) =>
        [.. YamlObjects.One(objects, "Deployment")["spec"]!["template"]!["spec"]!["containers"]![0]!["args"]!.AsArray().Select(a => (string)a!)];

    private static void AssertSelects(JsonNode selector, JsonNode labels) =>
        Assert.All(selector.AsObject(), s => Assert.Equal((string)s.Value!, (string?)labels[s.Key]));

    private static void RemoveRules(JsonNode? node)
    {
        (node as JsonObject)?.Remove("x-kubernetes-validations");
        foreach (var child in node switch { JsonObject map => map.Select(c => c.Value), JsonArray list => list, _ => [] })
        {
            RemoveRules(child);
        }
    }

    /// <summary>Values that a table row tells: everything but maps with members.</summary>
    private static IEnumerable<(string Path, JsonNode? Value)> Leaves(JsonObject values, string path) => values.SelectMany(v =>
        v.Value is JsonObject { Count: > 0 } map && path + v.Key != "resources" ? Leaves(map, $"{path}{v.Key}.") : [(path + v.Key, v.Value)]);

    private static IEnumerable<string> Objects(JsonObject values, string path) =>
        [path, .. values.Where(v => v.Value is JsonObject { Count: > 0 } && v.Key is not ("requests" or "limits")).SelectMany(v => Objects(v.Value!.AsObject(), $"{path}.{v.Key}"))];
}
