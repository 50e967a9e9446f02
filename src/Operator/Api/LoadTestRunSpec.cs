using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace LoadTesting.Operator.Api;

/// <summary>One execution: an immutable snapshot of the effective spec.</summary>
public sealed record LoadTestRunSpec
{
    /// <summary>The LoadTest that is run; its spec at the time of creation stands in the snapshot.</summary>
    public required LoadTestReference LoadTestRef { get; init; }

    /// <summary>The effective spec; filled by the operator where a person made the run by hand. Immutable once set.</summary>
    public JsonObject? Snapshot { get; init; }

    /// <summary>The profile that is laid over the test's spec; absent = the test's own choice, empty = none.</summary>
    public string? Profile { get; init; }

    /// <summary>Values that override the test's variables for this run.</summary>
    public JsonObject? Variables { get; init; }

    /// <summary>Base URL that overrides the test's target for this run.</summary>
    public string? Target { get; init; }

    /// <summary>Set to true to stop the run: the load ends within 5 s and the verdict is Aborted. The only field that may change.</summary>
    public bool Abort { get; init; }

    /// <summary>Fields that there are none of; a run with such is refused.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>A LoadTest in the same namespace.</summary>
public sealed record LoadTestReference
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Fields that there are none of; a run with such is refused.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
