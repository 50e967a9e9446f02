using LoadTesting.Expressions.Functions;

namespace LoadTesting.Expressions;

/// <summary>
/// The functions that load tests have beyond CEL's: random and unique data, hashes and encodings, JSON, HTML and XML, lists, regular expressions.
/// Those that need chance or the time take it from <see cref="ICelHost"/>, so that a seed reproduces a run.
/// </summary>
public static class LoadTestFunctions
{
    /// <summary>Adds them to an environment.</summary>
    public static CelEnvironment WithLoadTestFunctions(this CelEnvironment environment) => environment.WithFunctions(
        [.. RandomFunctions.All, .. DigestFunctions.All, .. JsonFunctions.All, .. MarkupFunctions.All, .. ListFunctions.All, .. PatternFunctions.All, .. UtilityFunctions.All]);
}
