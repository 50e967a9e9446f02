using System.Text.Json;
using System.Text.Json.Serialization;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>An object's identity and bookkeeping (metav1.ObjectMeta).</summary>
public sealed record ObjectMeta : IJsonOnDeserialized
{
    /// <summary>Unique within kind and namespace at a time; may be reused after deletion, <see cref="Uid"/> is not.</summary>
    public string? Name { get; init; }

    /// <summary>Prefix from which the server makes a name when <see cref="Name"/> is absent on creation.</summary>
    public string? GenerateName { get; init; }

    /// <summary>Absent for cluster-scoped kinds.</summary>
    public string? Namespace { get; init; }

    /// <summary>Unique over all time; tells a re-created object from its predecessor.</summary>
    public string? Uid { get; init; }

    /// <summary>The stored version; sent back on update it makes the write conditional.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Counts changes of the desired state; status writes leave it alone.</summary>
    public long? Generation { get; init; }

    /// <summary>Server time of creation, resolution 1 s.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>Set once deletion was asked for: the object goes at this instant, or when its last finalizer is removed.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>Seconds a terminating object is given.</summary>
    public long? DeletionGracePeriodSeconds { get; init; }

    /// <summary>Selectable marks.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init => field = value ?? Empty; } = Empty;

    /// <summary>Marks that cannot be selected by.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init => field = value ?? Empty; } = Empty;

    /// <summary>Objects whose deletion takes this one along.</summary>
    public IReadOnlyList<OwnerReference> OwnerReferences { get; init => field = value ?? []; } = [];

    /// <summary>Who still has work to do before the object may go.</summary>
    public IReadOnlyList<string> Finalizers { get; init => field = value ?? []; } = [];

    /// <summary>Fields this type does not name, kept as they came, except <c>managedFields</c>: large, and the server restores them when absent.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }

    /// <summary>The owner that controls this object (at most one), or null.</summary>
    [JsonIgnore]
    public OwnerReference? Controller => OwnerReferences.FirstOrDefault(o => o.Controller == true);

    private static IReadOnlyDictionary<string, string> Empty { get; } = new Dictionary<string, string>();

    void IJsonOnDeserialized.OnDeserialized() => Extra?.Remove("managedFields");
}
