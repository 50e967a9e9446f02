using System.Text.Json;
using System.Text.Json.Serialization;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>Who holds a lease and until when it was promised.</summary>
public sealed record LeaseSpec
{
    /// <summary>The holder's identity; empty or absent when released.</summary>
    public string? HolderIdentity { get; init; }

    /// <summary>Seconds other candidates must wait after the last change that they saw.</summary>
    public int? LeaseDurationSeconds { get; init; }

    /// <summary>When the present holder took it, by the holder's clock.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? AcquireTime { get; init; }

    /// <summary>When the holder last renewed, by the holder's clock: for people; candidates must not compare it with theirs.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? RenewTime { get; init; }

    /// <summary>How often the lease changed hands.</summary>
    public int? LeaseTransitions { get; init; }

    /// <summary>Fields this type does not name, kept as they came.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }
}
