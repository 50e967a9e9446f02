using System.Text.Json.Serialization;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>One observation about an object (metav1.Condition; Pods and Nodes use the same shape with fewer fields).</summary>
public sealed record Condition
{
    /// <summary>The value of <see cref="Status"/> that says the condition holds.</summary>
    public const string True = "True";

    /// <summary>The value of <see cref="Status"/> that says the condition does not hold.</summary>
    public const string False = "False";

    /// <summary>The value of <see cref="Status"/> that says nobody knows.</summary>
    public const string Unknown = "Unknown";

    /// <summary>CamelCase; at most one condition of a type stands in a list.</summary>
    public required string Type { get; init; }

    /// <summary><see cref="True"/>, <see cref="False"/> or <see cref="Unknown"/>.</summary>
    public required string Status { get; init; }

    /// <summary>CamelCase cause of the last transition, for machines; mandatory in metav1.Condition, optional in Pods.</summary>
    public string? Reason { get; init; }

    /// <summary>The same for people.</summary>
    public string? Message { get; init; }

    /// <summary>When <see cref="Status"/> last changed, resolution 1 s.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastTransitionTime { get; init; }

    /// <summary>The generation of the desired state that was looked at.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>Whether the condition holds.</summary>
    [JsonIgnore]
    public bool IsTrue => Status == True;
}
