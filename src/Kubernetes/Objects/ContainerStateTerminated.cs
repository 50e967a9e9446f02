using System.Text.Json.Serialization;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>How a container ended.</summary>
public sealed record ContainerStateTerminated
{
    /// <summary>0 = success; 137 = SIGKILL, 143 = SIGTERM.</summary>
    public required int ExitCode { get; init; }

    /// <summary><c>Completed</c>, <c>Error</c>, <c>OOMKilled</c>, <c>ContainerCannotRun</c>…</summary>
    public string? Reason { get; init; }

    /// <summary>The tail of the termination message file, if any.</summary>
    public string? Message { get; init; }

    /// <summary>The signal that ended it, when it was one.</summary>
    public int? Signal { get; init; }

    /// <summary>Node's clock, resolution 1 s.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Node's clock, resolution 1 s.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? FinishedAt { get; init; }
}
