using System.Collections.Immutable;
using LoadTesting.Expressions;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Every expression and template compiles where it stands, and gives a value of the kind that is needed there.</summary>
internal static class ExpressionRules
{
    private const string Rule = "expression";

    private static readonly CelKind[] Conditions = [CelKind.Bool];
    private static readonly CelKind[] WholeNumbers = [CelKind.Int, CelKind.UInt];
    private static readonly CelKind[] Lists = [CelKind.List];
    private static readonly CelKind[] Numbers = [CelKind.Int, CelKind.UInt, CelKind.Double, CelKind.Bool];

    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        problems = problems with { Scopes = new TestScopes(spec) };
        foreach (var (name, value) in spec.Http.Headers)
        {
            Template(value, problems.Field("http").Field("headers").Field(name));
        }

        foreach (var (step, list) in Steps.All(spec, problems))
        {
            if (step.When is { } when)
            {
                Expression(when, ExpressionScopes.Flow, Conditions, list.Field("when"));
            }

            switch (step)
            {
                case RequestStep request:
                    CheckRequest(request, list.Field("request"));
                    break;
                case SetStep set:
                    Expressions(set.Values, ExpressionScopes.Flow, null, list.Field("set"));
                    break;
                case CheckStep check:
                    Expressions(check.Checks, ExpressionScopes.Flow, Conditions, list.Field("check"));
                    break;
                case RecordStep record:
                    Records(record.Samples, ExpressionScopes.Flow, list.Field("record"));
                    break;
                case JobStep job:
                    CheckJob(job, list.Field("job"));
                    break;
                case RepeatStep repeat:
                    CheckRepeat(repeat, list.Field("repeat"));
                    break;
                case StopStep stop:
                    Template(stop.Reason, list.Field(stop.EndsRun ? "abort" : "fail"));
                    break;
                case LogStep log:
                    Template(log.Message, list.Field("log"));
                    break;
            }
        }
    }

    private static void CheckRepeat(RepeatStep repeat, ProblemList problems)
    {
        Optional(repeat.Times, WholeNumbers, problems.Field("times"));
        Optional(repeat.While, Conditions, problems.Field("while"));
        Optional(repeat.Each, Lists, problems.Field("each"));

        static void Optional(string? source, CelKind[] wanted, ProblemList list)
        {
            if (source is not null)
            {
                Expression(source, ExpressionScopes.Flow, wanted, list);
            }
        }
    }

    private static void CheckRequest(RequestStep request, ProblemList problems)
    {
        Template(request.Url, problems.Field("url"));
        Templates(request.Query, problems.Field("query"));
        Templates(request.Headers, problems.Field("headers"));
        Templates(request.Form ?? OrderedMap<string>.Empty, problems.Field("form"));
        Templates(request.Cookies, problems.Field("cookies"));
        Optional(request.Auth?.Username, problems.Field("auth").Field("basic").Field("username"));
        Optional(request.Auth?.Password, problems.Field("auth").Field("basic").Field("password"));
        Optional(request.Auth?.Digest?.Username, problems.Field("auth").Field("digest").Field("username"));
        Optional(request.Auth?.Digest?.Password, problems.Field("auth").Field("digest").Field("password"));
        Optional(request.Auth?.Bearer, problems.Field("auth").Field("bearer"));
        for (var i = 0; i < (request.Multipart?.Count ?? 0); i++)
        {
            Optional(request.Multipart![i].Value, problems.Field("multipart").Item(i).Field("value"));
        }

        if (request.Body is { } body)
        {
            Template(body, problems.Field("body"));
        }

        if (request.Json is { } json)
        {
            Json(json, problems.Field("json"));
        }

        Expressions(request.Checks, ExpressionScopes.Response, Conditions, problems.Field("checks"));
        Expressions(request.Extract, ExpressionScopes.Response, null, problems.Field("extract"));
        Records(request.Record, ExpressionScopes.Response, problems.Field("record"));
    }

    private static void Records(IReadOnlyList<RecordSpec> records, CelEnvironment scope, ProblemList problems)
    {
        for (var i = 0; i < records.Count; i++)
        {
            var (record, list) = (records[i], problems.Item(i));
            if (record.When is { } when)
            {
                Expression(when, scope, Conditions, list.Field("when"));
            }

            if (record.Value is { } value)
            {
                Expression(value, scope, record.Type == CustomMetricType.Distinct ? null : Numbers, list.Field("value"));
            }
        }
    }

    private static void CheckJob(JobStep job, ProblemList problems)
    {
        foreach (var (name, texts) in new[] { ("command", job.Command), ("args", job.Args) })
        {
            for (var i = 0; i < texts.Count; i++)
            {
                Template(texts[i], problems.Field(name).Item(i));
            }
        }

        Templates(job.Env, problems.Field("env"));
        Expressions(job.Checks, ExpressionScopes.Job, Conditions, problems.Field("checks"));
        Expressions(job.Extract, ExpressionScopes.Job, null, problems.Field("extract"));
    }

    private static void Optional(string? text, ProblemList problems)
    {
        if (text is not null)
        {
            Template(text, problems);
        }
    }

    private static void Json(SpecNode node, ProblemList problems)
    {
        switch (node)
        {
            case SpecScalar { Kind: ScalarKind.String } scalar:
                Template(scalar.Text, problems);
                break;
            case SpecList list:
                for (var i = 0; i < list.Items.Count; i++)
                {
                    Json(list.Items[i], problems.Item(i));
                }

                break;
            case SpecMap map:
                foreach (var entry in map.Entries)
                {
                    Json(entry.Value, problems.Field(entry.Key));
                }

                break;
        }
    }

    private static void Templates(OrderedMap<string> values, ProblemList problems)
    {
        foreach (var (name, value) in values)
        {
            Template(value, problems.Field(name));
        }
    }

    private static void Template(string text, ProblemList problems) => Report(CelTemplate.Compile(text, problems.Scopes!.Of(ExpressionScopes.Flow)).Issues, text, problems);

    private static void Expressions(OrderedMap<string> values, CelEnvironment scope, CelKind[]? wanted, ProblemList problems)
    {
        foreach (var (name, source) in values)
        {
            Expression(source, scope, wanted, problems.Field(name));
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

        Report(compiled.Issues, source, problems);
        // A type known only at run time may turn out right.
        if (wanted is not null && compiled.Program?.ResultType is { Kind: { } kind } type && !wanted.Contains(kind))
        {
            var needed = ReferenceEquals(wanted, Conditions) ? "a condition must be true or false"
                : ReferenceEquals(wanted, Numbers) ? "a metric's value must be a number"
                : ReferenceEquals(wanted, Lists) ? "each wants a list"
                : "times wants a whole number";
            problems.Add("expression-type", $"{needed}; this gives a value of type {type}", source);
        }
    }

    private static void Report(ImmutableArray<CelIssue> issues, string source, ProblemList problems)
    {
        foreach (var issue in issues)
        {
            problems.All.Add(new Problem(problems.Path, Rule, TestScopes.Explain(source, issue)) { Value = source, Suggestion = issue.Suggestion, Offset = issue.Offset });
        }
    }
}
