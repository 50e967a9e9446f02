using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Operator.Observing;

/// <summary>A Pod of the target at a moment, as far as it is observed.</summary>
/// <param name="Uid">Its uid.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">How it is.</param>
/// <param name="Containers">Its containers, init containers included.</param>
public sealed record PodGlance(string Uid, string Name, PodState State, IReadOnlyList<ContainerGlance> Containers)
{
    /// <summary>Of an object of the API server.</summary>
    public static PodGlance Of(Pod pod)
    {
        var ready = pod.Status?.Conditions.Any(c => c is { Type: "Ready", Status: Condition.True }) ?? false;
        var state = pod.Status?.Phase switch
        {
            "Succeeded" => PodState.Succeeded,
            "Failed" => PodState.Failed,
            _ when pod.Metadata.DeletionTimestamp is not null => PodState.Deleting,
            _ => ready ? PodState.Ready : PodState.Unready,
        };
        return new PodGlance(
            pod.Metadata.Uid ?? pod.Metadata.Name!,
            pod.Metadata.Name!,
            // A Pod that ended may be deleted like any other.
            pod.Metadata.DeletionTimestamp is not null ? PodState.Deleting : state,
            [.. (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []).Select(c => new ContainerGlance(c.Name, c.RestartCount, c.State.Terminated ?? c.LastState.Terminated))]);
    }
}

/// <summary>A container at a moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Restarts">How often it was started again.</param>
/// <param name="LastEnd">How it ended last, whether it was started again or not; null when it never did.</param>
public sealed record ContainerGlance(string Name, int Restarts, ContainerStateTerminated? LastEnd)
{
    /// <summary>Tells one end from another; empty without one.</summary>
    public string EndKey => LastEnd is { } end ? $"{end.FinishedAt:O}/{end.ExitCode}" : "";
}

/// <summary>How a Pod is.</summary>
public enum PodState
{
    /// <summary>Ready.</summary>
    Ready,

    /// <summary>Neither ready nor at an end.</summary>
    Unready,

    /// <summary>Being deleted.</summary>
    Deleting,

    /// <summary>It ran to its end.</summary>
    Succeeded,

    /// <summary>It ended and will not be started again: an eviction, for one.</summary>
    Failed,
}
