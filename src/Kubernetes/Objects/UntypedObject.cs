using System.Text.Json;
using System.Text.Json.Serialization;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>An object of a kind that has no type here; everything but identity stays JSON in <see cref="Extra"/>.</summary>
public sealed record UntypedObject : IKubernetesObject
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-3)]
    public string ApiVersion { get; init => field = value ?? ""; } = "";

    /// <inheritdoc/>
    [JsonPropertyOrder(-2)]
    public string Kind { get; init => field = value ?? ""; } = "";

    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>All other fields, e.g. <c>spec</c> and <c>status</c>.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }
}
