using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Contract;
using LoadTesting.Operator.Lifecycle;

namespace LoadTesting.Operator.Workloads;

/// <summary>
/// Reduces a Pod to what the life of a run depends on. Only the runner's own container counts: side cars that an admission added neither keep a finished runner
/// alive nor make a working one look dead.
/// </summary>
public static class PodSights
{
    private static readonly string[] PullProblems = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ErrImageInspect", "RegistryUnavailable"];
    private static readonly string[] ConfigProblems = ["CreateContainerConfigError", "CreateContainerError", "RunContainerError", "CrashLoopBackOff"];

    /// <summary>What is seen, and what kubelet or scheduler say about it.</summary>
    /// <param name="pod">Null when there is none.</param>
    /// <param name="name">The container that counts.</param>
    public static (PodSight Sight, string? Message) Of(Pod? pod, string name = RunnerPod.Container)
    {
        if (pod is null)
        {
            return (PodSight.Absent, null);
        }

        var container = pod.Status?.Container(name);
        if (container?.State.Terminated is { } ended)
        {
            return ended.Reason == "OOMKilled"
                ? (PodSight.OutOfMemory, "The container was killed because it used more memory than its limit.")
                : (PodSight.Terminated, $"The container ended with exit code {ended.ExitCode}{Because(ended.Reason is "Error" or "Completed" ? null : ended.Reason, LastLine(ended.Message))}");
        }

        if (pod.Status?.Phase is "Failed" or "Succeeded")
        {
            return (PodSight.Terminated, $"The Pod ended{Because(pod.Status.Reason, pod.Status.Message)}");
        }

        if (pod.Metadata.DeletionTimestamp is not null)
        {
            return (PodSight.Deleting, Disruption(pod) ?? "The Pod is being deleted.");
        }

        if (container?.State.Running is not null)
        {
            return (PodSight.Running, null);
        }

        return container?.State.Waiting is { Reason: { } reason } waiting && reason is not ("ContainerCreating" or "PodInitializing")
            ? (PullProblems.Contains(reason) ? PodSight.ImagePullFailing : ConfigProblems.Contains(reason) ? PodSight.ContainerFailing : PodSight.Pending, $"{reason}: {waiting.Message}".TrimEnd(':', ' '))
            : pod.Status?.Conditions.FirstOrDefault(c => c is { Type: "PodScheduled", Status: Condition.False }) is { } refused
                ? (refused.Reason == "Unschedulable" ? PodSight.Unschedulable : PodSight.Pending, refused.Message)
                : (PodSight.Pending, null);
    }

    /// <summary>
    /// Why the runner would not take the test, in its own last words: it looked at the plan and at the data that was mounted, and ended before any load. Null
    /// where it did not.
    /// </summary>
    public static string? Refusal(Pod? pod) => pod?.Status?.Container(RunnerPod.Container)?.State.Terminated is { ExitCode: ExitCodes.InvalidManifest } ended
        ? LastLine(ended.Message) is { Length: > 0 } words ? words : "the runner found the test invalid; its log says why"
        : null;

    private static string? Disruption(Pod pod) =>
        pod.Status?.Conditions.FirstOrDefault(c => c is { Type: "DisruptionTarget", Status: Condition.True }) is { } target
            ? $"The Pod is being taken away{Because(target.Reason, target.Message)}"
            : null;

    private static string Because(string? reason, string? message) =>
        (string.IsNullOrEmpty(reason), string.IsNullOrEmpty(message)) switch
        {
            (true, true) => ".",
            (false, true) => $" ({reason}).",
            (true, false) => $": {message}",
            _ => $" ({reason}): {message}",
        };

    private static string? LastLine(string? message) => message?.TrimEnd().Split('\n')[^1].Trim();
}
