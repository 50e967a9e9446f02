using LoadTesting.Expressions.Checking;
using LoadTesting.Expressions.Syntax;

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

    /// <summary>One expression of several whose issues are collected together; null when it has any.</summary>
    internal static CelProgram? Compile(string source, CelEnvironment environment, IssueList issues, bool check)
    {
        var known = issues.Count;
        try
        {
            var binder = new Binder(environment, issues, check);
            var root = binder.Bind(Parser.Parse(source, environment.Limits));
            return issues.Count > known ? null : new(source, root.Type, binder.References, binder.Reads, root.Evaluator, binder.Locals, environment.Limits.Steps);
        }
        catch (SyntaxFailure failure)
        {
            issues.Add(failure.Offset, failure.Length, failure.Message);
            return null;
        }
    }

    private static CelCompilation Compile(string source, CelEnvironment environment, bool check)
    {
        var issues = new IssueList(source);
        return new(Compile(source, environment, issues, check), issues.ToImmutable());
    }
}
