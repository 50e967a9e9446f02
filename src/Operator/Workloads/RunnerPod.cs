using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Workloads;

/// <summary>
/// The Pod of one runner. A plain Pod with a controller reference and no emptyDir, so that a drain needs no flags; it never restarts, because a restarted runner could only
/// repeat what has been sent. It fits the "restricted" Pod security standard and has no service-account token; Secrets reach it through the kubelet alone.
/// </summary>
public static class RunnerPod
{
    /// <summary>Name of the runner's container: the Pod's fate is read from it, whatever side cars an admission adds.</summary>
    public const string Container = "runner";

    private const string Preferred = "preferredDuringSchedulingIgnoredDuringExecution";
    private const string PlanFolder = "/etc/loadtest/plan";
    private const string TokenFolder = "/etc/loadtest/token";

    // Above the agent's wait for its acknowledgement: whoever could still fetch results has long been able to.
    private static readonly TimeSpan Slack = TimeSpan.FromHours(2);

    /// <summary>The Pod.</summary>
    /// <param name="run">Whose; as read from the server.</param>
    /// <param name="spec">The effective spec.</param>
    /// <param name="index">0-based.</param>
    /// <param name="longest">Longest possible time from T0 to the last iteration's end.</param>
    /// <param name="image">Image and pull policy where the spec names none.</param>
    /// <exception cref="JsonException">A field that the spec takes over from Kubernetes does not have the shape that it has there.</exception>
    /// <param name="incarnation">0 for the first runner of the index, one more for each replacement.</param>
    /// <param name="shunned">A node on which it is only made if there is no other.</param>
    /// <param name="planParts">How many compressed parts the plan has; 0 = it is one file of text.</param>
    public static Pod Of(LoadTestRun run, LoadTestSpec spec, int index, TimeSpan longest, RunnerImage image, int incarnation = 0, string? shunned = null, int planParts = 0)
    {
        var runners = spec.Runners;
        var name = Names.Pod(run.Metadata.Name!, index, incarnation);
        var meta = SupportingObjects.Meta(run, name);
        var body = PodParts.Spec(runners, longest + Slack, grace: 30);
        body["affinity"] = Affinity(runners, shunned);
        // The scheduler's preference for an even spread outweighs the wish to be elsewhere.
        body["topologySpreadConstraints"] = runners.Affinity is null && shunned is null ? Spread(run) : null;
        body["containers"] = new JsonArray(RunnerContainer(run, spec, index, incarnation, image, planParts));
        body["volumes"] = PodParts.List(runners.Volumes, [.. DataMounts(spec).Select(DataVolume),
            PlanVolume(run, planParts),
            new JsonObject { ["name"] = "loadtest-token", ["secret"] = new JsonObject { ["secretName"] = Names.Token(run.Metadata.Name!, run.Metadata.Uid!) } }]);
        var pod = PodParts.Pod(body);
        var labels = new Dictionary<string, string>(runners.Labels, StringComparer.Ordinal);
        foreach (var (key, value) in meta.Labels)
        {
            labels[key] = value;
        }

        labels[Labels.App] = Labels.Runner;
        labels[Labels.Index] = index.ToString(CultureInfo.InvariantCulture);
        return pod with { Metadata = meta with { Labels = labels, Annotations = Annotations(runners) } };
    }

    private static JsonObject RunnerContainer(LoadTestRun run, LoadTestSpec spec, int index, int incarnation, RunnerImage image, int planParts) => new()
    {
        ["name"] = Container,
        ["image"] = spec.Runners.Image ?? image.Name,
        ["imagePullPolicy"] = image.PullPolicy,
        ["args"] = new JsonArray("agent"),
        ["env"] = Environment(run, spec, index, incarnation, planParts),
        ["ports"] = new JsonArray(
            new JsonObject { ["name"] = AgentContract.PortName, ["containerPort"] = AgentContract.DefaultPort },
            new JsonObject { ["name"] = AgentContract.MetricsPortName, ["containerPort"] = AgentContract.DefaultMetricsPort }),
        // No liveness probe: it would kill exactly those runners that are busiest, and the operator's heartbeat finds a dead one sooner.
        ["readinessProbe"] = new JsonObject
        {
            ["httpGet"] = new JsonObject { ["path"] = AgentContract.ReadyPath, ["port"] = AgentContract.PortName, ["scheme"] = "HTTPS" },
            ["periodSeconds"] = 2,
            ["timeoutSeconds"] = 5,
        },
        ["resources"] = PodParts.Resources(spec.Runners.Resources),
        ["securityContext"] = PodParts.ContainerSecurity(readOnlyRoot: true),
        ["terminationMessagePolicy"] = "FallbackToLogsOnError",
        ["volumeMounts"] = PodParts.List(spec.Runners.VolumeMounts,
        [
            .. DataPaths.Mounts(spec).Select(mount => new JsonObject { ["name"] = mount.VolumeName, ["mountPath"] = mount.MountPath, ["readOnly"] = true }),
            new JsonObject { ["name"] = "loadtest-plan", ["mountPath"] = PlanFolder, ["readOnly"] = true },
            new JsonObject { ["name"] = "loadtest-token", ["mountPath"] = TokenFolder, ["readOnly"] = true },
        ]),
    };

