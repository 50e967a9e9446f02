using System.Text;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.Model.Validation.Policies;

namespace LoadTesting.Model.Tests.Validation;

/// <summary>What a test may put into Pods: the defaults, what an owner may change, and images by pattern.</summary>
public sealed class PodPolicyTests
{
    private static readonly PodPolicy Narrow = new() { VolumeTypes = ["configMap"], Images = ["registry.example.org/*", "postgres"] };

    private static readonly PodPolicy Wide = new()
    {
        VolumeTypes = ["*", "projected.serviceAccountToken"], PriorityClasses = ["*", "system-node-critical"], PodMetadata = ["k8s.v1.cni.cncf.io/*", "iam.amazonaws.com/role"], ForeignAntiAffinity = true,
    };

    /// <summary>Runner fields, and the paths of what is refused by the defaults, by a narrow and by a wide policy.</summary>
    public static TheoryData<string, string, string, string> Fields => new()
    {
        { """{}""", "", "", "" },
        { """{"volumes":[{"name":"a","configMap":{"name":"c"}}]}""", "", "", "" },
        {
            """{"volumes":[{"name":"a","secret":{"secretName":"c"}},{"name":"b","emptyDir":{}},{"name":"c","persistentVolumeClaim":{"claimName":"c"}},{"name":"d","downwardAPI":{}}]}""",
            "", "volumes[0].secret volumes[1].emptyDir volumes[2].persistentVolumeClaim volumes[3].downwardAPI", ""
        },
        { """{"volumes":[{"name":"a"},{"name":"b","emptyDir":null}]}""", "", "volumes[1].emptyDir", "" },
        { """{"volumes":[{"name":"a","hostPath":{"path":"/"}}]}""", "volumes[0].hostPath", "volumes[0].hostPath", "" },
        { """{"volumes":[{"hostPath":{"path":"/"},"emptyDir":{},"name":"a"}]}""", "volumes[0].hostPath", "volumes[0].hostPath volumes[0].emptyDir", "" },
        { """{"volumes":[{"name":"a","HostPath":{"path":"/"}}]}""", "volumes[0].HostPath", "volumes[0].HostPath", "" },
        { """{"volumes":[{"name":"a","nfs":{}},{"name":"b","csi":{}},{"name":"c","image":{}},{"name":"d","ephemeral":{}}]}""", "volumes[0].nfs volumes[1].csi volumes[2].image volumes[3].ephemeral", "volumes[0].nfs volumes[1].csi volumes[2].image volumes[3].ephemeral", "" },
        { """{"volumes":[{"name":"a","projected":{"sources":[{"secret":{}},{"configMap":{}},{"downwardAPI":{}}]}}]}""", "", "volumes[0].projected", "" },
        { """{"volumes":[{"name":"a","projected":{"sources":[{"configMap":{}},{"serviceAccountToken":{"path":"t"}}]}}]}""", "volumes[0].projected.sources[1].serviceAccountToken", "volumes[0].projected", "" },
        { """{"volumes":[{"name":"a","projected":{"sources":[{"podCertificate":{}},{"clusterTrustBundle":{}}]}}]}""", "volumes[0].projected.sources[0].podCertificate volumes[0].projected.sources[1].clusterTrustBundle", "volumes[0].projected", "volumes[0].projected.sources[0].podCertificate volumes[0].projected.sources[1].clusterTrustBundle" },
        { """{"priorityClassName":"high"}""", "priorityClassName", "priorityClassName", "" },
        { """{"priorityClassName":""}""", "", "", "" },
        { """{"priorityClassName":"system-node-critical"}""", "priorityClassName", "priorityClassName", "" },
        { """{"priorityClassName":"system-cluster-critical"}""", "priorityClassName", "priorityClassName", "priorityClassName" },
        { """{"image":"registry.example.org/perf/runner:1"}""", "", "", "" },
        { """{"image":"evil.example.com/registry.example.org/runner:1"}""", "", "image", "" },
        { """{"labels":{"team":"shop","app.kubernetes.io/part-of":"shop","sidecar.istio.io/inject":"false"},"annotations":{"linkerd.io/inject":"disabled"}}""", "", "", "" },
        { """{"labels":{"loadtest.dev/run":"other"},"annotations":{"loadtest.dev/x":"y"}}""", "labels[loadtest.dev/run] annotations[loadtest.dev/x]", "labels[loadtest.dev/run] annotations[loadtest.dev/x]", "labels[loadtest.dev/run] annotations[loadtest.dev/x]" },
        { """{"annotations":{"container.apparmor.security.beta.kubernetes.io/runner":"unconfined"}}""", "annotations[container.apparmor.security.beta.kubernetes.io/runner]", "annotations[container.apparmor.security.beta.kubernetes.io/runner]", "annotations[container.apparmor.security.beta.kubernetes.io/runner]" },
        { """{"annotations":{"k8s.v1.cni.cncf.io/networks":"other/net","iam.amazonaws.com/role":"admin"}}""", "annotations[k8s.v1.cni.cncf.io/networks] annotations[iam.amazonaws.com/role]", "annotations[k8s.v1.cni.cncf.io/networks] annotations[iam.amazonaws.com/role]", "" },
        { """{"labels":{"azure.workload.identity/use":"true"}}""", "labels[azure.workload.identity/use]", "labels[azure.workload.identity/use]", "labels[azure.workload.identity/use]" },
        { """{"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"zone","labelSelector":{}},{"topologyKey":"zone","namespaces":[]}]}}}""", "", "", "" },
        {
            """{"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"zone","namespaceSelector":{}},{"topologyKey":"zone","namespaces":["shop"]}]}}}""",
            "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespaceSelector affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[1].namespaces",
            "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespaceSelector affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[1].namespaces", ""
        },
        { """{"affinity":{"podAntiAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":1,"podAffinityTerm":{"topologyKey":"zone","namespaces":["shop"]}}]},"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"zone","namespaces":["shop"]}]}}}""", "", "", "" },
        // Shapes that are the API server's to refuse.
        { """{"volumes":{"hostPath":1},"affinity":[1]}""", "", "", "" },
        { """{"volumes":["hostPath",[{"hostPath":{}}]],"affinity":{"podAntiAffinity":[]}}""", "", "", "" },
    };

