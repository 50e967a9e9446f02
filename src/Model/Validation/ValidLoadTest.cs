using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation;

/// <summary>A load test in which nothing is wrong. Only <see cref="SpecValidator"/> makes them: who holds one need not check again.</summary>
public sealed class ValidLoadTest
{
    internal ValidLoadTest(LoadTestManifest manifest, string? profile) => (Manifest, Profile) = (manifest, profile);

    /// <summary>The manifest as written, a profile laid over its spec, defaults filled in.</summary>
    public LoadTestManifest Manifest { get; }

    /// <summary>The profile that was laid over the spec; null when none was.</summary>
    public string? Profile { get; }

    /// <summary>The load numbers that were expressions, with what they came to. The manifest has the values.</summary>
    public IReadOnlyList<EvaluatedValue> Evaluated { get; internal init; } = [];

    internal SpecNode? Document { get; init; }

    /// <summary>A problem that was found later, with its place in the document; as it is where there is none.</summary>
    public Problem Place(Problem problem) => Document is null || problem.Position.Line > 0 || problem.Path.StartsWith('-') ? problem : problem with { Position = ProblemPlace.Of(problem, Document) };

    /// <summary>The manifest's name.</summary>
    public string Name => Manifest.Name;

    /// <summary>What the test asks for.</summary>
    public LoadTestSpec Spec => Manifest.Spec;
}
