using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Reconciling;
using LoadTesting.Operator.Workloads;

namespace LoadTesting.Operator.Tests.Workloads;

public sealed class JobPodTests
{
    private const string Spec = """
        {"flows":{"f":[{"request":{"url":"/"}}]},"target":"http://t","scenarios":{"s":{"executor":"constant-vus","vus":2,"duration":"1s"}},
         "variables":{"n":7,"db":"shop"},"env":[{"name":"PGPASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"p"}}}],
         "runners":{"nodeSelector":{"pool":"load"},"imagePullSecrets":[{"name":"pull"}],"labels":{"a":"b"}},
         "verify":[{"job":{"image":"postgres:16","command":["psql"],"args":["-c","select ${vars.n}"],"env":{"PGDATABASE":"${vars.db}"},"timeout":"2m","runAsUser":70,
           "resources":{"limits":{"cpu":1}},"volumes":[{"name":"ca","configMap":{"name":"ca"}}],"volumeMounts":[{"name":"ca","mountPath":"/ca"}]}}]}
        """;

    private static readonly JobOrder Order = new(3, "spec.verify[0].job", "count", ["psql"], ["-c", "select 7"], new OrderedMap<string>([new("PGDATABASE", "shop")]));

    [Fact]
    public void It_runs_the_manifests_image_with_what_the_runner_made_of_its_expressions()
    {
        var pod = Pod();

        var container = Assert.Single(pod.Spec.Containers);
        Assert.Equal(("job", "postgres:16"), (container.Name, container.Image));
        Assert.Equal(["psql"], container.Command);
        Assert.Equal(["-c", "select 7"], container.Args);
        Assert.Equal(["PGPASSWORD", "PGDATABASE"], container.Env.Select(e => e.Name));
        Assert.Equal("""{"secretKeyRef":{"name":"db","key":"p"}}""", container.Env[0].ValueFrom!.ToJsonString());
        Assert.Equal("shop", container.Env[1].Value);
        Assert.Equal("1", container.Resources!.Limits["cpu"]);
        Assert.Equal("""[{"name":"ca","mountPath":"/ca"}]""", container.VolumeMounts!.ToJsonString());
        Assert.Equal("load", pod.Spec.NodeSelector["pool"]);
    }

    [Fact]
    public void It_fits_the_restricted_standard_belongs_to_the_run_and_never_runs_twice()
    {
        var pod = Pod();

        Assert.Equal("r-verify-3", pod.Metadata.Name);
        Assert.True(pod.Metadata.Controller is { Kind: "LoadTestRun", Uid: "run-uid", Controller: true });
        Assert.Equal(("loadtest-job", "verify", "loadtest-operator"), (pod.Metadata.Labels[Labels.App], pod.Metadata.Labels[Labels.Stage], pod.Metadata.Labels[Labels.ManagedBy]));
        Assert.Equal("Never", pod.Spec.RestartPolicy);
        Assert.False(pod.Spec.AutomountServiceAccountToken);
        Assert.Equal("""{"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"},"runAsUser":70}""", pod.Spec.SecurityContext!.ToJsonString());
        Assert.Equal("""{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}""", pod.Spec.Containers[0].SecurityContext!.ToJsonString());
    }

    private static Pod Pod()
    {
        var run = new LoadTestRun
        {
            Metadata = new ObjectMeta { Name = "r", Namespace = "shop", Uid = "run-uid" },
            Spec = new LoadTestRunSpec { LoadTestRef = new LoadTestReference { Name = "t" }, Snapshot = JsonNode.Parse(Spec)!.AsObject() },
        };
        var test = EffectiveTest.Of(run);
        Assert.True(test.Value is not null, string.Join('\n', test.Problems));
        return JobPod.Of(run, test.Value!.Spec, (JobStep)test.Value.Spec.Verify[0], Order, "verify");
    }
}
