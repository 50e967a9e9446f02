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

    /// <summary>The manifest's name.</summary>
    public string Name => Manifest.Name;

    /// <summary>What the test asks for.</summary>
    public LoadTestSpec Spec => Manifest.Spec;
}
