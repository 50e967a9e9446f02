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
        var granted = await GrantedVerbs.GrantedAsync(cluster);
        var (used, refused) = await GrantedVerbs.UsedAsync(cluster);
        Assert.Empty(refused);
        Assert.Empty(used.Except(granted));
        // A watch is logged for certain only when it ends, minutes later; who lists for a cache watches, too.
        var watched = granted.Where(g => g.EndsWith(" watch", StringComparison.Ordinal) && used.Contains(g.Replace(" watch", " list", StringComparison.Ordinal)));
        Assert.Empty(granted.Except(used).Except(watched).Except(Otherwise));
        Assert.Empty(Otherwise.Except(granted));
    }

    [SkippableFact]
    public async Task The_chart_installs_an_operator_for_one_namespace_that_leaves_others_alone()
    {
        var cluster = fixture.Cluster;
        await using var space = await cluster.CreateNamespaceAsync();
        await using var other = await cluster.CreateNamespaceAsync();
        await using var install = await OperatorInstall.ChartAsync(cluster, $"watchNamespace: {space.Name}\nlogFormat: text\ncommonLabels: {{team: perf}}");
        await cluster.KubectlAsync("apply", "-f", Path.Combine(RepositoryPaths.Root, "examples", "quickstart.yaml"), "-n", other.Name);

        await install.QuickstartAsync(space.Name);

        Assert.Contains(await VerdictAsync(cluster, space.Name), Judged);
        Assert.Equal("", await VerdictAsync(cluster, other.Name));
        Assert.Equal("", (await cluster.KubectlAsync("get", "pods,loadtestruns", "-n", other.Name, "--ignore-not-found")).Trim());
    }

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
