using System.Text.Json.Serialization;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>Something that happened to an object (events.k8s.io/v1).</summary>
public sealed record Event : KubernetesObject
{
    /// <inheritdoc/>
    public override string ApiVersion => "events.k8s.io/v1";

    /// <inheritdoc/>
    public override string Kind => "Event";

    /// <summary>When it was first seen.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? EventTime { get; init; }

    /// <summary>Repetitions; absent for a single occurrence.</summary>
    public EventSeries? Series { get; init; }

    /// <summary>Who reports, a qualified name such as <c>loadtest.dev/operator</c>.</summary>
    public string? ReportingController { get; init; }

    /// <summary>Which instance of it.</summary>
    public string? ReportingInstance { get; init; }

    /// <summary>What was done or failed, CamelCase, at most 128 characters.</summary>
    public string? Action { get; init; }

    /// <summary>Why, CamelCase, at most 128 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>What it happened to.</summary>
    public ObjectReference? Regarding { get; init; }

    /// <summary>A second object involved.</summary>
    public ObjectReference? Related { get; init; }

    /// <summary>For people, at most 1 kB.</summary>
    public string? Note { get; init; }

    /// <summary><c>Normal</c> or <c>Warning</c>.</summary>
    public string? Type { get; init; }
}
