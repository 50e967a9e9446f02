using LoadTesting.Expressions;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>A text of a step that is evaluated while the load runs.</summary>
/// <param name="Path">Its field path.</param>
/// <param name="Text">As written.</param>
/// <param name="Scope">One of <see cref="ExpressionScopes"/>.</param>
/// <param name="IsTemplate">Whether it is text with <c>${…}</c> in it; else the whole is an expression.</param>
internal readonly record struct StepExpression(string Path, string Text, CelEnvironment Scope, bool IsTemplate)
{
    /// <summary>The kinds that its value may have; null = any.</summary>
    public CelKind[]? Wanted { get; init; }

    /// <summary>The variable that gets the value; null = none.</summary>
    public string? Sets { get; init; }
}

/// <summary>The expressions of a step itself, in the order in which they are evaluated. Those of steps inside of it are not among them.</summary>
internal static class StepExpressions
{
    /// <summary>Kinds of a condition.</summary>
    public static readonly CelKind[] Conditions = [CelKind.Bool];

    /// <summary>Kinds of a number of rounds.</summary>
    public static readonly CelKind[] WholeNumbers = [CelKind.Int, CelKind.UInt];

    /// <summary>Kinds of what is gone through.</summary>
    public static readonly CelKind[] Lists = [CelKind.List];

    /// <summary>Kinds of a metric's value.</summary>
    public static readonly CelKind[] Numbers = [CelKind.Int, CelKind.UInt, CelKind.Double, CelKind.Bool];

    /// <summary>The step's condition; null without one.</summary>
    public static StepExpression? Condition(StepSpec step, string path) =>
        step.When is { } when ? new(SpecPath.Field(path, "when"), when, ExpressionScopes.Flow, IsTemplate: false) { Wanted = Conditions } : null;

    /// <summary>Everything but the condition.</summary>
    public static IEnumerable<StepExpression> Of(StepSpec step, string path) => step switch
    {
        RequestStep request => OfRequest(request, SpecPath.Field(path, "request")),
        SetStep set => Values(set.Values, SpecPath.Field(path, "set"), ExpressionScopes.Flow, null, isSet: true),
        CheckStep check => Values(check.Checks, SpecPath.Field(path, "check"), ExpressionScopes.Flow, Conditions),
        RecordStep record => Records(record.Samples, SpecPath.Field(path, "record"), ExpressionScopes.Flow),
        JobStep job => OfJob(job, SpecPath.Field(path, "job")),
        RepeatStep repeat => OfRepeat(repeat, SpecPath.Field(path, "repeat")),
        StopStep stop => [Template(stop.Reason, SpecPath.Field(path, stop.EndsRun ? "abort" : "fail"))],
        LogStep log => [Template(log.Message, SpecPath.Field(path, "log"))],
        _ => [],
    };

    /// <summary>Headers of all requests.</summary>
    public static IEnumerable<StepExpression> OfHeaders(LoadTestSpec spec, string path) => Templates(spec.Http.Headers, SpecPath.Field(SpecPath.Field(path, "http"), "headers"));

    private static IEnumerable<StepExpression> OfRequest(RequestStep request, string path)
    {
        var (basic, digest) = ($"{path}.auth.basic", $"{path}.auth.digest");
        StepExpression?[] single =
        [
            Template(request.Url, $"{path}.url"),
            Optional(request.Auth?.Username, $"{basic}.username"), Optional(request.Auth?.Password, $"{basic}.password"),
            Optional(request.Auth?.Digest?.Username, $"{digest}.username"), Optional(request.Auth?.Digest?.Password, $"{digest}.password"),
            Optional(request.Auth?.Bearer, $"{path}.auth.bearer"), Optional(request.Body, $"{path}.body"),
        ];
        return single.OfType<StepExpression>()
            .Concat(Templates(request.Query, $"{path}.query"))
            .Concat(Templates(request.Headers, $"{path}.headers"))
            .Concat(Templates(request.Form ?? OrderedMap<string>.Empty, $"{path}.form"))
            .Concat(Templates(request.Cookies, $"{path}.cookies"))
            .Concat((request.Multipart ?? []).SelectMany((p, i) => p.Value is { } value ? new[] { Template(value, $"{SpecPath.Item($"{path}.multipart", i)}.value") } : []))
            .Concat(request.Json is { } json ? Json(json, $"{path}.json") : [])
            .Concat(Values(request.Checks, $"{path}.checks", ExpressionScopes.Response, Conditions))
            .Concat(Records(request.Record, $"{path}.record", ExpressionScopes.Response))
            .Concat(Values(request.Extract, $"{path}.extract", ExpressionScopes.Response, null, isSet: true));
    }

    private static IEnumerable<StepExpression> OfJob(JobStep job, string path) => job.Command.Select((t, i) => Template(t, SpecPath.Item($"{path}.command", i)))
        .Concat(job.Args.Select((t, i) => Template(t, SpecPath.Item($"{path}.args", i))))
        .Concat(Templates(job.Env, $"{path}.env"))
        .Concat(Values(job.Checks, $"{path}.checks", ExpressionScopes.Job, Conditions))
        .Concat(Values(job.Extract, $"{path}.extract", ExpressionScopes.Job, null, isSet: true));

    private static IEnumerable<StepExpression> OfRepeat(RepeatStep repeat, string path)
    {
        var all = new[] { ("times", repeat.Times, WholeNumbers), ("while", repeat.While, Conditions), ("each", repeat.Each, Lists) };
        return all.Where(e => e.Item2 is not null).Select(e => new StepExpression($"{path}.{e.Item1}", e.Item2!, ExpressionScopes.Flow, IsTemplate: false) { Wanted = e.Item3 });
    }

    private static IEnumerable<StepExpression> Records(IReadOnlyList<RecordSpec> records, string path, CelEnvironment scope)
    {
        for (var i = 0; i < records.Count; i++)
        {
            var (record, item) = (records[i], SpecPath.Item(path, i));
            if (record.When is { } when)
            {
                yield return new($"{item}.when", when, scope, IsTemplate: false) { Wanted = Conditions };
            }

            if (record.Value is { } value)
            {
                yield return new($"{item}.value", value, scope, IsTemplate: false) { Wanted = record.Type == CustomMetricType.Distinct ? null : Numbers };
            }
        }
    }

    private static IEnumerable<StepExpression> Json(SpecNode node, string path) => node switch
    {
        SpecScalar { Kind: ScalarKind.String } scalar => [Template(scalar.Text, path)],
        SpecList list => list.Items.SelectMany((item, i) => Json(item, SpecPath.Item(path, i))),
        SpecMap map => map.Entries.SelectMany(e => Json(e.Value, SpecPath.Field(path, e.Key))),
        _ => [],
    };

    private static IEnumerable<StepExpression> Templates(OrderedMap<string> values, string path) => values.Select(v => Template(v.Value, SpecPath.Field(path, v.Key)));

    private static IEnumerable<StepExpression> Values(OrderedMap<string> values, string path, CelEnvironment scope, CelKind[]? wanted, bool isSet = false) =>
        values.Select(v => new StepExpression(SpecPath.Field(path, v.Key), v.Value, scope, IsTemplate: false) { Wanted = wanted, Sets = isSet ? v.Key : null });

    private static StepExpression? Optional(string? text, string path) => text is null ? null : Template(text, path);

    private static StepExpression Template(string text, string path) => new(path, text, ExpressionScopes.Flow, IsTemplate: true);
}
