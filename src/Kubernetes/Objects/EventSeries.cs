using System.Text.Json.Serialization;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>How often the same event happened again.</summary>
public sealed record EventSeries
{
    /// <summary>Occurrences so far, the first included; at least 2.</summary>
    public required int Count { get; init; }

    /// <summary>When it was last seen.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? LastObservedTime { get; init; }
}
