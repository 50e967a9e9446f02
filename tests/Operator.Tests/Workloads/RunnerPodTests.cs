using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Contract;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Reconciling;
using LoadTesting.Operator.Workloads;

namespace LoadTesting.Operator.Tests.Workloads;

public sealed class RunnerPodTests
{
    private static readonly RunnerImage Image = new("registry/runner:1");

    [Fact]
    public void It_fits_the_restricted_standard_and_has_no_token_of_the_cluster()
    {
        var pod = Pod("""{"flows":{"f":[{"request":{"url":"/"}}]},"target":"http://t","scenarios":{"s":{"executor":"constant-vus","vus":2,"duration":"1s"}}}""");

        Assert.Equal("Never", pod.Spec.RestartPolicy);
        Assert.False(pod.Spec.AutomountServiceAccountToken);
        Assert.Equal("""{"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"}}""", pod.Spec.SecurityContext!.ToJsonString());
        var container = Assert.Single(pod.Spec.Containers);
        Assert.Equal("""{"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"capabilities":{"drop":["ALL"]}}""", container.SecurityContext!.ToJsonString());
        // A drain must not need --delete-emptydir-data, nor --force.
        Assert.DoesNotContain("emptyDir", pod.Spec.Volumes!.ToJsonString(), StringComparison.Ordinal);
        Assert.True(pod.Metadata.Controller is { Kind: "LoadTestRun", Uid: "run-uid", Controller: true });
        Assert.Equal("registry/runner:1", container.Image);
    }

    [Fact]
    public void Secrets_reach_it_through_the_kubelet_and_ours_win_over_equal_names()
    {
        var pod = Pod(
            """
            {"flows":{"f":[{"request":{"url":"/"}}]},"target":"http://t","scenarios":{"s":{"executor":"constant-vus","vus":2,"duration":"1s"}},
             "env":[{"name":"KEY","valueFrom":{"secretKeyRef":{"name":"shop","key":"k","optional":true}}},{"name":"PLAIN","value":"x"}],
             "runners":{"env":[{"name":"LOADTEST_RUNNER_INDEX","value":"9"}]}}
            """);

        var env = pod.Spec.Containers[0].Env;
        Assert.Equal("""{"secretKeyRef":{"name":"shop","key":"k","optional":true}}""", env[0].ValueFrom!.ToJsonString());
        Assert.Equal("0", env.Last(e => e.Name == AgentContract.IndexVariable).Value);
        Assert.Equal("run-uid", env.Last(e => e.Name == AgentContract.RunIdVariable).Value);
    }

    [Fact]
    public void The_template_of_the_spec_is_taken_over()
    {
        var pod = Pod(
            """
            {"flows":{"f":[{"request":{"url":"/"}}]},"target":"http://t","scenarios":{"s":{"executor":"constant-vus","vus":2,"duration":"1s"}},
             "runners":{"image":"mine:2","resources":{"requests":{"cpu":2,"memory":"64Mi"}},"nodeSelector":{"pool":"load"},"tolerations":[{"key":"load","operator":"Exists"}],
               "labels":{"team":"shop","loadtest.dev/run":"forged"},"annotations":{"a":"b"},"imagePullSecrets":[{"name":"reg"}],"priorityClassName":"low",
               "volumes":[{"name":"data","configMap":{"name":"users"}}],"volumeMounts":[{"name":"data","mountPath":"/data"}],"affinity":{"nodeAffinity":{}}}}
            """);

        var container = pod.Spec.Containers[0];
        Assert.Equal("mine:2", container.Image);
        Assert.Equal("2", container.Resources!.Requests["cpu"]);
        Assert.Equal("load", pod.Spec.NodeSelector["pool"]);
        Assert.Equal("Exists", (string?)pod.Spec.Tolerations![0]!["operator"]);
        Assert.Equal(("shop", "run"), (pod.Metadata.Labels["team"], pod.Metadata.Labels[Labels.Run]));
        Assert.Equal("b", pod.Metadata.Annotations["a"]);
        Assert.Equal("reg", pod.Spec.ImagePullSecrets[0].Name);
        Assert.Equal("low", pod.Spec.PriorityClassName);
        Assert.Equal(3, pod.Spec.Volumes!.Count);
        Assert.Equal(3, container.VolumeMounts!.Count);
        Assert.Null(pod.Spec.TopologySpreadConstraints);
    }

