namespace LoadTesting.Kubernetes.Objects;

/// <summary>Named data, at most 1 MiB in all.</summary>
public sealed record ConfigMap : KubernetesObject
{
    /// <inheritdoc/>
    public override string ApiVersion => "v1";

    /// <inheritdoc/>
    public override string Kind => "ConfigMap";

    /// <summary>UTF-8 values by key.</summary>
    public IReadOnlyDictionary<string, string> Data { get; init => field = value ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();

    /// <summary>Arbitrary bytes by key (base64 on the wire); keys are disjoint from <see cref="Data"/>'s.</summary>
    public IReadOnlyDictionary<string, byte[]> BinaryData { get; init => field = value ?? new Dictionary<string, byte[]>(); } = new Dictionary<string, byte[]>();

    /// <summary>True makes data unchangeable for the object's life and spares the kubelets their watches.</summary>
    public bool? Immutable { get; init; }
}
