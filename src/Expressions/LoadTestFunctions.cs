namespace LoadTesting.Expressions;

/// <summary>The functions that load tests have beyond CEL's.</summary>
public static class LoadTestFunctions
{
    /// <summary>Adds them to an environment.</summary>
    public static CelEnvironment WithLoadTestFunctions(this CelEnvironment environment) => environment.WithFunctions([]);
}
