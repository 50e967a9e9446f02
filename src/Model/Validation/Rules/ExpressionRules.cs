using System.Collections.Immutable;
using System.Text.RegularExpressions;
using LoadTesting.Expressions;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Every expression and template compiles where it stands, reads only what has a value there, and gives a value of the kind that is needed.</summary>
internal static partial class ExpressionRules
{
    /// <summary>Rule of problems with expressions.</summary>
    public const string Rule = "expression";

    public static void Check(LoadTestSpec spec, ProblemList problems) => Check(spec, problems, new KnownInputs());

    /// <param name="spec">The test.</param>
    /// <param name="problems">Gets everything that is wrong.</param>
    /// <param name="inputs">What is known besides.</param>
    public static void Check(LoadTestSpec spec, ProblemList problems, KnownInputs inputs)
    {
        var names = new TestNames(spec, inputs);
        var parts = Enum.GetValues<TestPart>().ToDictionary(p => p, p => new TestScopes(names, p));
        foreach (var header in StepExpressions.OfHeaders(spec, problems.Path))
        {
            Check(header, problems with { Scopes = parts[TestPart.Flow] });
        }

        foreach (var (step, list) in Steps.All(spec, problems))
        {
            var scoped = list with { Scopes = parts[PartOf(list.Path, problems.Path)] };
            if (StepExpressions.Condition(step, list.Path) is { } condition)
            {
                Check(condition, scoped);
            }

            foreach (var expression in StepExpressions.Of(step, list.Path))
            {
                Check(expression, scoped);
            }
        }

        foreach (var (name, node) in spec.Variables)
        {
            CheckLiteral(node, problems.Field("variables").Field(name));
        }

        new VariableOrder(spec, names, parts, problems).Check();
    }

    /// <summary>One expression, at its place.</summary>
    public static void Check(in StepExpression expression, ProblemList problems)
    {
        problems = problems with { Path = expression.Path };
        if (expression.IsTemplate)
        {
            Report(CelTemplate.Compile(expression.Text, problems.Scopes!.Of(expression.Scope)).Issues, expression.Text, problems, K6Notation.OfTemplate);
        }
        else
        {
            Expression(expression.Text, expression.Scope, expression.Wanted, problems);
        }
    }

    private static TestPart PartOf(string path, string root) =>
        path.StartsWith($"{root}.flows", StringComparison.Ordinal) ? TestPart.Flow : path.StartsWith($"{root}.setup", StringComparison.Ordinal) ? TestPart.Setup : TestPart.After;

    /// <summary>Variables are values as they stand: an expression in one would be sent as text.</summary>
    private static void CheckLiteral(SpecNode node, ProblemList problems)
    {
        switch (node)
        {
            case SpecScalar { Kind: ScalarKind.String } scalar when Templates.HasExpression(scalar.Text):
                problems.Add(Rule, "a variable is a value as it stands, and '${' in it means nothing: write the expression where vars is read", scalar.Text);
                break;
            case SpecList list:
                for (var i = 0; i < list.Items.Count; i++)
                {
                    CheckLiteral(list.Items[i], problems.Item(i));
                }

                break;
            case SpecMap map:
                foreach (var entry in map.Entries)
                {
                    CheckLiteral(entry.Value, problems.Field(entry.Key));
                }

                break;
        }
    }