    [Theory]
    [MemberData(nameof(Fields))]
    public void What_reaches_beyond_the_namespace_is_refused_where_it_stands(string runners, string standard, string narrow, string wide)
    {
        Assert.Equal(Paths(standard), Refused(new PodPolicy(), runners));
        Assert.Equal(Paths(narrow), Refused(Narrow, runners));
        Assert.Equal(Paths(wide), Refused(Wide, runners));
        Assert.Empty(Refused(PodPolicy.Unlimited, runners));

        static IEnumerable<string> Paths(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => "spec.runners." + p);
    }

    [Theory]
    [InlineData("*", "a/b@sha256:0", true)]
    [InlineData("postgres", "postgres", true)]
    [InlineData("postgres", "postgres:16-alpine", true)]
    [InlineData("postgres", "docker.io/library/postgres:16", true)]
    [InlineData("docker.io/library/*", "postgres@sha256:0", true)]
    [InlineData("index.docker.io/library/postgres", "postgres:16", true)]
    [InlineData("postgres", "postgresql", false)]
    [InlineData("postgres", "evil/postgres", false)]
    [InlineData("postgres:16*", "postgres:16-alpine", true)]
    [InlineData("postgres:16*", "postgres:15", false)]
    [InlineData("postgres:16*", "postgres", false)]
    [InlineData("registry.example.org/*", "registry.example.org/a/b/c:1", true)]
    [InlineData("registry.example.org/*", "registry.example.org:5000/a", false)]
    [InlineData("registry.example.org/*", "registry.example.org.evil.com/a", false)]
    [InlineData("registry.example.org/*", "evil.com/registry.example.org/a", false)]
    [InlineData("registry.example.org/*", "registryXexample.org/a", false)]
    [InlineData("*.example.org/perf/*", "eu.example.org/perf/runner", true)]
    [InlineData("*.example.org/perf/*", "evil.com/x.example.org/perf/runner", false)]
    [InlineData("registry:5000/perf", "registry:5000/perf@sha256:0", true)]
    [InlineData("registry:5000/perf", "registry:5000/perf/more", false)]
    [InlineData("localhost/x", "localhost/x:1", true)]
    [InlineData("registry.example.org/a@sha256:1", "registry.example.org/a@sha256:2", false)]
    [InlineData("registry.example.org/a", "registry.example.org/a\nx", false)]
    public void An_image_is_compared_by_registry_and_rest(string pattern, string image, bool isAllowed) =>
        Assert.Equal(isAllowed, new PodPolicy { Images = [pattern] }.Check(new LoadTestSpec { Runners = new RunnersSpec { Image = image } }).Count == 0);

