using System.Text.Json.Nodes;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>A kind of our own (apiextensions.k8s.io/v1).</summary>
public sealed record CustomResourceDefinition : KubernetesObject
{
    /// <inheritdoc/>
    public override string ApiVersion => "apiextensions.k8s.io/v1";

    /// <inheritdoc/>
    public override string Kind => "CustomResourceDefinition";

    /// <summary>Names, scope, versions and schemas, as written.</summary>
    public JsonObject? Spec { get; init; }

    /// <summary>Whether the server serves it.</summary>
    public CustomResourceDefinitionStatus Status { get; init => field = value ?? new(); } = new();
}
