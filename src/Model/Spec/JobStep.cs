namespace LoadTesting.Model.Spec;

/// <summary>
/// A program that runs once to its end: in a cluster as a Pod of the run, at the desk, where that is allowed, as a process. Its exit code and its output are values for
/// <see cref="Checks"/> and <see cref="Extract"/>. Only in setup, verify and teardown.
/// </summary>
public sealed record JobStep : StepSpec
{
    /// <summary>Most octets of the output that are kept.</summary>
    public const int MostOutput = 64 * 1024;

    /// <summary>What messages call it; null = its place in the manifest.</summary>
    public string? Name { get; init; }

    /// <summary>The container's image; literal.</summary>
    public required string Image { get; init; }

    /// <summary>Replaces the image's entry point; values are templates. Needed at the desk.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Replaces the image's arguments; values are templates.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Environment besides the test's own <see cref="LoadTestSpec.Env"/>, which it has too; values are templates.</summary>
    public OrderedMap<string> Env { get; init; } = OrderedMap<string>.Empty;

    /// <summary>How long the program may run, 1 s…1 h. Default 1 min. Waiting for a node and an image is not counted.</summary>
    public Duration Timeout { get; init; } = Duration.FromSeconds(60);

    /// <summary>Exit codes that are no failure, 0…255; empty = 0 alone.</summary>
    public IReadOnlyList<int> ExitCodes { get; init; } = [];

    /// <summary>User id that the program runs as, ≥ 1; null = the image's, which must not be root.</summary>
    public int? RunAsUser { get; init; }

    /// <summary>A container's <c>resources</c>.</summary>
    public SpecNode? Resources { get; init; }

    /// <summary>A Pod's <c>volumes</c>.</summary>
    public SpecNode? Volumes { get; init; }

    /// <summary>A container's <c>volumeMounts</c>.</summary>
    public SpecNode? VolumeMounts { get; init; }

    /// <summary>Named CEL conditions on exit code and output; each gives one sample of <c>checks</c>.</summary>
    public OrderedMap<string> Checks { get; init; } = OrderedMap<string>.Empty;

    /// <summary>Variables set from exit code and output: name → CEL expression. One that fails ends the part.</summary>
    public OrderedMap<string> Extract { get; init; } = OrderedMap<string>.Empty;
}
