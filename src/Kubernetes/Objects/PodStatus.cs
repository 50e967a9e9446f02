using System.Text.Json.Serialization;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>What the kubelet last reported; silent for minutes when the node is gone.</summary>
public sealed record PodStatus
{
    /// <summary><c>Pending</c>, <c>Running</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Unknown</c>.</summary>
    public string? Phase { get; init; }

    /// <summary>Among them <c>PodScheduled</c>, <c>Ready</c>, <c>DisruptionTarget</c>.</summary>
    public IReadOnlyList<Condition> Conditions { get; init => field = value ?? []; } = [];

    /// <summary>CamelCase cause of the phase, e.g. <c>Evicted</c>, <c>DeadlineExceeded</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>The same for people.</summary>
    public string? Message { get; init; }

    /// <summary>Address within the cluster; absent until the sandbox exists.</summary>
    public string? PodIP { get; init; }

    /// <summary>Address of the node.</summary>
    public string? HostIP { get; init; }

    /// <summary>When the kubelet accepted the Pod, resolution 1 s.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>One entry per init container that was looked at.</summary>
    public IReadOnlyList<ContainerStatus> InitContainerStatuses { get; init => field = value ?? []; } = [];

    /// <summary>One entry per container that was looked at.</summary>
    public IReadOnlyList<ContainerStatus> ContainerStatuses { get; init => field = value ?? []; } = [];

    /// <summary>The status of a container by name, or null before the kubelet reported it.</summary>
    public ContainerStatus? Container(string name) => ContainerStatuses.FirstOrDefault(c => c.Name == name);
}
