using System.Text.Json.Serialization;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>A port that a container listens on.</summary>
public sealed record ContainerPort
{
    /// <summary>1 to 65535.</summary>
    [JsonPropertyName("containerPort")]
    public required int Port { get; init; }

    /// <summary>A name that Services and probes may use.</summary>
    public string? Name { get; init; }

    /// <summary><c>TCP</c> (the server's default), <c>UDP</c> or <c>SCTP</c>.</summary>
    public string? Protocol { get; init; }
}
