using System.Text.Json;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Spec;

namespace LoadTesting.Operator.Reconciling;

/// <summary>Whether workloads are rolled out: their controller has seen the newest spec, and every replica is of it and available; what <c>kubectl rollout status</c> waits for.</summary>
public sealed class Rollouts(IReader reader)
{
    /// <summary>What is missing, as one clause; null when nothing is.</summary>
    public async Task<string?> MissingAsync(string space, IReadOnlyList<ReadyWorkload> workloads, CancellationToken cancellation)
    {
        var missing = new List<string>();
        foreach (var workload in workloads)
        {
            var type = Resources.Untyped("apps", "v1", workload.Kind.ToLowerInvariant() + "s", workload.Kind, isNamespaced: true);
            var found = await reader.FindAsync(type, new NamespacedName(space, workload.Name), cancellation);
            if (Missing(found) is { } what)
            {
                missing.Add($"{workload.Kind} {workload.Name} {what}");
            }
        }

        return missing.Count == 0 ? null : string.Join("; ", missing);
    }

    /// <summary>What a workload lacks; null when its rollout is complete. Pure.</summary>
    internal static string? Missing(UntypedObject? workload)
    {
        if (workload is null)
        {
            return "does not exist";
        }

        var (spec, status) = (Part(workload, "spec"), Part(workload, "status"));
        if (Number(status, "observedGeneration") is not { } observed || observed < workload.Metadata.Generation)
        {
            return "has not been looked at by its controller since its last change";
        }

        // A DaemonSet counts nodes where the others count replicas.
        var isDaemon = workload.Kind == "DaemonSet" || Number(status, "desiredNumberScheduled") is not null;
        var wanted = isDaemon ? Number(status, "desiredNumberScheduled") ?? 0 : Number(spec, "replicas") ?? 1;
        var updated = Number(status, isDaemon ? "updatedNumberScheduled" : "updatedReplicas") ?? 0;
        var available = Number(status, isDaemon ? "numberAvailable" : "availableReplicas") ?? Number(status, "readyReplicas") ?? 0;
        var all = isDaemon ? wanted : Number(status, "replicas") ?? 0;
        return updated < wanted ? $"has {updated} of {wanted} replicas of its newest version"
            : all > updated ? $"still has {all - updated} old replicas"
            : available < wanted ? $"has {available} of {wanted} replicas available"
            : null;
    }

    private static JsonElement Part(UntypedObject item, string name) => item.Extra is { } extra && extra.TryGetValue(name, out var part) ? part : default;

    private static long? Number(JsonElement part, string name) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : null;
}
