using System.Net;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Telemetry;
using LoadTesting.Operator.Admission;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Telemetry;
using LoadTesting.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadTesting.Cluster.Tests;

/// <summary>The webhook in this process, asked by the real API server over TLS with the certificate that it published itself.</summary>
[Collection(ApiServerCollection.Name)]
public sealed class WebhookTests(ApiServerFixture fixture)
{
    private const string Bad = """
        apiVersion: loadtest.dev/v1alpha1
        kind: LoadTest
        metadata: {name: bad}
        spec:
          target: shop:8080
          flows: {f: [{request: {url: /, checks: {ok: "status =="} } }]}
          scenarios:
            s: {executor: constant-vus, vus: 0, duration: 1s, exec: nowhere}
          thresholds: {http_req_duration: ["p(95)<"]}
          runners: {volumes: [{name: node, hostPath: {path: /} }], priorityClassName: system-node-critical}
        """;

    [SkippableFact]
    public async Task Kubectl_apply_of_a_bad_manifest_prints_every_problem_and_without_the_webhook_nobody_is_kept_from_working()
    {
        var cluster = fixture.Cluster;
        Skip.If(cluster.TestbedName is null, "another cluster's API server cannot call this process");
        await cluster.InstallDefinitionsAsync();
        await using var space = await cluster.CreateNamespaceAsync();
        await cluster.KubectlAsync("label", "namespace", space.Name, $"webhook={space.Name}");
        var registry = new MetricRegistry();
        using var client = Connect(cluster);
        using var one = Webhook(client, space.Name, registry);
        using var two = Webhook(client, space.Name, registry);
        using var stop = new CancellationTokenSource();

        // The configuration names the first; the second is a replica that only adds its certificate.
        var running = one.RunAsync(stop.Token);
        await cluster.ApplyAsync(Configuration(space.Name, await one.Bound));
        var replica = two.RunAsync(stop.Token);
        await Eventually.SeeAsync(
            "both certificates in the bundle",
            async () => Text(await cluster.KubectlAsync("get", "validatingwebhookconfiguration", space.Name, "-o", "jsonpath={.webhooks[0].clientConfig.caBundle}")),
            bundle => bundle.Split("BEGIN CERTIFICATE").Length - 1 == 2);

        var refused = await Eventually.SeeAsync(
            "the API server asks the webhook", () => cluster.TryKubectlAsync(Bad, "apply", "-n", space.Name, "-f", "-"), r => r.ExitCode != 0);
        foreach (var path in new[] { "spec.target", "spec.flows.f[0].request.checks.ok", "spec.scenarios.s.vus", "spec.scenarios.s.exec", "spec.thresholds.http_req_duration", "spec.runners.volumes[0].hostPath", "spec.runners.priorityClassName" })
        {
            Assert.Contains(path, refused.Error, StringComparison.Ordinal);
        }

        await cluster.ApplyAsync(InstallTests.Manifest("good"), "-n", space.Name);
        await cluster.ApplyAsync(Run("http://a", abort: false), "-n", space.Name);
        var changed = await cluster.TryKubectlAsync(Run("http://b", abort: false), "apply", "-n", space.Name, "-f", "-");
        Assert.NotEqual(0, changed.ExitCode);
        Assert.Contains("spec.target", changed.Error, StringComparison.Ordinal);
        await cluster.ApplyAsync(Run("http://a", abort: true), "-n", space.Name);
        Assert.Contains("loadtest_admission_reviews_total{kind=\"LoadTest\",result=\"denied\"}", await registry.ReadTextAsync(), StringComparison.Ordinal);

        await stop.CancelAsync();
        await Task.WhenAll(running, replica);
        await cluster.ApplyAsync(Bad, "-n", space.Name);
        await cluster.KubectlAsync("delete", "validatingwebhookconfiguration", space.Name);
    }

    private static ValidatingWebhook Webhook(ApiClient client, string configuration, MetricRegistry registry) => new(
        client, new IPEndPoint(IPAddress.Loopback, 0), configuration, ["127.0.0.1"], TestPolicy.Standard, new RunMetrics(registry), TimeProvider.System, NullLogger.Instance);

    private static ApiClient Connect(ClusterAccess cluster)
    {
        var config = ClusterConfig.Discover(environment: name => name == "KUBECONFIG" ? cluster.Kubeconfig : null).Config;
        Assert.NotNull(config);
        return new ApiClient(config, new ApiClientOptions { UserAgent = "webhook-tests/1" }, TimeProvider.System, NullLogger.Instance);
    }

    private static string Text(string base64) => System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(base64));

    private static string Run(string target, bool abort) =>
        $$"""
        apiVersion: loadtest.dev/v1alpha1
        kind: LoadTestRun
        metadata: {name: run}
        spec: {loadTestRef: {name: good}, target: "{{target}}", abort: {{(abort ? "true" : "false")}} }
        """;

    private static string Configuration(string space, Uri url) =>
        $$"""
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingWebhookConfiguration
        metadata: {name: {{space}} }
        webhooks:
        - name: manifests.loadtest.dev
          admissionReviewVersions: [v1]
          sideEffects: None
          failurePolicy: Ignore
          namespaceSelector: {matchLabels: {webhook: {{space}} } }
          rules: [{apiGroups: [loadtest.dev], apiVersions: [v1alpha1], operations: [CREATE, UPDATE], resources: [loadtests, loadtestruns]}]
          clientConfig: {url: "{{new Uri(url, "/validate")}}"}
        """;
}
