using System.Text.Json.Nodes;
using LoadTesting.TestKit;
using Xunit.Abstractions;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>From nothing to a verdict, as docs/install.md says it.</summary>
[Collection(NodesCollection.Name)]
public sealed class InstallTests(NodesFixture fixture, ITestOutputHelper output)
{
    // Rights that a run without trouble does not need.
    private static readonly string[] Otherwise =
    [
        "/configmaps get", // a plan or evidence that exists already: whose is it?
        "/configmaps patch", // what runners said last, in a run of more than ten seconds
        "/pods get", // the same for a Pod
        "apps/daemonsets get", // spec.ready.rollouts
        "apps/deployments get", // the same
        "apps/statefulsets get", // the same
        "events.k8s.io/events list", // what the kubelet says about a Pod that does not start
        "events.k8s.io/events patch", // the same event several times
        "loadtest.dev/loadtestruns delete", // the history limit
        "loadtest.dev/loadtestruns get", // somebody else wrote the status
        "loadtest.dev/loadtestruns patch", // the snapshot of a run made by hand
    ];

    [SkippableFact]
    public async Task Kubectl_apply_installs_an_operator_that_judges_the_quickstart_and_uses_exactly_the_rights_it_has()
    {
        var cluster = fixture.Cluster;
        var mark = await GrantedVerbs.MarkAsync(cluster);
        await using var install = await OperatorInstall.KustomizeAsync(cluster);
        await using var space = await cluster.CreateNamespaceAsync();
        await install.TargetAsync(space.Name);

        // The webhook answers before anything is stored.
        var bad = await Eventually.SeeAsync(
            "the webhook refuses a bad manifest",
            () => cluster.TryKubectlAsync(Bad, "apply", "--dry-run=server", "-n", space.Name, "-f", "-"),
            r => r.ExitCode != 0);
        Assert.Contains("spec.target", bad.Error, StringComparison.Ordinal);
        Assert.Contains("spec.scenarios.s.exec", bad.Error, StringComparison.Ordinal);

        await install.QuickstartAsync(space.Name);
        var verdict = await VerdictAsync(cluster, space.Name);
        Assert.Contains(verdict, Judged);
        output.WriteLine(await cluster.KubectlAsync("get", "lt", "-n", space.Name, "-o", "wide"));

        var metrics = await LeadersMetricsAsync(cluster);
        Assert.Contains("controller_runtime_reconcile_total{", metrics, StringComparison.Ordinal);
        Assert.Contains("rest_client_requests_total{", metrics, StringComparison.Ordinal);
        Assert.Matches($"loadtest_runs_finished_total{{reason=\"[A-Za-z]+\",verdict=\"{verdict}\"}} 1\n", metrics);

        await cluster.KubectlAsync("delete", "loadtest", "quickstart", "-n", space.Name, "--timeout=120s");
        var granted = await GrantedVerbs.GrantedAsync(cluster, "clusterrole/loadtest-operator", "clusterrole/loadtest-operator-webhook", "role/loadtest-operator");
        AssertSame(granted, await GrantedVerbs.UsedAsync(cluster, mark));
    }

