using System.Text.Json;
using System.Text.Json.Serialization;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>An object of a kind that has no type here; everything but identity stays JSON in <see cref="Extra"/>.</summary>
public sealed record UntypedObject : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; init => field = value ?? ""; } = "";

    /// <inheritdoc/>
    public string Kind { get; init => field = value ?? ""; } = "";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>All other fields, e.g. <c>spec</c> and <c>status</c>.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }
}
