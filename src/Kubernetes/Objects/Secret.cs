namespace LoadTesting.Kubernetes.Objects;

/// <summary>Named confidential data, at most 1 MiB in all.</summary>
public sealed record Secret : KubernetesObject
{
    /// <inheritdoc/>
    public override string ApiVersion => "v1";

    /// <inheritdoc/>
    public override string Kind => "Secret";

    /// <summary>What it holds, e.g. <c>Opaque</c>, <c>kubernetes.io/tls</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Bytes by key (base64 on the wire).</summary>
    public IReadOnlyDictionary<string, byte[]> Data { get; init => field = value ?? new Dictionary<string, byte[]>(); } = new Dictionary<string, byte[]>();

    /// <summary>True makes data unchangeable for the object's life.</summary>
    public bool? Immutable { get; init; }

    /// <summary>Names the object and no more: a Secret must not be printed by accident.</summary>
    public override string ToString() => $"Secret {Metadata.Namespace}/{Metadata.Name}";
}
