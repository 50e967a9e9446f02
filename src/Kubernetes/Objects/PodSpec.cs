using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>
/// A Pod's desired state. What a user's template passes through unread (affinity, tolerations, security contexts, volumes…) is JSON.
/// </summary>
public sealed record PodSpec
{
    /// <summary>Run to completion in order before <see cref="Containers"/>, except those with restartPolicy Always (side cars).</summary>
    public IReadOnlyList<Container> InitContainers { get; init => field = value ?? []; } = [];

    /// <summary>At least one.</summary>
    public IReadOnlyList<Container> Containers { get; init => field = value ?? []; } = [];

    /// <summary>The node it runs on; set by the scheduler.</summary>
    public string? NodeName { get; init; }

    /// <summary><c>Always</c> (the server's default), <c>OnFailure</c> or <c>Never</c>.</summary>
    public string? RestartPolicy { get; init; }

    /// <summary>Seconds between SIGTERM and SIGKILL; the server's default is 30.</summary>
    public long? TerminationGracePeriodSeconds { get; init; }

    /// <summary>Seconds after its start at which the kubelet fails the Pod; absent = never.</summary>
    public long? ActiveDeadlineSeconds { get; init; }

    /// <summary>Whose rights the Pod's token has.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>False keeps the token out of the Pod.</summary>
    public bool? AutomountServiceAccountToken { get; init; }

    /// <summary>False keeps one environment variable per Service out of the Pod.</summary>
    public bool? EnableServiceLinks { get; init; }

    /// <summary>First label of the Pod's host name.</summary>
    public string? Hostname { get; init; }

    /// <summary>Scheduling and eviction rank.</summary>
    public string? PriorityClassName { get; init; }

    /// <summary>Labels a node must have.</summary>
    public IReadOnlyDictionary<string, string> NodeSelector { get; init => field = value ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();

    /// <summary>Secrets for the image registry, by name.</summary>
    public IReadOnlyList<LocalObjectReference> ImagePullSecrets { get; init => field = value ?? []; } = [];

    /// <summary>Pod-level security, as written.</summary>
    public JsonObject? SecurityContext { get; init; }

    /// <summary>Placement rules, as written.</summary>
    public JsonObject? Affinity { get; init; }

    /// <summary>Taints that do not repel, as written.</summary>
    public JsonArray? Tolerations { get; init; }

    /// <summary>Spread over zones and nodes, as written.</summary>
    public JsonArray? TopologySpreadConstraints { get; init; }

    /// <summary>What containers can mount, as written.</summary>
    public JsonArray? Volumes { get; init; }

    /// <summary>Fields this type does not name, kept as they came.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }
}
