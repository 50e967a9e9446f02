namespace LoadTesting.Model.Spec;

/// <summary>How documents of ours name themselves.</summary>
public static class ManifestIdentity
{
    /// <summary>The API group.</summary>
    public const string Group = "loadtest.dev";

    /// <summary>The only version so far.</summary>
    public const string Version = "v1alpha1";

    /// <summary><c>apiVersion</c> of every document.</summary>
    public const string ApiVersion = Group + "/" + Version;

    /// <summary><c>kind</c> of a load test.</summary>
    public const string Kind = "LoadTest";
}
