using System.Globalization;
using LoadTesting.Expressions;
using LoadTesting.Model.Validation;
using LoadTesting.Model.Validation.Rules;

namespace LoadTesting.Model.Spec;

/// <summary>
/// What <c>${…}</c> in load numbers sees: <c>env</c> (values that stand in the manifest or were given for the run) and <c>vars</c> (the test's variables).
/// Chance and the time are not there: all runners, and the operator that plans for them, must come to the same numbers.
/// </summary>
internal sealed class LoadScope
{
    private const string Rule = "expression";

    private static readonly CelEnvironment Functions = CelEnvironment.Standard.WithLoadTestFunctions();

    private readonly Dictionary<string, string> _env;
    private readonly Dictionary<string, CelValue> _variables;

    /// <summary>Why a variable of the environment cannot be read here, by its name.</summary>
    private readonly Dictionary<string, string> _refused;
    private readonly CelEnvironment _scope;

    private LoadScope(Dictionary<string, string> env, Dictionary<string, CelValue> variables, Dictionary<string, string> refused)
    {
        (_env, _variables, _refused) = (env, variables, refused);
        _scope = Functions
            .WithVariable(ExpressionScopes.Env, CelType.Record(env.Keys.Concat(refused.Keys).Distinct(StringComparer.Ordinal).ToDictionary(n => n, _ => CelType.String, StringComparer.Ordinal)))
            .WithVariable(ExpressionScopes.Vars, CelType.Record(variables.Keys.ToDictionary(n => n, _ => CelType.Dyn, StringComparer.Ordinal)));
    }

    /// <summary>The values of a spec with a run's own laid over them. What is wrong with the spec otherwise is said elsewhere.</summary>
    public static LoadScope Of(SpecMap spec, RunOverrides overrides)
    {
        var (env, refused) = (new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var variable in (spec["env"] as SpecList)?.Items.OfType<SpecMap>() ?? [])
        {
            if (variable["name"] is not SpecScalar { Kind: ScalarKind.String } name)
            {
                continue;
            }

            var source = variable["valueFrom"] as SpecMap;
            if (source?["secretKeyRef"] is not null)
            {
                refused.TryAdd(name.Text, "comes from a Secret, and would be seen in plans and in the status");
            }
            else if (overrides.Env.TryGetValue(name.Text, out var given))
            {
                env.TryAdd(name.Text, given);
            }
            else if (source is not null)
            {
                refused.TryAdd(name.Text, "comes from a ConfigMap, which is read when runners start, after the load was planned");
            }
            else if (variable["value"] is null or SpecScalar { Kind: ScalarKind.String or ScalarKind.Null })
            {
                env.TryAdd(name.Text, variable["value"] is SpecScalar { Kind: ScalarKind.String } value ? value.Text : "");
            }
        }

        foreach (var (name, value) in overrides.Env.Where(e => !refused.ContainsKey(e.Key)))
        {
            env[name] = value;
        }

        var variables = new Dictionary<string, CelValue>(StringComparer.Ordinal);
        foreach (var (name, node) in ((spec["variables"] as SpecMap)?.Entries ?? []).Select(e => (e.Key, e.Value)).Concat(overrides.Variables.Select(v => (v.Key, v.Value))))
        {
            variables[name] = SpecValues.Of(node);
        }

        return new LoadScope(env, variables, refused);
    }

    /// <summary>The same with a scenario's own <c>env</c> over it.</summary>
    public LoadScope Over(SpecNode? env)
    {
        var own = (env as SpecMap)?.Entries.Where(e => e.Value is SpecScalar { Kind: ScalarKind.String }).ToArray() ?? [];
        if (own.Length == 0)
        {
            return this;
        }

        var (merged, refused) = (new Dictionary<string, string>(_env, StringComparer.Ordinal), new Dictionary<string, string>(_refused, StringComparer.Ordinal));
        foreach (var entry in own)
        {
            merged[entry.Key] = ((SpecScalar)entry.Value).Text;
            refused.Remove(entry.Key);
        }

        return new LoadScope(merged, _variables, refused);
    }

    /// <summary>What stands for a value that could not be had, so that the rest of the document can be checked.</summary>
    public static SpecScalar Harmless(LoadFieldKind kind, SourcePosition position) => kind switch
    {
        LoadFieldKind.Duration => new("1s", ScalarKind.String, position),
        LoadFieldKind.Text => new("http://unknown.invalid", ScalarKind.String, position),
        _ => new("1", ScalarKind.Integer, position),
    };

    /// <summary>The value of a text with expressions; null, with problems, when it has none of the kind.</summary>
    public SpecScalar? Evaluate(SpecScalar text, string path, LoadFieldKind kind, ICollection<Problem> problems)
    {
        var compiled = CelTemplate.Compile(text.Text, _scope);
        if (compiled.Template is null && K6Notation.OfTemplate(text.Text) is { } meant)
        {
            problems.Add(new Problem(path, Rule, "this is k6's JavaScript; expressions are CEL here (docs/expressions.md), where it is written another way") { Value = text.Text, Suggestion = meant, Offset = compiled.Issues[0].Offset });
            return null;
        }

        foreach (var issue in compiled.Issues)
        {
            problems.Add(new Problem(path, Rule, Explain(text.Text, issue)) { Value = text.Text, Suggestion = issue.Suggestion, Offset = issue.Offset });
        }

        if (compiled.Template is not { } template)
        {
            return null;
        }

        var refused = template.Reads.Where(r => r.Variable == ExpressionScopes.Env && r.Fields.Length > 0 && _refused.ContainsKey(r.Fields[0])).ToArray();
        foreach (var read in refused)
        {
            problems.Add(new Problem(path, Rule, $"env.{read.Fields[0]} {_refused[read.Fields[0]]}: target and load numbers can use only what stands in spec.env as a value, or is given with the run")
            {
                Value = text.Text,
                Offset = read.Offset,
            });
        }

        return refused.Length > 0 ? null : Converted(Value(template), text, path, kind, problems);
    }

