namespace LoadTesting.Kubernetes.Objects;

/// <summary>How the API server answers when it does not answer with an object (metav1.Status).</summary>
public sealed record ApiStatus
{
    /// <summary><c>Success</c> or <c>Failure</c>.</summary>
    public string? Status { get; init; }

    /// <summary>For people.</summary>
    public string? Message { get; init; }

    /// <summary>For machines, e.g. <c>AlreadyExists</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>What the reason is about.</summary>
    public ApiStatusDetails? Details { get; init; }

    /// <summary>The HTTP status; the stream of a watch has no other place for it.</summary>
    public int Code { get; init; }
}