    [SkippableFact]
    public async Task The_chart_installs_an_operator_for_one_namespace_under_the_restricted_profile_that_leaves_others_alone()
    {
        var cluster = fixture.Cluster;
        await cluster.LoadImageAsync("tools");
        await using var space = await cluster.CreateNamespaceAsync();
        await using var other = await cluster.CreateNamespaceAsync();
        // Where the API server knows it, it refuses what breaks the profile; an older one is told by the table below.
        await cluster.KubectlAsync("label", "namespace", space.Name, "pod-security.kubernetes.io/enforce=restricted");
        var mark = await GrantedVerbs.MarkAsync(cluster);
        await using var install = await OperatorInstall.ChartAsync(cluster, $"watchNamespace: {space.Name}\nlogFormat: text\ncommonLabels: {{team: perf}}\nobserve: {{pods: {{enabled: true}}}}");
        await cluster.KubectlAsync("apply", "-f", Path.Combine(RepositoryPaths.Root, "examples", "quickstart.yaml"), "-n", other.Name);

        await install.QuickstartAsync(space.Name);

        Assert.Contains(await VerdictAsync(cluster, space.Name), Judged);
        await RestrictedAsync(cluster, space.Name);
        Assert.Equal("", await VerdictAsync(cluster, other.Name));
        Assert.Equal("", (await cluster.KubectlAsync("get", "pods,loadtestruns", "-n", other.Name, "--ignore-not-found")).Trim());

        var granted = await GrantedVerbs.GrantedAsync(cluster, $"{space.Name}:role/loadtest-operator-runs", $"{space.Name}:role/loadtest-operator-observe-pods", "role/loadtest-operator");
        var usage = await GrantedVerbs.UsedAsync(cluster, mark);
        AssertSame(granted, usage);
        Assert.Equal(new[] { OperatorInstall.Namespace, space.Name }.Order(StringComparer.Ordinal), usage.Spaces);
        Assert.Equal("", await cluster.KubectlAsync("get", "clusterroles,clusterrolebindings", "-l", "app.kubernetes.io/instance=loadtest-operator", "-o", "jsonpath={.items[?(@.metadata.name!='loadtest-viewer')].subjects}"));
    }

    /// <summary>A test with all that a policy lets through: jobs, data from every kind of volume, observed Pods. Every Pod that there is meanwhile keeps within the profile.</summary>
    private async Task RestrictedAsync(ClusterAccess cluster, string space)
    {
        await cluster.ApplyAsync(Restricted, "-n", space);
        var seen = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var verdict = await Eventually.SeeAsync(
            "the verdict of 'restricted'",
            async () =>
            {
                foreach (var pod in JsonNode.Parse(await cluster.KubectlAsync("get", "pods", "-n", space, "-o", "json"))!["items"]!.AsArray())
                {
                    var name = (string)pod!["metadata"]!["name"]!;
                    seen[name] = RestrictedProfile.Violations(pod);
                }

                return await cluster.KubectlAsync("get", "loadtest", "restricted", "-n", space, "-o", "jsonpath={.status.verdict} {.status.reason} {.status.message}");
            },
            v => v.Trim().Length > 0 && v.Split(' ')[0].Length > 0,
            TimeSpan.FromMinutes(5));
        output.WriteLine($"{verdict}; Pods: {string.Join(", ", seen.Keys)}");
        Assert.StartsWith("Passed ", verdict, StringComparison.Ordinal);
        Assert.Contains(seen.Keys, n => n.EndsWith("-setup-0", StringComparison.Ordinal));
        Assert.Contains(seen.Keys, n => n.StartsWith("restricted-", StringComparison.Ordinal) && n.EndsWith("-1", StringComparison.Ordinal));
        Assert.All(seen, pod => Assert.Equal((pod.Key, ""), (pod.Key, string.Join(", ", pod.Value))));

        var refused = await Eventually.SeeAsync(
            "the policy's answer",
            () => cluster.KubectlAsync("get", "loadtest", "refused", "-n", space, "-o", "jsonpath={.status.verdict} {.status.reason} {.status.message}"),
            v => v.Trim().Length > 0);
        Assert.StartsWith("Error InvalidManifest 3 problems: spec.runners.priorityClassName: priority classes are refused", refused, StringComparison.Ordinal);
        Assert.Contains("spec.runners.volumes[0].hostPath: volumes of this type are refused by the operator's policy", refused, StringComparison.Ordinal);
        Assert.Contains("spec.verify[0].job.volumes[0].projected.sources[0].serviceAccountToken: ", refused, StringComparison.Ordinal);
    }

    private static void AssertSame(IReadOnlySet<string> granted, GrantedVerbs.Usage usage)
    {
        Assert.Empty(usage.Refused);
        Assert.Empty(usage.Used.Except(granted));
        // A watch is logged for certain only when it ends, minutes later; who lists for a cache watches, too.
        var watched = granted.Where(g => g.EndsWith(" watch", StringComparison.Ordinal) && usage.Used.Contains(g.Replace(" watch", " list", StringComparison.Ordinal)));
        Assert.Empty(granted.Except(usage.Used).Except(watched).Except(Otherwise));
        Assert.Empty(Otherwise.Except(granted));
    }

