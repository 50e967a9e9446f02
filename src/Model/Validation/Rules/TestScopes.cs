using LoadTesting.Expressions;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>The environments of one test's expressions, made once: they know the names that the test declares.</summary>
internal sealed class TestScopes(LoadTestSpec spec)
{
    private readonly CelEnvironment _flow = ExpressionScopes.For(spec, ExpressionScopes.Flow);
    private readonly CelEnvironment _response = ExpressionScopes.For(spec, ExpressionScopes.Response);
    private readonly CelEnvironment _job = ExpressionScopes.For(spec, ExpressionScopes.Job);

    /// <summary>The test's own form of one of the environments of <see cref="ExpressionScopes"/>; others stay as they are.</summary>
    public CelEnvironment Of(CelEnvironment scope) =>
        ReferenceEquals(scope, ExpressionScopes.Flow) ? _flow
        : ReferenceEquals(scope, ExpressionScopes.Response) ? _response
        : ReferenceEquals(scope, ExpressionScopes.Job) ? _job
        : scope;

    /// <summary>What the checker says, in words of the manifest where it is about a name that the manifest declares.</summary>
    public static string Explain(string source, CelIssue issue)
    {
        var before = source.AsSpan(0, Math.Clamp(issue.Offset, 0, source.Length));
        var name = source.AsSpan(before.Length, Math.Clamp(issue.Length, 0, source.Length - before.Length)).Trim("'\"").ToString();
        return before.EndsWith("env.") || before.EndsWith("env[") ? $"there is no environment variable '{name}': declare it in spec.env, or pass -e {name}=…"
            : before.EndsWith("data.") || before.EndsWith("data[") ? $"there is no feeder '{name}': declare it in spec.data"
            : issue.Message;
    }
}
