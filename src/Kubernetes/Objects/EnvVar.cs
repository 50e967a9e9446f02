using System.Text.Json.Nodes;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>One environment variable: a literal or a source that the kubelet resolves.</summary>
public sealed record EnvVar
{
    /// <summary>The variable's name.</summary>
    public required string Name { get; init; }

    /// <summary>Literal; <c>$(OTHER)</c> refers to earlier variables.</summary>
    public string? Value { get; init; }

    /// <summary>secretKeyRef, configMapKeyRef, fieldRef or resourceFieldRef, as written.</summary>
    public JsonObject? ValueFrom { get; init; }
}
