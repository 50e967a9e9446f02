using LoadTesting.Model.Validation;
using LoadTesting.Model.Validation.Rules;

namespace LoadTesting.Model.Spec;

/// <summary>
/// Evaluates <c>${…}</c> in <c>target</c>, load numbers and thresholds (<see cref="LoadFields"/>): once, before anything is planned, in the document itself,
/// so that the strict parser and all rules see plain values. The desk, admission and the operator do the same; runners get the result.
/// </summary>
internal static class LoadExpressions
{
    /// <summary>The document with values in place of expressions.</summary>
    /// <param name="document">A profile laid over its spec.</param>
    /// <param name="overrides">What the run gives for env and variables; a target or a load that it replaces is not evaluated.</param>
    /// <param name="problems">Gets expressions that have no value, or one of the wrong kind (rules <c>expression</c>, <c>type</c>); a harmless value stands
    /// for each.</param>
    public static EvaluatedDocument Evaluate(SpecNode document, RunOverrides overrides, ICollection<Problem> problems)
    {
        if (document is not SpecMap root || root["spec"] is not SpecMap spec)
        {
            return new(document, []);
        }

        var walk = new Walk(LoadScope.Of(spec, overrides), problems);
        var replacesLoad = overrides is not { Vus: null, Duration: null, Iterations: null };
        var evaluated = Replace(spec, "spec", (key, node, path) => key switch
        {
            "target" when overrides.Target is not null => node,
            "runners" when overrides.Runners is not null => node,
            "runners" => walk.Fields(node, path, LoadFields.Runners),
            "scenarios" => (replacesLoad ? walk with { Problems = [] } : walk).Scenarios(node, path),
            "thresholds" => walk.Thresholds(node, path),
            _ when LoadFields.Spec.TryGetValue(key, out var kind) => walk.Value(node, path, kind),
            _ => node,
        });
        return ReferenceEquals(evaluated, spec) ? new(document, walk.Values)
            : new(root with { Entries = [.. root.Entries.Select(e => e.Key == "spec" ? e with { Value = evaluated } : e)] }, walk.Values);
    }

    /// <summary>A mapping with some of its values replaced; the same one when none is.</summary>
    private static SpecMap Replace(SpecMap map, string path, Func<string, SpecNode, string, SpecNode> change)
    {
        List<SpecEntry>? entries = null;
        for (var i = 0; i < map.Entries.Count; i++)
        {
            var entry = map.Entries[i];
            if (change(entry.Key, entry.Value, SpecPath.Field(path, entry.Key)) is var value && !ReferenceEquals(value, entry.Value))
            {
                entries ??= [.. map.Entries];
                entries[i] = entry with { Value = value };
            }
        }

        return entries is null ? map : map with { Entries = entries };
    }

    private sealed record Walk(LoadScope Scope, ICollection<Problem> Problems)
    {
        public List<EvaluatedValue> Values { get; } = [];

        public SpecNode Scenarios(SpecNode node, string path) => node is not SpecMap scenarios ? node : Replace(scenarios, path, (_, value, at) => value is SpecMap scenario
            ? (this with { Scope = Scope.Over(scenario["env"]) }).Scenario(scenario, at)
            : value);

        public SpecNode Thresholds(SpecNode node, string path) => node is not SpecMap metrics ? node : Replace(metrics, path, (_, value, at) => value is SpecList list
            ? Items(list, at, Threshold)
            : Threshold(value, SpecPath.Item(at, 0)));

        public SpecNode Fields(SpecNode node, string path, IReadOnlyDictionary<string, LoadFieldKind> fields) => node is not SpecMap map ? node : Replace(map, path, (key, value, at) =>
            fields.TryGetValue(key, out var kind) ? Value(value, at, kind) : value);

        /// <summary>The value in place of a text with expressions; anything else as it is.</summary>
        public SpecNode Value(SpecNode node, string path, LoadFieldKind kind)
        {
            if (node is not SpecScalar { Kind: ScalarKind.String } scalar || !Templates.HasExpression(scalar.Text))
            {
                return node;
            }

            var value = Scope.Evaluate(scalar, path, kind, Problems);
            if (value is not null)
            {
                Values.Add(new EvaluatedValue(path, scalar.Text, value.Text));
            }

            return value ?? LoadScope.Harmless(kind, scalar.Position);
        }

        private SpecMap Scenario(SpecMap scenario, string path) => Replace(scenario, path, (key, value, at) => (key, value) switch
        {
            ("stages", SpecList stages) => Items(stages, at, (stage, place) => Fields(stage, place, LoadFields.Stage)),
            ("mix", SpecList mix) => Items(mix, at, (entry, place) => Fields(entry, place, LoadFields.Mix)),
            _ when LoadFields.Scenario.TryGetValue(key, out var kind) => Value(value, at, kind),
            _ => value,
        });

        private SpecNode Threshold(SpecNode node, string path) => node is SpecMap ? Fields(node, path, LoadFields.Threshold) : Value(node, path, LoadFieldKind.Text);

        private static SpecList Items(SpecList list, string path, Func<SpecNode, string, SpecNode> change)
        {
            var items = list.Items.Select((item, i) => change(item, SpecPath.Item(path, i))).ToArray();
            return items.SequenceEqual(list.Items, ReferenceEqualityComparer.Instance) ? list : list with { Items = items };
        }
    }
}

/// <summary>A document whose load numbers were evaluated.</summary>
/// <param name="Document">With values in place of expressions; the same as before where there were none.</param>
/// <param name="Values">What was evaluated, in the order of the document.</param>
internal sealed record EvaluatedDocument(SpecNode Document, IReadOnlyList<EvaluatedValue> Values);

/// <summary>A field whose text had expressions.</summary>
/// <param name="Path">Its field path.</param>
/// <param name="Expression">As written.</param>
/// <param name="Value">What it came to.</param>
public sealed record EvaluatedValue(string Path, string Expression, string Value);