    /// <param name="wanted">The kinds that will do; null = any.</param>
    private static void Expression(string source, CelEnvironment scope, CelKind[]? wanted, ProblemList problems)
    {
        if (string.IsNullOrWhiteSpace(source))
        {
            problems.Add(Rule, "the expression is empty", source);
            return;
        }

        if (source.StartsWith("${", StringComparison.Ordinal) && source.EndsWith('}'))
        {
            problems.Add(Rule, "this field is an expression already: leave ${ and } out", source, source[2..^1].Trim());
            return;
        }

        var compiled = CelCompiler.Compile(source, problems.Scopes!.Of(scope));
        if (compiled.Program is null && ReferenceEquals(scope, ExpressionScopes.Flow) && CelCompiler.Compile(source, problems.Scopes!.Of(ExpressionScopes.Response)).Program is { } ofResponse)
        {
            var known = ofResponse.References.Where(r => scope.SlotOf(r) < 0);
            problems.Add(Rule, $"{string.Join(" and ", known)} can be read only in checks, extract and record of a request; extract it into a variable and read vars.NAME here", source);
            return;
        }

        if (compiled.Program is null && !ReferenceEquals(scope, ExpressionScopes.Job) && CelCompiler.Compile(source, problems.Scopes!.Of(ExpressionScopes.Job)).Program is { } ofJob)
        {
            problems.Add(Rule, $"{string.Join(" and ", ofJob.References.Where(r => scope.SlotOf(r) < 0))} can be read only in checks and extract of a job; extract it into a variable and read vars.NAME here", source);
            return;
        }

        if (ReferenceEquals(scope, ExpressionScopes.Job) && compiled.Program?.References.Where(r => !ExpressionScopes.IsOfJob(r)).ToList() is { Count: > 0 } strange)
        {
            problems.Add(Rule, $"{string.Join(" and ", strange)} can be read only in checks, extract and record of a request; a job has exitCode, output and json", source);
            return;
        }

        Report(compiled.Issues, source, problems, K6Notation.OfExpression);
        CheckConstants(source, compiled.Program, problems);
        // A type known only at run time may turn out right.
        if (wanted is not null && compiled.Program?.ResultType is { Kind: { } kind } type && !wanted.Contains(kind))
        {
            var needed = ReferenceEquals(wanted, StepExpressions.Conditions) ? "a condition must be true or false"
                : ReferenceEquals(wanted, StepExpressions.Numbers) ? "a metric's value must be a number"
                : ReferenceEquals(wanted, StepExpressions.Lists) ? "each wants a list"
                : "times wants a whole number";
            problems.Add("expression-type", $"{needed}; this gives a value of type {type}", source);
        }
    }

    /// <summary>What compiles and can still never be right.</summary>
    private static void CheckConstants(string source, CelProgram? program, ProblemList problems)
    {
        if (program is null)
        {
            return;
        }

        if (Span().Match(source) is { Success: true } span && span.Groups["number"].Value is var number && number.AsSpan().ContainsAnyInRange('1', '9'))
        {
            problems.All.Add(new Problem(problems.Path, Rule, $"duration('{number}') {Duration.WithoutUnit(number)}") { Value = source, Offset = span.Index });
        }

        // Names of headers come in small letters, whatever the server writes.
        if (program.References.Contains(ExpressionScopes.Headers) && Header().Match(source) is { Success: true } header)
        {
            var name = header.Groups["name"];
            problems.All.Add(new Problem(problems.Path, Rule, $"names of headers are in small letters here, so there never is a '{name.Value}': write '{name.Value.ToLowerInvariant()}'")
            {
                Value = source,
                Offset = name.Index,
                Suggestion = source[..name.Index] + name.Value.ToLowerInvariant() + source[(name.Index + name.Length)..],
            });
        }
    }

    private static void Report(ImmutableArray<CelIssue> issues, string source, ProblemList problems, Func<string, string?> hint)
    {
        if (issues.IsEmpty)
        {
            return;
        }

        if (hint(source) is { } meant)
        {
            problems.All.Add(new Problem(problems.Path, Rule, "this is k6's JavaScript; expressions are CEL here (docs/expressions.md), where it is written another way") { Value = source, Offset = issues[0].Offset, Suggestion = meant });
            return;
        }

        foreach (var issue in issues)
        {
            problems.All.Add(new Problem(problems.Path, Rule, problems.Scopes!.Explain(source, issue)) { Value = source, Suggestion = issue.Suggestion, Offset = issue.Offset });
        }
    }

    [GeneratedRegex("""\bduration\(\s*['"](?<number>[0-9]+(\.[0-9]+)?)['"]\s*\)""", RegexOptions.CultureInvariant)]
    private static partial Regex Span();

    [GeneratedRegex("""\bheaders\[\s*['"](?<name>[\w-]*[A-Z][\w-]*)['"]\s*\]|['"](?<name>[\w-]*[A-Z][\w-]*)['"]\s+in\s+headers\b""", RegexOptions.CultureInvariant)]
    private static partial Regex Header();
}