    [Fact]
    public void Feeders_see_their_rows_as_files_and_nothing_else_of_the_ConfigMap()
    {
        var pod = Pod(
            """
            {"flows":{"f":[{"request":{"url":"/${data.users.name}"}}]},"target":"http://t","scenarios":{"s":{"executor":"constant-vus","vus":2,"duration":"1s"}},
             "data":[{"name":"users","configMap":{"name":"users","key":"users.csv"}}]}
            """);

        Assert.Contains("""{"name":"data-0","configMap":{"name":"users","items":[{"key":"users.csv","path":"users.csv"}]}}""", pod.Spec.Volumes!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("""{"name":"data-0","mountPath":"/etc/loadtest/data/users","readOnly":true}""", pod.Spec.Containers[0].VolumeMounts!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, """{"name":"loadtest-plan","configMap":{"name":"run"}}""", "/etc/loadtest/plan/plan.json")]
    [InlineData(1, """{"name":"loadtest-plan","projected":{"sources":[{"configMap":{"name":"run"}}]}}""", "/etc/loadtest/plan/plan.json.gz")]
    [InlineData(3, """{"name":"loadtest-plan","projected":{"sources":[{"configMap":{"name":"run"}},{"configMap":{"name":"run-plan-1"}},{"configMap":{"name":"run-plan-2"}}]}}""", "/etc/loadtest/plan/plan.json.gz")]
    public void A_large_plan_comes_in_parts_into_one_folder(int parts, string volume, string file)
    {
        var pod = Pod("""{"flows":{"f":[{"request":{"url":"/"}}]},"target":"http://t","scenarios":{"s":{"executor":"constant-vus","vus":2,"duration":"1s"}}}""", planParts: parts);

        Assert.Contains(volume, pod.Spec.Volumes!.ToJsonString(), StringComparison.Ordinal);
        var env = pod.Spec.Containers[0].Env.ToDictionary(e => e.Name, e => e.Value, StringComparer.Ordinal);
        Assert.Equal(file, env[AgentContract.PlanFileVariable]);
        Assert.Equal(parts == 0 ? null : $"{parts}", env.GetValueOrDefault(AgentContract.PlanPartsVariable));
    }

    [Fact]
    public void A_runs_Secret_has_a_name_that_no_namesake_has()
    {
        Assert.StartsWith("run-", Names.Token("run", "uid"), StringComparison.Ordinal);
        Assert.NotEqual(Names.Token("run", "uid"), Names.Token("run", "uid2"));
        Assert.Equal(Names.Token("run", "uid"), Names.Token("run", "uid"));
    }

    [Fact]
    public void A_replacement_keeps_away_from_its_predecessors_node_if_it_can()
    {
        const string Spec = """{"flows":{"f":[{"request":{"url":"/"}}]},"target":"http://t","scenarios":{"s":{"executor":"constant-vus","vus":2,"duration":"1s"}},"runners":{}}""";
        var own = Spec.Replace("\"runners\":{}", """
            "runners":{"affinity":{"nodeAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":1,"preference":{"matchExpressions":[{"key":"disk","operator":"Exists"}]}}]}}}
            """, StringComparison.Ordinal);
        const string Away = """{"weight":100,"preference":{"matchExpressions":[{"key":"kubernetes.io/hostname","operator":"NotIn","values":["node-2"]}]}}""";

        Assert.Null(Pod(Spec).Spec.Affinity);
        Assert.Equal($$$"""{"nodeAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{{{Away}}}]}}""", Pod(Spec, "node-2").Spec.Affinity!.ToJsonString());
        var both = Pod(own, "node-2").Spec.Affinity!["nodeAffinity"]!["preferredDuringSchedulingIgnoredDuringExecution"]!.AsArray();
        Assert.Equal((2, 1, Away), (both.Count, (int)both[0]!["weight"]!, both[1]!.ToJsonString()));
    }

    [Theory]
    [InlineData("shop", "shop-3-")]
    [InlineData("a-very-long-name-of-a-load-test-that-somebody-was-proud-of-once-upon-a-time", "a-very-long-name-of-a-load-test-that-somebody-was-pro")]
    public void Names_are_functions_of_the_number_and_leave_room_for_an_index(string test, string start)
    {
        var name = Names.Run(test, "uid", 3);

        Assert.StartsWith(start[..Math.Min(start.Length, 45)], name, StringComparison.Ordinal);
        Assert.True(Names.Pod(name, 499, 3).Length <= 63, name);
        Assert.Equal(name, Names.Run(test, "uid", 3));
        Assert.NotEqual(name, Names.Run(test, "uid", 4));
        Assert.NotEqual(name, Names.Run(test, "uid2", 3));
    }

    private static Pod Pod(string spec, string? shunned = null, int planParts = 0)
    {
        var run = new LoadTestRun
        {
            Metadata = new ObjectMeta { Name = "run", Namespace = "ns", Uid = "run-uid" },
            Spec = new LoadTestRunSpec { LoadTestRef = new LoadTestReference { Name = "t" }, Snapshot = JsonNode.Parse(spec)!.AsObject() },
        };
        var test = EffectiveTest.Of(run, TestPolicy.Unlimited);
        Assert.True(test.IsValid, EffectiveTest.Describe(test.Problems));
        return RunnerPod.Of(run, test.Value!.Spec, 0, test.Value.Longest, Image, shunned is null ? 0 : 1, shunned, planParts);
    }
}
