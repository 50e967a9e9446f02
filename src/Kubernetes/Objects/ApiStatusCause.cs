namespace LoadTesting.Kubernetes.Objects;

/// <summary>One reason of a refusal.</summary>
public sealed record ApiStatusCause
{
    /// <summary>For machines, e.g. <c>FieldValueInvalid</c> or <c>FieldManagerConflict</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>For people.</summary>
    public string? Message { get; init; }

    /// <summary>Path of the field, e.g. <c>spec.replicas</c>.</summary>
    public string? Field { get; init; }
}
