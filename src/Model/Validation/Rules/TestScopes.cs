using System.Text.RegularExpressions;
using LoadTesting.Expressions;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>The environments of one part of a test's expressions, made once: they know the names that the test declares.</summary>
internal sealed partial class TestScopes(TestNames names, TestPart part)
{
    private readonly CelEnvironment _flow = names.Scope(ExpressionScopes.Flow, part);
    private readonly CelEnvironment _response = names.Scope(ExpressionScopes.Response, part);
    private readonly CelEnvironment _job = names.Scope(ExpressionScopes.Job, part);

    /// <summary>The test's own form of one of the environments of <see cref="ExpressionScopes"/>; others stay as they are.</summary>
    public CelEnvironment Of(CelEnvironment scope) =>
        ReferenceEquals(scope, ExpressionScopes.Flow) ? _flow
        : ReferenceEquals(scope, ExpressionScopes.Response) ? _response
        : ReferenceEquals(scope, ExpressionScopes.Job) ? _job
        : scope;

    /// <summary>What the checker says, in words of the manifest where it is about a name that the manifest declares.</summary>
    public string Explain(string source, CelIssue issue)
    {
        if (Field(source, issue) is not var (variable, name))
        {
            return Explained(source, issue);
        }

        return variable switch
        {
            ExpressionScopes.Env when names.IsDeclared(name) => $"env.{name} has no value: its Secret, ConfigMap or key is not there; where that may be write default(env.{name}, …)",
            ExpressionScopes.Vars when part != TestPart.Setup && names.Setup.Contains(name) => $"vars.{name} has no value here: setup gives it one, which is setup.{name} everywhere else",
            ExpressionScopes.Setup when part == TestPart.Setup => $"setup.{name} has no value in setup itself: what its steps extract is vars.{name} there",
            _ => Explained(source, issue),
        };
    }

    /// <summary>The same without knowing the test.</summary>
    public static string Explained(string source, CelIssue issue)
    {
        if (Field(source, issue) is not var (variable, name))
        {
            return issue.Message;
        }

        // What the checker says about a name that is not there goes on with those that are.
        var others = issue.Message[issue.Message.IndexOf("; there ", StringComparison.Ordinal)..];
        return variable switch
        {
            ExpressionScopes.Env => $"there is no environment variable '{name}': declare it in spec.env, or pass -e {name}=…",
            ExpressionScopes.Vars => $"nothing gives vars.{name} a value{others}",
            ExpressionScopes.Setup => $"setup extracts no '{name}'{others}",
            ExpressionScopes.Data => $"there is no feeder '{name}': declare it in spec.data",
            _ => $"the rows of '{variable}' have no '{name}'{others}",
        };
    }

    /// <summary>The variable and the field that is not there, where the issue is about that; of a row the feeder and the column.</summary>
    private static (string Variable, string Name)? Field(string source, CelIssue issue)
    {
        var start = Math.Clamp(issue.Offset, 0, source.Length);
        if (!issue.Message.Contains("; there ", StringComparison.Ordinal) || Owner().Match(source, 0, start) is not { Success: true } owner)
        {
            return null;
        }

        var name = source.AsSpan(start, Math.Clamp(issue.Length, 0, source.Length - start)).Trim("'\"").ToString();
        return (owner.Groups["feeder"] is { Success: true } feeder ? feeder.Value : owner.Groups["variable"].Value, name);
    }

    [GeneratedRegex("""(?:\b(?<variable>env|vars|setup|data)|\bdata(?:\.(?<feeder>\w+)|\[['"](?<feeder>\w+)['"]\])(?:\[[^\]]*\])?)(?:\.|\[)$""", RegexOptions.RightToLeft | RegexOptions.CultureInvariant)]
    private static partial Regex Owner();
}
