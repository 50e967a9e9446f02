using System.Text.Json.Nodes;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>A rollout of Pods; what a gate after a deploy has to read.</summary>
public sealed record Deployment : KubernetesObject
{
    /// <inheritdoc/>
    public override string ApiVersion => "apps/v1";

    /// <inheritdoc/>
    public override string Kind => "Deployment";

    /// <summary>Desired state, as written.</summary>
    public JsonObject? Spec { get; init; }

    /// <summary>How far the rollout is.</summary>
    public DeploymentStatus Status { get; init => field = value ?? new(); } = new();
}
