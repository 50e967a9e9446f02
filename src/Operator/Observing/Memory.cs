using System.Text.Json.Serialization;

namespace LoadTesting.Operator.Observing;

/// <summary>What a <see cref="PodLedger"/> must not forget; short names, because it stands in a status.</summary>
internal sealed class Memory
{
    [JsonPropertyName("r")]
    public long Restarts { get; set; }

    [JsonPropertyName("o")]
    public long OomKills { get; set; }

    [JsonPropertyName("d")]
    public long Deletions { get; set; }

    [JsonPropertyName("s")]
    public bool HasSeenPods { get; set; }

    [JsonPropertyName("p")]
    public List<KnownPod> Pods { get; set; } = [];

    [JsonPropertyName("e")]
    public List<KnownEvent> Events { get; set; } = [];
}

/// <summary>A Pod as it was seen last.</summary>
internal sealed class KnownPod
{
    [JsonPropertyName("u")]
    public string Uid { get; set; } = "";

    [JsonPropertyName("n")]
    public string Name { get; set; } = "";

    [JsonPropertyName("x")]
    public bool IsDeleting { get; set; }

    [JsonPropertyName("f")]
    public bool IsOld { get; set; }

    [JsonPropertyName("c")]
    public List<KnownContainer> Containers { get; set; } = [];
}

/// <summary>A container that was restarted or ended before.</summary>
internal sealed class KnownContainer
{
    [JsonPropertyName("n")]
    public string Name { get; set; } = "";

    [JsonPropertyName("r")]
    public int Restarts { get; set; }

    [JsonPropertyName("e")]
    public string EndKey { get; set; } = "";
}

/// <summary>Something that happened.</summary>
internal sealed class KnownEvent
{
    [JsonPropertyName("a")]
    public long At { get; set; }

    [JsonPropertyName("m")]
    public string Mark { get; set; } = "";

    [JsonPropertyName("t")]
    public string Text { get; set; } = "";
}

/// <summary>Serialization without reflection.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Memory))]
internal sealed partial class MemoryJson : JsonSerializerContext;
