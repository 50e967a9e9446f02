using LoadTesting.Kubernetes.Objects;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Workloads;

/// <summary>
/// Whose an object is. A uid alone proves nothing: it is no secret, and whoever may create objects in some namespace may write it into an owner reference
/// there. An object is a run's own if it is in the run's namespace and the run is its controller, by kind, name and uid.
/// </summary>
public static class Ownership
{
    /// <summary>Whether an object is a run's own.</summary>
    public static bool IsOf(LoadTestRun run, IKubernetesObject item) =>
        item.Metadata.Namespace == run.Metadata.Namespace && IsController(item.Metadata.Controller, LoadTestResources.LoadTestRuns.Kind, run.Metadata);

    /// <summary>Whether a run was made for a test, and for this one rather than an earlier one of its name.</summary>
    public static bool IsOf(LoadTest test, LoadTestRun run) =>
        run.Metadata.Namespace == test.Metadata.Namespace && IsController(run.Metadata.Controller, LoadTestResources.LoadTests.Kind, test.Metadata);

    /// <summary>
    /// What is wrong with a Pod that names a run as an owner; null when it is a Pod that the operator makes for this run. Its name has to be one that the
    /// operator gives: whatever else a tenant makes and hangs on a run is left to the garbage collector.
    /// </summary>
    public static PodFault? FaultOf(LoadTestRun run, Pod pod) =>
        pod.Metadata.Namespace != run.Metadata.Namespace ? PodFault.Namespace
        : !IsOf(run, pod) ? PodFault.Owner
        : Names.ReadPod(run.Metadata.Name!, pod.Metadata.Name) is null && Names.ReadJob(run.Metadata.Name!, pod.Metadata.Name) is null ? PodFault.Name
        : null;

    /// <summary>Objects by name. Of two of the same name, which only different namespaces can have, the first counts.</summary>
    public static Dictionary<string, Pod> ByName(this IEnumerable<Pod> pods)
    {
        var all = new Dictionary<string, Pod>(StringComparer.Ordinal);
        foreach (var pod in pods)
        {
            all.TryAdd(pod.Metadata.Name ?? "", pod);
        }

        return all;
    }

    private static bool IsController(OwnerReference? owner, string kind, ObjectMeta of) =>
        owner is not null && owner.Kind == kind && owner.ApiVersion.StartsWith(LoadTestResources.Group + "/", StringComparison.Ordinal)
        && owner.Name == of.Name && owner.Uid == of.Uid && of.Uid is { Length: > 0 };
}

/// <summary>Why a Pod that names a run as an owner is not the run's.</summary>
public enum PodFault
{
    /// <summary>It is in another namespace.</summary>
    Namespace,

    /// <summary>The run is not its controller.</summary>
    Owner,

    /// <summary>It has a name that the operator gives to no Pod of the run.</summary>
    Name,
}