    /// <summary>The test's own variables, then the runner's, then ours: of equal names the kubelet takes the last.</summary>
    private static JsonArray Environment(LoadTestRun run, LoadTestSpec spec, int index, int incarnation, int planParts)
    {
        var all = PodParts.Environment(spec);
        foreach (var variable in SupportingObjects.Json(spec.Runners.Env) as JsonArray ?? [])
        {
            all.Add(variable?.DeepClone());
        }

        Add(AgentContract.PlanFileVariable, $"{PlanFolder}/{(planParts == 0 ? PlanFiles.Plain : PlanFiles.Packed)}");
        if (planParts > 0)
        {
            Add(AgentContract.PlanPartsVariable, planParts.ToString(CultureInfo.InvariantCulture));
        }

        Add(AgentContract.TokenFileVariable, $"{TokenFolder}/{SupportingObjects.TokenKey}");
        Add(AgentContract.CertificateFileVariable, $"{TokenFolder}/{SupportingObjects.CertificateKey}");
        Add(AgentContract.PrivateKeyFileVariable, $"{TokenFolder}/{SupportingObjects.PrivateKeyKey}");
        Add(AgentContract.MetricsPortVariable, AgentContract.DefaultMetricsPort.ToString(CultureInfo.InvariantCulture));
        Add(AgentContract.RunIdVariable, run.Metadata.Uid!);
        Add(AgentContract.IndexVariable, index.ToString(CultureInfo.InvariantCulture));
        Add(AgentContract.CountVariable, spec.Runners.Replicas.ToString(CultureInfo.InvariantCulture));
        Add(AgentContract.IncarnationVariable, incarnation.ToString(CultureInfo.InvariantCulture));
        return all;

        void Add(string name, string value) => all.Add(new JsonObject { ["name"] = name, ["value"] = value });
    }

    /// <summary>Runners share nodes only where there are fewer nodes than runners: one saturated node would otherwise be measured as the target's latency.</summary>
    private static JsonArray Spread(LoadTestRun run) => new(new JsonObject
    {
        ["maxSkew"] = 1,
        ["topologyKey"] = "kubernetes.io/hostname",
        ["whenUnsatisfiable"] = "ScheduleAnyway",
        ["labelSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { [Labels.Run] = Labels.Value(run.Metadata.Name!), [Labels.App] = Labels.Runner } },
    });

    private static JsonNode? Affinity(RunnersSpec runners, string? shunned)
    {
        var affinity = SupportingObjects.Json(runners.Affinity);
        if (shunned is null || affinity is not (null or JsonObject))
        {
            return affinity;
        }

        var all = affinity as JsonObject ?? [];
        var ofNodes = all["nodeAffinity"] as JsonObject ?? [];
        var preferred = ofNodes[Preferred] as JsonArray ?? [];
        preferred.Add(new JsonObject
        {
            ["weight"] = 100,
            ["preference"] = new JsonObject
            {
                ["matchExpressions"] = new JsonArray(new JsonObject { ["key"] = "kubernetes.io/hostname", ["operator"] = "NotIn", ["values"] = new JsonArray(shunned) }),
            },
        });
        ofNodes[Preferred] = preferred.Parent is null ? preferred : preferred.DeepClone();
        all["nodeAffinity"] = ofNodes.Parent is null ? ofNodes : ofNodes.DeepClone();
        return all;
    }

    /// <summary>The plan's ConfigMap; of several, all of them in one folder.</summary>
    private static JsonObject PlanVolume(LoadTestRun run, int planParts) => planParts == 0
        ? new JsonObject { ["name"] = "loadtest-plan", ["configMap"] = new JsonObject { ["name"] = Names.Plan(run.Metadata.Name!) } }
        : new JsonObject
        {
            ["name"] = "loadtest-plan",
            ["projected"] = new JsonObject
            {
                ["sources"] = new JsonArray([.. Enumerable.Range(0, planParts).Select(i => (JsonNode)new JsonObject { ["configMap"] = new JsonObject { ["name"] = Names.Plan(run.Metadata.Name!, i) } })]),
            },
        };

    /// <summary>The feeders' files that are no volume of the test's own.</summary>
    private static IEnumerable<DataMount> DataMounts(LoadTestSpec spec) => DataPaths.Mounts(spec).Where(m => m.Kind != DataSourceKind.Volume);

    private static JsonObject DataVolume(DataMount mount)
    {
        var source = new JsonObject { [mount.Kind == DataSourceKind.Secret ? "secretName" : "name"] = mount.ObjectName };
        if (mount.Key is { } key)
        {
            source["items"] = new JsonArray(new JsonObject { ["key"] = key, ["path"] = key });
        }

        return new JsonObject { ["name"] = mount.VolumeName, [mount.Kind == DataSourceKind.Secret ? "secret" : "configMap"] = source };
    }

    /// <summary>What keeps autoscalers from moving a runner in the middle of a run.</summary>
    private static Dictionary<string, string> Annotations(RunnersSpec runners)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["cluster-autoscaler.kubernetes.io/safe-to-evict"] = "false",
            ["karpenter.sh/do-not-disrupt"] = "true",
        };
        foreach (var (key, value) in runners.Annotations)
        {
            all[key] = value;
        }

        return all;
    }
}

/// <summary>Which image runners have when the test names none.</summary>
/// <param name="Name">Image reference.</param>
/// <param name="PullPolicy"><c>Always</c>, <c>IfNotPresent</c> or <c>Never</c>.</param>
public sealed record RunnerImage(string Name, string PullPolicy = "IfNotPresent");
