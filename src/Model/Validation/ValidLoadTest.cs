using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation;

/// <summary>A load test in which nothing is wrong. Only <see cref="SpecValidator"/> makes them: who holds one need not check again.</summary>
public sealed class ValidLoadTest
{
    internal ValidLoadTest(LoadTestManifest manifest) => Manifest = manifest;

    /// <summary>The manifest as written, defaults filled in.</summary>
    public LoadTestManifest Manifest { get; }

    /// <summary>The manifest's name.</summary>
    public string Name => Manifest.Name;

    /// <summary>What the test asks for.</summary>
    public LoadTestSpec Spec => Manifest.Spec;
}
