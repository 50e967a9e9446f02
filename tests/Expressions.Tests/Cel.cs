namespace LoadTesting.Expressions.Tests;

/// <summary>Shorthand for compiling and evaluating in tests.</summary>
internal static class Cel
{
    public static readonly CelEnvironment Environment = CelEnvironment.Standard.WithLoadTestFunctions();

    public static CelValue Run(string source, params (string Name, CelValue Value)[] variables)
    {
        var environment = variables.Aggregate(Environment, (e, v) => e.WithVariable(v.Name, CelType.Dyn));
        return Run(source, environment, new SeededHost(1), variables);
    }

    public static CelValue Run(string source, CelEnvironment environment, ICelHost host, params (string Name, CelValue Value)[] variables)
    {
        var compilation = CelCompiler.Compile(source, environment);
        Assert.True(compilation.Program is not null, $"{source}: {string.Join("; ", compilation.Issues)}");
        var activation = new CelActivation(environment, host);
        foreach (var (name, value) in variables)
        {
            activation.Set(name, value);
        }

        return compilation.Program.Evaluate(activation);
    }

    public static IReadOnlyList<CelIssue> Issues(string source, params (string Name, CelType Type)[] variables) =>
        CelCompiler.Compile(source, variables.Aggregate(Environment, (e, v) => e.WithVariable(v.Name, v.Type))).Issues;

    public static CelValue Json(string text) => CelJson.Parse(System.Text.Encoding.UTF8.GetBytes(text));
}
