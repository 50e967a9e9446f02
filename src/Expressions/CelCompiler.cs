namespace LoadTesting.Expressions;

/// <summary>Turns source text into a program: parses, checks names and types, compiles. Never throws for any text.</summary>
public static class CelCompiler
{
    /// <summary>Compiles, checked against the environment: unknown names and impossible types are issues.</summary>
    public static CelCompilation Compile(string source, CelEnvironment environment) => Compile(source, environment, check: true);

    /// <summary>
    /// Compiles without the check: unknown names and impossible types become error values at evaluation. For expressions
    /// whose environment is not known when they are read.
    /// </summary>
    public static CelCompilation CompileUnchecked(string source, CelEnvironment environment) => Compile(source, environment, check: false);

    private static CelCompilation Compile(string source, CelEnvironment environment, bool check)
    {
        _ = environment;
        _ = check;
        return new(null, [new(0, source.Length, 1, 1, "the language is not part of this build yet")]);
    }
}
