using LoadTesting.Expressions;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Where an expression is evaluated, which decides what some names are.</summary>
internal enum TestPart
{
    /// <summary>In a flow, by a virtual user.</summary>
    Flow,

    /// <summary>In <c>setup</c>.</summary>
    Setup,

    /// <summary>In <c>verify</c> or <c>teardown</c>.</summary>
    After,
}

/// <summary>Every name that a test's expressions may read after <c>env.</c>, <c>vars.</c>, <c>setup.</c> and <c>data.</c>.</summary>
internal sealed class TestNames
{
    private readonly LoadTestSpec _spec;
    private readonly KnownInputs _inputs;

    public TestNames(LoadTestSpec spec, KnownInputs inputs)
    {
        (_spec, _inputs) = (spec, inputs);
        foreach (var place in StepTree.All(spec, "spec"))
        {
            foreach (var (name, path) in SetBy(place.Step, place.Path))
            {
                if (!Places.TryGetValue(name, out var list))
                {
                    Places[name] = list = [];
                }

                list.Add(path);
            }
        }

        Setup = Sets(spec.Setup, "spec.setup");
        OfFlows = spec.Flows.SelectMany(f => StepTree.Of(f.Value, "", 0)).SelectMany(p => SetBy(p.Step, p.Path)).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Where each variable gets a value, by its name: <c>set</c>, <c>extract</c>, <c>repeat.as</c>.</summary>
    public Dictionary<string, List<string>> Places { get; } = new(StringComparer.Ordinal);

    /// <summary>What setup sets and extracts, in flows that it calls too.</summary>
    public HashSet<string> Setup { get; }

    private HashSet<string> OfFlows { get; }

    /// <summary>The variables of <c>spec.env</c>; with inputs known those that have a value.</summary>
    public IEnumerable<string> Env => _inputs.Env ?? _spec.Env.Select(e => e.Name);

    /// <summary>Whether the test declares a variable of the environment, with a value or not.</summary>
    public bool IsDeclared(string name) => _spec.Env.Any(e => e.Name == name);

    /// <summary>What a step gives a value, with the place where it does.</summary>
    public static IEnumerable<(string Name, string Path)> SetBy(StepSpec step, string path) => step switch
    {
        SetStep set => set.Values.Keys.Select(k => (k, SpecPath.Field($"{path}.set", k))),
        RequestStep request => request.Extract.Keys.Select(k => (k, SpecPath.Field($"{path}.request.extract", k))),
        JobStep job => job.Extract.Keys.Select(k => (k, SpecPath.Field($"{path}.job.extract", k))),
        RepeatStep { As: { } name } => [(name, $"{path}.repeat.as")],
        _ => [],
    };

    /// <summary>Everything that steps set, and the flows that they call.</summary>
    public HashSet<string> Sets(IReadOnlyList<StepSpec> steps, string path)
    {
        var (names, called) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        Add(steps, path);
        return names;

        void Add(IReadOnlyList<StepSpec> list, string at)
        {
            foreach (var place in StepTree.Of(list, at, 0))
            {
                names.UnionWith(SetBy(place.Step, place.Path).Select(s => s.Name));
                if (place.Step is CallStep call && called.Add(call.Flow) && _spec.Flows.TryGetValue(call.Flow, out var flow))
                {
                    Add(flow, "");
                }
            }
        }
    }

    /// <summary>An environment that knows the names of one part of the test.</summary>
    public CelEnvironment Scope(CelEnvironment scope, TestPart part)
    {
        var variables = _spec.Variables.Keys.Concat(OfFlows).Concat(part switch
        {
            TestPart.Setup => Setup,
            TestPart.After => _spec.Verify.Concat(_spec.Teardown) is var once ? Sets([.. once], "") : [],
            _ => [],
        });
        var env = Env.Concat(_spec.Scenarios.Values.SelectMany(s => s.Env.Keys));
        return scope
            .WithVariable(ExpressionScopes.Env, Record(env, _ => CelType.String))
            .WithVariable(ExpressionScopes.Vars, Record(variables, _ => CelType.Dyn))
            .WithVariable(ExpressionScopes.Setup, Record(part == TestPart.Setup ? [] : Setup, _ => CelType.Dyn))
            .WithVariable(ExpressionScopes.Data, CelType.Record(_spec.Data.DistinctBy(d => d.Name, StringComparer.Ordinal)
                .ToDictionary(d => d.Name, d => part == TestPart.Flow ? Row(d) : CelType.List(Row(d)), StringComparer.Ordinal)));
    }

    private static CelType Record(IEnumerable<string> names, Func<string, CelType> type) =>
        CelType.Record(names.Distinct(StringComparer.Ordinal).ToDictionary(n => n, type, StringComparer.Ordinal));

    private CelType Row(FeederSpec feeder)
    {
        if (feeder.Rows is { } rows)
        {
            return rows.Count > 0 && rows.All(r => r is SpecMap) ? Record(rows.Cast<SpecMap>().SelectMany(r => r.Entries.Select(e => e.Key)), _ => CelType.Dyn) : CelType.Dyn;
        }

        return _inputs.Columns.TryGetValue(feeder.Name, out var columns) ? Record(columns.Names, _ => columns.AreTexts ? CelType.String : CelType.Dyn) : CelType.Dyn;
    }
}
