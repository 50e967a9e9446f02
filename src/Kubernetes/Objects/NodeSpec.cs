using System.Text.Json;
using System.Text.Json.Serialization;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>What a node's owner wants.</summary>
public sealed record NodeSpec
{
    /// <summary>True while cordoned: no new Pods.</summary>
    public bool? Unschedulable { get; init; }

    /// <summary>Fields this type does not name, kept as they came.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }
}
