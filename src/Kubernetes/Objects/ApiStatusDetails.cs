namespace LoadTesting.Kubernetes.Objects;

/// <summary>What a refusal is about.</summary>
public sealed record ApiStatusDetails
{
    /// <summary>The object's name.</summary>
    public string? Name { get; init; }

    /// <summary>The kind's plural.</summary>
    public string? Kind { get; init; }

    /// <summary>The object's uid.</summary>
    public string? Uid { get; init; }

    /// <summary>One entry per field that was refused.</summary>
    public IReadOnlyList<ApiStatusCause> Causes { get; init => field = value ?? []; } = [];

    /// <summary>Seconds the server asks to be left alone.</summary>
    public int? RetryAfterSeconds { get; init; }
}
