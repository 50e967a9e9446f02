using System.Text;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Workloads;

/// <summary>What a run's Pods need besides themselves: the plan as a ConfigMap, the token as a Secret. Both immutable, both owned by the run.</summary>
internal static class SupportingObjects
{
    /// <summary>Key of the plan in its ConfigMap, and name of the file.</summary>
    public const string PlanKey = "plan.json";

    /// <summary>Key of the token in its Secret, and name of the file.</summary>
    public const string TokenKey = "token";

    /// <summary>The manifest that all runners read, the same for each: what is whose follows from index and count.</summary>
    public static ConfigMap Plan(LoadTestRun run, LoadTestManifest manifest) => new()
    {
        Metadata = Meta(run, Names.Plan(run.Metadata.Name!)),
        Data = new Dictionary<string, string> { [PlanKey] = Encoding.UTF8.GetString(SpecJson.ToUtf8(manifest)) },
        Immutable = true,
    };

    /// <summary>The document of <see cref="Plan"/>; null when it cannot be read.</summary>
    public static SpecNode? ReadPlan(ConfigMap map) =>
        map.Data.TryGetValue(PlanKey, out var text) ? SpecJson.Read(Encoding.UTF8.GetBytes(text), []) : null;

    /// <summary>The token's Secret, for server and kubelet only: the operator never reads it back.</summary>
    public static Secret Token(LoadTestRun run, string token) => new()
    {
        Metadata = Meta(run, Names.Token(run.Metadata.Name!, run.Metadata.Uid!)),
        Type = "Opaque",
        Data = new Dictionary<string, byte[]> { [TokenKey] = Encoding.UTF8.GetBytes(token) },
        Immutable = true,
    };

    /// <summary>Name, labels and owner of an object of a run.</summary>
    public static ObjectMeta Meta(LoadTestRun run, string name) => new()
    {
        Name = name,
        Namespace = run.Metadata.Namespace,
        Labels = Labels.Of(run.Spec.LoadTestRef.Name, run.Metadata.Name!),
        OwnerReferences = [Owner(run)],
    };

    /// <summary>The run as controlling owner. It does not block the owner's deletion: nothing of a run is worth waiting for.</summary>
    public static OwnerReference Owner(LoadTestRun run) => new()
    {
        ApiVersion = LoadTestResources.ApiVersion,
        Kind = LoadTestResources.LoadTestRuns.Kind,
        Name = run.Metadata.Name!,
        Uid = run.Metadata.Uid!,
        Controller = true,
    };

    /// <summary>A JSON node of a spec node, as Pods want it.</summary>
    public static JsonNode? Json(SpecNode? node) => node is null ? null : JsonNode.Parse(SpecJson.ToUtf8(node));
}
