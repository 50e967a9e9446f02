using System.Text.Json.Serialization;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>Since when a container runs.</summary>
public sealed record ContainerStateRunning
{
    /// <summary>Node's clock, resolution 1 s.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartedAt { get; init; }
}