    private CelValue Value(CelTemplate template)
    {
        var host = new Strict();
        var activation = new CelActivation(_scope, host);
        activation.Set(ExpressionScopes.Env, CelValue.Of(CelMap.Of(_env.Select(e => KeyValuePair.Create(e.Key, CelValue.Of(e.Value))))));
        activation.Set(ExpressionScopes.Vars, CelValue.Of(CelMap.Of(_variables)));
        var value = template.Evaluate(activation);
        return host.WasAsked
            ? CelValue.Error(CelErrorCode.InvalidArgument, "it uses chance or the time, and would be another number for each runner; it is evaluated once, from env and vars alone")
            : value;
    }

    private static SpecScalar? Converted(in CelValue value, SpecScalar text, string path, LoadFieldKind kind, ICollection<Problem> problems)
    {
        if (value.IsError)
        {
            problems.Add(new Problem(path, Rule, $"'{text.Text}' has no value: {value.AsError.Message}") { Value = text.Text });
            return null;
        }

        var converted = kind switch
        {
            LoadFieldKind.Text => value.Kind is CelKind.List or CelKind.Map or CelKind.Null ? null : new SpecScalar(Plain(value), ScalarKind.String, text.Position),
            LoadFieldKind.Duration => Duration(value, text.Position),
            _ => Number(value, kind == LoadFieldKind.Integer, text.Position),
        };
        if (converted is null)
        {
            var (wanted, hint) = kind switch
            {
                LoadFieldKind.Text => ("a text", ""),
                LoadFieldKind.Duration => ("a duration such as 30s", ""),
                LoadFieldKind.Integer when value.Kind == CelKind.Double || (value.Kind == CelKind.String && value.AsString.Contains('.', StringComparison.Ordinal)) => ("a whole number", $"; round it, as in int(…){(path.EndsWith("ate", StringComparison.Ordinal) ? ", or give a longer timeUnit" : "")}"),
                LoadFieldKind.Integer => ("a whole number", ""),
                _ => ("a number", ""),
            };
            var shown = value.Kind == CelKind.String ? value.AsString.Length == 0 ? "an empty text" : $"'{value.AsString}'" : Plain(value);
            problems.Add(new Problem(path, ProblemRules.Type, $"'{text.Text}' gives {shown}, and here must be {wanted}{hint}") { Value = Plain(value) });
        }

        return converted;
    }

    /// <summary>What the environment has are texts: one that is a number counts as one, as in k6's <c>options</c>.</summary>
    private static SpecScalar? Number(in CelValue value, bool isWhole, SourcePosition position)
    {
        decimal number;
        switch (value.Kind)
        {
            case CelKind.Int or CelKind.UInt:
                return new(Plain(value), ScalarKind.Integer, position);
            case CelKind.Double when Math.Abs(value.AsDouble) < 1e15:
                number = (decimal)value.AsDouble;
                break;
            case CelKind.String when decimal.TryParse(value.AsString.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out number):
                break;
            default:
                return null;
        }

        return number == decimal.Truncate(number) ? new(number.ToString("0", CultureInfo.InvariantCulture), ScalarKind.Integer, position)
            : isWhole ? null
            : new(number.ToString("0.############################", CultureInfo.InvariantCulture), ScalarKind.Float, position);
    }

    private static SpecScalar? Duration(in CelValue value, SourcePosition position) => value.Kind switch
    {
        CelKind.Duration => new(new Duration(value.AsDurationNanoseconds).ToString(), ScalarKind.String, position),
        // Whether it has a unit the parser says.
        CelKind.String when value.AsString.Length > 0 => new(value.AsString.Trim(), ScalarKind.String, position),
        CelKind.Int or CelKind.UInt => new(Plain(value), ScalarKind.Integer, position),
        CelKind.Double when double.IsFinite(value.AsDouble) => new(Plain(value), ScalarKind.Float, position),
        _ => null,
    };

    private static string Plain(in CelValue value) => value.Kind == CelKind.String ? value.AsString : CelJson.ToText(value).Trim('"');

    private string Explain(string source, CelIssue issue)
    {
        // What is known only while the load runs is no misspelling.
        var name = source.AsSpan(Math.Clamp(issue.Offset, 0, source.Length));
        var end = name.IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        var word = (end < 0 ? name : name[..end]).ToString();
        return _scope.SlotOf(word) < 0 && ExpressionScopes.Job.SlotOf(word) >= 0
            ? $"{word} is known only while the load runs; target and load numbers are evaluated before it, from env and vars"
            : TestScopes.Explained(source, issue);
    }

    /// <summary>Notices that an expression wants what differs from one evaluation to the next.</summary>
    private sealed class Strict : ICelHost
    {
        private long _state;

        public bool WasAsked { get; private set; }

        public DateTimeOffset UtcNow => Asked(DateTimeOffset.UnixEpoch);

        public double NextDouble() => Asked((ulong)NextInt64() / (double)ulong.MaxValue * 0.999);

        public long NextInt64()
        {
            // Numbers that differ: what draws again until a number suits must come to an end.
            _state = unchecked((_state * 6364136223846793005) + 1442695040888963407);
            return Asked(_state);
        }

        private T Asked<T>(T value)
        {
            WasAsked = true;
            return value;
        }
    }
}
