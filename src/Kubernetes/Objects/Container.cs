using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>One process of a Pod and what surrounds it.</summary>
public sealed record Container
{
    /// <summary>Unique within the Pod; its status is found by it.</summary>
    public required string Name { get; init; }

    /// <summary>Image reference.</summary>
    public string? Image { get; init; }

    /// <summary><c>Always</c>, <c>IfNotPresent</c> or <c>Never</c>.</summary>
    public string? ImagePullPolicy { get; init; }

    /// <summary>Replaces the image's entry point.</summary>
    public IReadOnlyList<string> Command { get; init => field = value ?? []; } = [];

    /// <summary>Replaces the image's arguments.</summary>
    public IReadOnlyList<string> Args { get; init => field = value ?? []; } = [];

    /// <summary>Environment; later entries may refer to earlier ones.</summary>
    public IReadOnlyList<EnvVar> Env { get; init => field = value ?? []; } = [];

    /// <summary>Ports, for the reader and for port names.</summary>
    public IReadOnlyList<ContainerPort> Ports { get; init => field = value ?? []; } = [];

    /// <summary>Requests and limits, by resource name.</summary>
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Volumes and where they appear, as written.</summary>
    public JsonArray? VolumeMounts { get; init; }

    /// <summary>Privileges, as written.</summary>
    public JsonObject? SecurityContext { get; init; }

    /// <summary>When the container counts as ready, as written.</summary>
    public JsonObject? ReadinessProbe { get; init; }

    /// <summary>Fields this type does not name, kept as they came.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }
}
