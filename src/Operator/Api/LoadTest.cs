using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Operator.Api;

/// <summary>
/// The definition of a load test. Its spec stays JSON here: the strict parser of the model reads it, so that a spec which the API server let pass still gets all
/// its problems at once instead of an object that cannot be decoded.
/// </summary>
public sealed record LoadTest : KubernetesObject
{
    /// <inheritdoc/>
    public override string ApiVersion => LoadTestResources.ApiVersion;

    /// <inheritdoc/>
    public override string Kind => "LoadTest";

    /// <summary>As written.</summary>
    public JsonObject? Spec { get; init; }

    /// <summary>What the operator says.</summary>
    public LoadTestStatus Status { get; init => field = value ?? new(); } = new();
}

/// <summary>One execution of a load test.</summary>
public sealed record LoadTestRun : KubernetesObject
{
    /// <inheritdoc/>
    public override string ApiVersion => LoadTestResources.ApiVersion;

    /// <inheritdoc/>
    public override string Kind => "LoadTestRun";

    /// <summary>What is run.</summary>
    public required LoadTestRunSpec Spec { get; init; }

    /// <summary>How it goes.</summary>
    public LoadTestStatus Status { get; init => field = value ?? new(); } = new();
}
