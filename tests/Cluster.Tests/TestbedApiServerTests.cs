using LoadTesting.TestKit;

namespace LoadTesting.Cluster.Tests;

/// <summary>What the other tests of this assembly rely on: the API server of the test bed behaves as a cluster's does.</summary>
[Collection(ApiServerCollection.Name)]
public sealed class TestbedApiServerTests(ApiServerFixture fixture)
{
    private const string WidgetDefinition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.testbed.example}
        spec:
          group: testbed.example
          scope: Namespaced
          names: {kind: Widget, plural: widgets, singular: widget}
          versions:
          - name: v1
            served: true
            storage: true
            subresources: {status: {}}
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec: {type: object, properties: {size: {type: integer, minimum: 1}}}
                  status: {type: object, properties: {phase: {type: string}}}
        """;

    [SkippableFact]
    public async Task The_API_server_is_ready_and_says_its_version()
    {
        var cluster = fixture.Cluster;

        Assert.Equal("ok", (await cluster.KubectlAsync("get", "--raw", "/readyz")).Trim());
        Assert.Contains("\"gitVersion\": \"v1.", await cluster.KubectlAsync("get", "--raw", "/version"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_custom_resource_is_kept_and_its_schema_is_enforced()
    {
        var cluster = fixture.Cluster;
        await using var space = await cluster.CreateNamespaceAsync();
        await cluster.ApplyAsync(WidgetDefinition);
        await Eventually.SeeAsync("the definition is served", () => cluster.KubectlAsync("wait", "--for=condition=Established", "--timeout=120s", "crd/widgets.testbed.example"), _ => true);

        await cluster.ApplyAsync(Widget("right", 3), "-n", space.Name);
        var refused = await cluster.TryKubectlAsync(Widget("wrong", 0), "apply", "-n", space.Name, "-f", "-");

        Assert.Equal("3", await cluster.KubectlAsync("get", "widgets.testbed.example", "right", "-n", space.Name, "-o", "jsonpath={.spec.size}"));
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("spec.size", refused.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Objects_of_a_deleted_owner_and_of_a_deleted_namespace_are_collected()
    {
        var cluster = fixture.Cluster;
        Skip.IfNot(cluster.HasControllers, "no controller-manager here (KUBEBUILDER_ASSETS has none), so nothing is collected");
        await using var space = await cluster.CreateNamespaceAsync();
        await cluster.KubectlAsync("create", "configmap", "owner", "-n", space.Name);
        var uid = await cluster.KubectlAsync("get", "configmap", "owner", "-n", space.Name, "-o", "jsonpath={.metadata.uid}");
        await cluster.ApplyAsync(
            $$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: owned, ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: owner, uid: "{{uid}}"}]}
            """,
            "-n",
            space.Name);

        await cluster.KubectlAsync("delete", "configmap", "owner", "-n", space.Name);
        await GoneAsync("configmap", "owned", "-n", space.Name);
        await cluster.KubectlAsync("delete", "namespace", space.Name, "--wait=false");
        await GoneAsync("namespace", space.Name);

        Task GoneAsync(params string[] what) => Eventually.SeeAsync(
            $"{string.Join(' ', what)} is gone",
            () => cluster.TryKubectlAsync(null, ["get", .. what]),
            seen => seen.Error.Contains("NotFound", StringComparison.Ordinal));
    }

    private static string Widget(string name, int size) =>
        $$"""
        apiVersion: testbed.example/v1
        kind: Widget
        metadata: {name: {{name}} }
        spec: {size: {{size}} }
        """;
}
