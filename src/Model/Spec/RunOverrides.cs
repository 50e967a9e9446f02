namespace LoadTesting.Model.Spec;

/// <summary>What one run changes about a test: the command line's options, a run's own fields. Null or empty = as in the manifest.</summary>
public sealed record RunOverrides
{
    /// <summary>The profile: null = the manifest's own choice, empty = none. It is laid over the spec before anything else here counts.</summary>
    public string? Profile { get; init; }

    /// <summary>Base URL.</summary>
    public string? Target { get; init; }

    /// <summary>Environment variables by name: added, or in place of the manifest's.</summary>
    public OrderedMap<string> Env { get; init; } = OrderedMap<string>.Empty;

    /// <summary>Variables by name, read as <c>vars.name</c>: added, or in place of the manifest's.</summary>
    public OrderedMap<SpecNode> Variables { get; init; } = OrderedMap<SpecNode>.Empty;

    /// <summary>k6's <c>--vus</c>.</summary>
    public long? Vus { get; init; }

    /// <summary>k6's <c>--duration</c>.</summary>
    public Duration? Duration { get; init; }

    /// <summary>k6's <c>--iterations</c>.</summary>
    public long? Iterations { get; init; }

    /// <summary>Factor of the scenarios' times, above 0; null = 1. Rates and VU counts stay: the same shape in less time.</summary>
    public double? TimeScale { get; init; }

    /// <summary>How many runners share the load.</summary>
    public int? Runners { get; init; }
}