    [Fact]
    public void Jobs_are_looked_at_wherever_they_stand_and_everything_is_said_at_once()
    {
        const string Test = """
            {"apiVersion":"loadtest.dev/v1alpha1","kind":"LoadTest","metadata":{"name":"t"},"spec":{"target":"no URL","flows":{"f":[{"request":{"url":"/"}}]},"scenarios":{"s":{"executor":"constant-vus","vus":1,"duration":"1s"}},
             "setup":[{"group":{"name":"g","steps":[{"job":{"image":"evil","volumes":[{"name":"v","hostPath":{"path":"/"}}]}}]}}],
             "verify":[{"job":{"image":"postgres:16"}}],
             "profiles":{"big":{"runners":{"priorityClassName":"system-node-critical"}}}}}
            """;
        var problems = SpecValidator.Validate(SpecJson.Read(Encoding.UTF8.GetBytes(Test), [])!, policy: Narrow.Check).Problems;

        var paths = problems.Where(p => !p.IsWarning).Select(p => p.Path).ToList();
        Assert.Contains("spec.target", paths);
        Assert.Contains("spec.setup[0].group.steps[0].job.image", paths);
        Assert.Contains("spec.setup[0].group.steps[0].job.volumes[0].hostPath", paths);
        Assert.Contains("spec.profiles.big.runners.priorityClassName", paths);
        Assert.DoesNotContain(paths, p => p.StartsWith("spec.verify", StringComparison.Ordinal));
        Assert.DoesNotContain(SpecValidator.Validate(SpecJson.Read(Encoding.UTF8.GetBytes(Test.Replace("no URL", "http://t", StringComparison.Ordinal)), [])!).Problems, p => !p.IsWarning);
    }

    [Fact]
    public void A_refusal_names_the_value_the_rule_and_the_way_out()
    {
        var problem = Assert.Single(new PodPolicy { PriorityClasses = ["low", "batch"] }.Check(new LoadTestSpec { Runners = new RunnersSpec { PriorityClassName = "high" } }));
        Assert.Equal(("spec.runners.priorityClassName", "policy", "high"), (problem.Path, problem.Rule, problem.Value));
        Assert.Equal("this priority class is refused by the operator's policy; allowed are low, batch; who runs the operator can allow it with --allow-priority-classes", problem.Message);
        var volume = Assert.Single(new PodPolicy().Check(Spec("""{"volumes":[{"name":"v","hostPath":{}}]}""")));
        Assert.Equal(
            "volumes of this type are refused by the operator's policy; allowed are configMap, secret, emptyDir, persistentVolumeClaim, downwardAPI, projected; who runs the operator can allow it with --allow-volume-types",
            volume.Message);
    }

    private static IEnumerable<string> Refused(PodPolicy policy, string runners) =>
        policy.Check(Spec(runners)).Select(p => p.Path.Replace("[\"", "[", StringComparison.Ordinal).Replace("\"]", "]", StringComparison.Ordinal));

    private static LoadTestSpec Spec(string runners)
    {
        var text = $$$"""{"apiVersion":"loadtest.dev/v1alpha1","kind":"LoadTest","metadata":{"name":"t"},"spec":{"target":"http://t","flows":{"f":[{"request":{"url":"/"}}]},"scenarios":{"s":{"executor":"constant-vus","vus":1,"duration":"1s"}},"runners":{{{runners}}}}}""";
        var validated = SpecValidator.Validate(SpecJson.Read(Encoding.UTF8.GetBytes(text), [])!);
        Assert.True(validated.IsValid, string.Join('\n', validated.Problems));
        return validated.Value!.Spec;
    }
}
