using System.Text.Json;
using System.Text.Json.Serialization;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>
/// Base of the typed kinds. They are immutable because caches hand the same instance to everybody, and they carry the fields that
/// they do not know so that writing an object back loses nothing.
/// </summary>
public abstract record KubernetesObject : IKubernetesObject
{
    /// <inheritdoc/>
    public abstract string ApiVersion { get; }

    /// <inheritdoc/>
    public abstract string Kind { get; }

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>Fields this type does not name, kept as they came.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }
}
