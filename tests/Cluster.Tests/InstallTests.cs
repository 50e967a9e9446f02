using System.Text.Json.Nodes;
using LoadTesting.TestKit;

namespace LoadTesting.Cluster.Tests;

/// <summary>The API server's opinion of everything that is installed, and what people may do with it.</summary>
[Collection(ApiServerCollection.Name)]
public sealed class InstallTests(ApiServerFixture fixture)
{
    [SkippableTheory]
    [InlineData("")]
    [InlineData("{watchNamespace: default, webhook: {enabled: true}, networkPolicy: {egress: {enabled: true}}, commonLabels: {team: perf}, priorityClassName: system-cluster-critical}")]
    public async Task The_chart_is_accepted(string values)
    {
        var cluster = fixture.Cluster;
        var version = await cluster.VersionAsync();
        await NamespaceAsync(cluster);

        var answer = await cluster.ApplyAsync(await Chart.RenderTextAsync(values, version), "--dry-run=server");

        Assert.Contains("deployment.apps/loadtest-operator", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("error", answer, StringComparison.OrdinalIgnoreCase);
    }

    [SkippableFact]
    public async Task The_kustomization_is_accepted()
    {
        var cluster = fixture.Cluster;
        await NamespaceAsync(cluster);
        var answer = await cluster.KubectlAsync("apply", "-k", await cluster.OverlayAsync(), "--dry-run=server");
        foreach (var kind in new[] { "deployment.apps/", "poddisruptionbudget.policy/", "networkpolicy.networking.k8s.io/", "clusterrole.rbac.authorization.k8s.io/loadtest-editor", "customresourcedefinition.apiextensions.k8s.io/loadtests" })
        {
            Assert.Contains(kind, answer, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task Both_kustomizations_differ_only_in_what_old_servers_do_not_know()
    {
        var now = YamlObjects.Read(await fixture.Cluster.KubectlAsync("kustomize", Path.Combine(RepositoryPaths.Root, "config")));
        var before = YamlObjects.Read(await fixture.Cluster.KubectlAsync("kustomize", Path.Combine(RepositoryPaths.Root, "config/before-1.25")));
        var different = now.Zip(before).Where(p => p.First.ToJsonString() != p.Second.ToJsonString()).Select(p => (string)p.First["kind"]!);
        Assert.Equal(now.Count, before.Count);
        Assert.Equal(["CustomResourceDefinition", "CustomResourceDefinition", "PodDisruptionBudget"], different.Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task Kustomize_leaves_the_rights_as_they_are_written()
    {
        var built = YamlObjects.Read(await fixture.Cluster.KubectlAsync("kustomize", Path.Combine(RepositoryPaths.Root, "config")));
        var written = Directory.GetFiles(Path.Combine(RepositoryPaths.Root, "config", "rbac"), "*role*.yaml").SelectMany(f => YamlObjects.Read(File.ReadAllText(f))).Where(o => o.ContainsKey("rules")).ToList();
        Assert.Equal(4, written.Count);
        foreach (var role in written)
        {
            var name = (string)role["metadata"]!["name"]!;
            var rules = YamlObjects.One(built, (string)role["kind"]!, name)["rules"];
            Assert.True(JsonNode.DeepEquals(role["rules"], rules), $"{name}: {rules!.ToJsonString()}");
        }
    }

    [SkippableFact]
    public async Task For_some_namespaces_kustomize_leaves_a_Role_in_each_and_no_right_elsewhere()
    {
        var folder = Directory.CreateTempSubdirectory("overlay").FullName;
        try
        {
            // As docs/install.md says it.
            var up = Path.GetRelativePath(folder, RepositoryPaths.Root);
            foreach (var space in new[] { "shop", "tests" })
            {
                Directory.CreateDirectory(Path.Combine(folder, space));
                await File.WriteAllTextAsync(Path.Combine(folder, space, "kustomization.yaml"), $"namespace: {space}\nresources: [../{up}/config/namespaces/namespace]\n");
            }

            await File.WriteAllTextAsync(Path.Combine(folder, "kustomization.yaml"), $$"""
                resources: ["{{up}}/config", shop, tests]
                components: ["{{up}}/config/namespaces"]
                configMapGenerator:
                  - {name: loadtest-operator-settings, namespace: loadtest-system, behavior: merge, literals: ["LOADTEST_WATCH_NAMESPACES=shop,tests"]}
                """);
            var objects = YamlObjects.Read(await fixture.Cluster.KubectlAsync("kustomize", folder));
            Assert.Equal(["loadtest-editor", "loadtest-viewer"], objects.Where(o => (string)o["kind"]! == "ClusterRole").Select(o => (string)o["metadata"]!["name"]!).Order(StringComparer.Ordinal));
            Assert.DoesNotContain(objects, o => (string)o["kind"]! == "ClusterRoleBinding");
            var everywhere = YamlObjects.One(YamlObjects.Read(await File.ReadAllTextAsync(Path.Combine(RepositoryPaths.Root, "config", "rbac", "operator-role.yaml"))), "ClusterRole", "loadtest-operator");
            var roles = objects.Where(o => (string)o["kind"]! == "Role" && (string)o["metadata"]!["name"]! == "loadtest-operator-runs").ToList();
            Assert.Equal(["shop", "tests"], roles.Select(r => (string)r["metadata"]!["namespace"]!).Order(StringComparer.Ordinal));
            Assert.All(roles, r => Assert.Equal(everywhere["rules"]!.ToJsonString(), r["rules"]!.ToJsonString()));
            var bindings = objects.Where(o => (string)o["kind"]! == "RoleBinding" && (string)o["metadata"]!["name"]! == "loadtest-operator-runs").ToList();
            Assert.Equal(["shop", "tests"], bindings.Select(r => (string)r["metadata"]!["namespace"]!).Order(StringComparer.Ordinal));
            Assert.All(bindings, b => Assert.Equal(("loadtest-operator", "loadtest-system"), ((string)b["subjects"]![0]!["name"]!, (string)b["subjects"]![0]!["namespace"]!)));
            Assert.Equal("shop,tests", (string)YamlObjects.One(objects, "ConfigMap")["data"]!["LOADTEST_WATCH_NAMESPACES"]!);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [SkippableFact]
    public async Task The_webhook_component_is_accepted()
    {
        var cluster = fixture.Cluster;
        await NamespaceAsync(cluster);
        var folder = Directory.CreateTempSubdirectory("overlay").FullName;
        try
        {
            var up = Path.GetRelativePath(folder, RepositoryPaths.Root);
            var overlay = Path.GetRelativePath(RepositoryPaths.Root, await cluster.OverlayAsync());
            await File.WriteAllTextAsync(Path.Combine(folder, "kustomization.yaml"), $"resources: [{up}/{overlay}]\ncomponents: [{up}/config/webhook]\n");
            var objects = YamlObjects.Read(await cluster.KubectlAsync("kustomize", folder));
            Assert.Contains("--webhook-configuration=loadtest-operator", YamlObjects.One(objects, "Deployment").ToJsonString(), StringComparison.Ordinal);
            Assert.Equal(
                """[{"from":[{"namespaceSelector":{"matchLabels":{"metrics":"enabled"}}}],"ports":[{"port":"metrics","protocol":"TCP"}]},{"ports":[{"port":"webhook","protocol":"TCP"}]}]""",
                YamlObjects.One(objects, "NetworkPolicy", "loadtest-operator")["spec"]!["ingress"]!.ToJsonString());
            Assert.Contains("validatingwebhookconfiguration", await cluster.KubectlAsync("apply", "-k", folder, "--dry-run=server"), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [SkippableFact]
    public async Task Who_may_run_load_tests_in_one_namespace_may_do_nothing_else_and_nothing_elsewhere()
    {
        var cluster = fixture.Cluster;
        await cluster.InstallDefinitionsAsync();
        await cluster.KubectlAsync("apply", "-f", Path.Combine(RepositoryPaths.Root, "config", "rbac", "user-roles.yaml"));
        await using var own = await cluster.CreateNamespaceAsync();
        await using var other = await cluster.CreateNamespaceAsync();
        await cluster.KubectlAsync("create", "rolebinding", "alice", "--clusterrole=loadtest-editor", "--user=alice", "-n", own.Name);

        await Eventually.SeeAsync("alice may", () => cluster.TryKubectlAsync(Manifest("mine"), "apply", "--as=alice", "-n", own.Name, "-f", "-"), r => r.ExitCode == 0);
        Assert.Contains("mine", await cluster.KubectlAsync("get", "lt", "--as=alice", "-n", own.Name), StringComparison.Ordinal);
        var refused = await cluster.TryKubectlAsync(Manifest("theirs"), "apply", "--as=alice", "-n", other.Name, "-f", "-");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("forbidden", refused.Error, StringComparison.OrdinalIgnoreCase);
        foreach (var (verb, resource, space) in new[]
        {
            ("get", "loadtests.loadtest.dev", other.Name), ("create", "loadtestruns.loadtest.dev", other.Name), ("create", "pods", own.Name), ("get", "secrets", own.Name),
            ("get", "configmaps", other.Name), ("list", "namespaces", own.Name),
        })
        {
            var answer = (await cluster.TryKubectlAsync(null, "auth", "can-i", verb, resource, "--as=alice", "-n", space)).Output.Trim();
            Assert.True(answer == "no", $"alice may {verb} {resource} in {(space == own.Name ? "her own" : "another")} namespace: {answer}");
        }

        var status = await cluster.TryKubectlAsync(null, "auth", "can-i", "patch", "loadtests.loadtest.dev", "--subresource=status", "--as=alice", "-n", own.Name);
        Assert.Equal("no", status.Output.Trim());
    }

    [SkippableFact]
    public async Task Kubernetes_own_roles_contain_load_tests()
    {
        var cluster = fixture.Cluster;
        Skip.IfNot(cluster.HasControllers, "no controller-manager here (KUBEBUILDER_ASSETS has none), so roles are not aggregated");
        await cluster.InstallDefinitionsAsync();
        await cluster.KubectlAsync("apply", "-f", Path.Combine(RepositoryPaths.Root, "config", "rbac", "user-roles.yaml"));
        await using var space = await cluster.CreateNamespaceAsync();
        foreach (var role in new[] { "view", "edit", "admin" })
        {
            await cluster.KubectlAsync("create", "rolebinding", role, $"--clusterrole={role}", $"--user={role}", "-n", space.Name);
            await SeeAsync(role, "list", "yes");
            await SeeAsync(role, "create", role == "view" ? "no" : "yes");
        }

        Task SeeAsync(string user, string verb, string wanted) => Eventually.SeeAsync(
            $"{user}: {verb} loadtests: {wanted}",
            async () => (await cluster.TryKubectlAsync(null, "auth", "can-i", verb, "loadtests.loadtest.dev", $"--as={user}", "-n", space.Name)).Output.Trim(),
            seen => seen == wanted);
    }

    internal static string Manifest(string name) =>
        $$"""
        apiVersion: loadtest.dev/v1alpha1
        kind: LoadTest
        metadata: {name: {{name}} }
        spec:
          target: http://shop
          flows: {f: [{request: {url: /} }]}
          scenarios: {s: {executor: constant-vus, vus: 1, duration: 1s, exec: f} }
        """;

    private static Task NamespaceAsync(ClusterAccess cluster) =>
        cluster.KubectlAsync("apply", "-f", Path.Combine(RepositoryPaths.Root, "config", "manager", "namespace.yaml"));
}
