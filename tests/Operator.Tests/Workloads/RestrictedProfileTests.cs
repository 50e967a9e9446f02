using System.Text.Json;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Reconciling;
using LoadTesting.Operator.Workloads;
using LoadTesting.TestKit;

namespace LoadTesting.Operator.Tests.Workloads;

/// <summary>Whatever a test that the standard policy lets through puts into Pods: they keep within the "restricted" Pod security standard.</summary>
public sealed class RestrictedProfileTests
{
    private const string Load = """
        "target":"http://t","flows":{"f":[{"request":{"url":"/"}}]},"scenarios":{"s":{"executor":"constant-vus","vus":2,"duration":"1s"}}
        """;

    private const string Everything = """
        "env":[{"name":"KEY","valueFrom":{"secretKeyRef":{"name":"shop","key":"k"}}}],
        "data":[{"name":"users","secret":{"name":"users","key":"users.csv"}}],
        "runners":{"image":"mine:2","resources":{"requests":{"cpu":2},"limits":{"memory":"1Gi"}},"nodeSelector":{"pool":"load"},"tolerations":[{"operator":"Exists"}],
          "labels":{"team":"shop"},"annotations":{"a":"b"},"imagePullSecrets":[{"name":"reg"}],"env":[{"name":"NODE","valueFrom":{"fieldRef":{"fieldPath":"spec.nodeName"}}}],
          "affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"kubernetes.io/hostname","labelSelector":{}}]}},
          "volumes":[{"name":"a","configMap":{"name":"c"}},{"name":"b","secret":{"secretName":"s"}},{"name":"c","emptyDir":{"medium":"Memory"}},{"name":"d","persistentVolumeClaim":{"claimName":"p"}},
            {"name":"e","downwardAPI":{"items":[]}},{"name":"f","projected":{"sources":[{"secret":{"name":"s"}}]}}],
          "volumeMounts":[{"name":"a","mountPath":"/a"}]},
        "verify":[{"job":{"image":"postgres:16","command":["sh"],"runAsUser":70,"resources":{"limits":{"cpu":1}},"volumes":[{"name":"t","emptyDir":{}}],"volumeMounts":[{"name":"t","mountPath":"/tmp"}]}},{"job":{"image":"busybox"}}]
        """;

    public static TheoryData<string, string> Spoiled => new()
    {
        { "host namespaces", """{"spec":{"hostNetwork":true}}""" },
        { "host process", """{"spec":{"securityContext":{"windowsOptions":{"hostProcess":true}}}}""" },
        { "privileged", """{"container":{"privileged":true}}""" },
        { "capabilities dropped", """{"container":{"capabilities":{"drop":["NET_RAW"]}}}""" },
        { "capabilities added", """{"container":{"capabilities":{"add":["SYS_ADMIN"]}}}""" },
        { "volume types", """{"spec":{"volumes":[{"name":"v","hostPath":{"path":"/"}}]}}""" },
        { "AppArmor annotation", """{"annotations":{"container.apparmor.security.beta.kubernetes.io/runner":"unconfined"}}""" },
        { "AppArmor", """{"container":{"appArmorProfile":{"type":"Unconfined"}}}""" },
        { "SELinux", """{"container":{"seLinuxOptions":{"type":"spc_t"}}}""" },
        { "proc mount", """{"container":{"procMount":"Unmasked"}}""" },
        { "seccomp", """{"container":{"seccompProfile":{"type":"Unconfined"}}}""" },
        { "sysctls", """{"spec":{"securityContext":{"sysctls":[{"name":"kernel.msgmax","value":"1"}]}}}""" },
        { "privilege escalation", """{"container":{"allowPrivilegeEscalation":true}}""" },
        { "non-root", """{"spec":{"securityContext":{"runAsNonRoot":false}}}""" },
        { "root user", """{"container":{"runAsUser":0}}""" },
    };

    [Fact]
    public void Every_Pod_that_is_made_of_a_test_keeps_within_the_profile()
    {
        var pods = Pods("{" + Load + "}").Concat(Pods("{" + Load + "," + Everything + "}")).ToList();
        Assert.Equal(2 + 2 + 2, pods.Count);
        Assert.All(pods, pod =>
        {
            Assert.Empty(RestrictedProfile.Violations(pod));
            // Beyond the profile: no identity towards the API server.
            Assert.False((bool)pod["spec"]!["automountServiceAccountToken"]!);
        });
    }

    [Theory]
    [MemberData(nameof(Spoiled))]
    public void The_table_finds_each_control_that_is_broken(string control, string change)
    {
        var pod = Pods("{" + Load + "}").First();
        var changes = JsonNode.Parse(change)!;
        Merge(pod["spec"]!.AsObject(), changes["spec"] as JsonObject);
        Merge(pod["spec"]!["containers"]![0]!["securityContext"]!.AsObject(), changes["container"] as JsonObject);
        Merge(pod["metadata"]!["annotations"]!.AsObject(), changes["annotations"] as JsonObject);
        Assert.Equal([control], RestrictedProfile.Violations(pod));
    }

    private static void Merge(JsonObject into, JsonObject? changes)
    {
        foreach (var (key, value) in changes ?? [])
        {
            if (value is JsonObject inner && into[key] is JsonObject present)
            {
                Merge(present, inner);
            }
            else
            {
                into[key] = value?.DeepClone();
            }
        }
    }

    private static IEnumerable<JsonNode> Pods(string spec)
    {
        var run = new LoadTestRun
        {
            Metadata = new ObjectMeta { Name = "run", Namespace = "ns", Uid = "run-uid" },
            Spec = new LoadTestRunSpec { LoadTestRef = new LoadTestReference { Name = "t" }, Snapshot = JsonNode.Parse(spec)!.AsObject() },
        };
        var test = EffectiveTest.Of(run);
        Assert.True(test.IsValid, EffectiveTest.Describe(test.Problems));
        var effective = test.Value!;
        var image = new RunnerImage("registry/runner:1");
        yield return Json(RunnerPod.Of(run, effective.Spec, 0, effective.Longest, image));
        yield return Json(RunnerPod.Of(run, effective.Spec, 0, effective.Longest, image, incarnation: 1, shunned: "node-2", planParts: 3));
        foreach (var step in effective.Spec.Verify.OfType<JobStep>())
        {
            yield return Json(JobPod.Of(run, effective.Spec, step, new JobOrder(0, "spec.verify[0].job", "job", step.Command, step.Args, step.Env), "verify"));
        }
    }

    private static JsonNode Json(Pod pod) => JsonSerializer.SerializeToNode(pod, KubernetesJson.TypeInfo<Pod>())!;
}