    private const string Restricted = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: rows}
        data: {users.csv: "name\nann\nbob\n"}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: tokens}
        stringData: {tokens.jsonl: '"one"'}
        ---
        apiVersion: loadtest.dev/v1alpha1
        kind: LoadTest
        metadata: {name: restricted}
        spec:
          target: http://demo-target:8080
          data:
            - {name: users, configMap: {name: rows, key: users.csv} }
            - {name: tokens, secret: {name: tokens, key: tokens.jsonl} }
            - {name: more, volume: {name: several, path: users.csv} }
          observe: {pods: {selector: {matchLabels: {app.kubernetes.io/name: demo-target} } } }
          setup: [{job: {name: seed, image: "localhost/loadtest-tools:testbed", command: [sh, -c, "echo 7 >/scratch/seed && sleep 5 && cat /scratch/seed"], volumes: [{name: scratch, emptyDir: {} }], volumeMounts: [{name: scratch, mountPath: /scratch}], extract: {seed: json} } }]
          flows: {f: [{request: {method: POST, url: /echo, json: {user: "${data.users.name}", token: "${data.tokens}", more: "${data.more.name}", seed: "${setup.seed}"}, checks: {seed: "json.decode(json.body).seed == 7"} } }]}
          scenarios: {s: {executor: shared-iterations, vus: 2, iterations: 20, maxDuration: 2m} }
          validity: {maxTaintedSeconds: 100%, maxStartSkew: 1m}
          thresholds: {checks: ["rate==1"]}
          runners:
            replicas: 2
            resources: {requests: {cpu: 100m, memory: 32Mi} }
            volumes: [{name: several, projected: {sources: [{configMap: {name: rows} }, {downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name} }]} }]} }, {name: scratch, emptyDir: {} }]
        ---
        apiVersion: loadtest.dev/v1alpha1
        kind: LoadTest
        metadata: {name: refused}
        spec:
          target: http://demo-target:8080
          flows: {f: [{request: {url: /} }]}
          scenarios: {s: {executor: shared-iterations, vus: 1, iterations: 1} }
          verify: [{job: {image: "localhost/loadtest-tools:testbed", volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: token} }]} }]} }]
          runners: {volumes: [{name: node, hostPath: {path: /} }], priorityClassName: system-node-critical}
        """;

    // Whether the thresholds hold depends on the machine; that they were judged does not.
    private static readonly string[] Judged = ["Passed", "Failed", "Invalid"];

    private const string Bad = """
        apiVersion: loadtest.dev/v1alpha1
        kind: LoadTest
        metadata: {name: bad}
        spec:
          target: shop:8080
          flows: {f: [{request: {url: /} }]}
          scenarios: {s: {executor: constant-vus, vus: 1, duration: 1s, exec: nowhere} }
        """;

    private static Task<string> VerdictAsync(ClusterAccess cluster, string space) =>
        cluster.KubectlAsync("get", "loadtest", "quickstart", "-n", space, "-o", "jsonpath={.status.verdict}");

    /// <summary>The metrics of the Pod that leads: the other has no runs.</summary>
    private static async Task<string> LeadersMetricsAsync(ClusterAccess cluster)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        var addresses = await cluster.KubectlAsync(
            "get", "pods", "-n", OperatorInstall.Namespace, "-l", "app.kubernetes.io/name=loadtest-operator", "-o", "jsonpath={.items[*].status.podIP}");
        var all = await Task.WhenAll(addresses.Split(' ').Select(ip => client.GetStringAsync(new Uri($"http://{ip}:8080/metrics"))));
        return Assert.Single(all, m => m.Contains("leader_election_master_status{name=\"loadtest-operator\"} 1\n", StringComparison.Ordinal));
    }
}
