using System.Collections.Immutable;
using LoadTesting.Expressions;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>
/// Follows each way through a test and finds expressions that read a variable before anything on the way can have given it a value. A virtual user keeps its
/// variables over its
/// iterations, so this is about the first one: steps with a condition on <c>vu</c>, <c>iteration</c>, <c>scenario</c> or <c>vars</c>, and choices within an
/// expression that look at those, may
/// read what a later step sets. A step with a condition counts as one that sets its variables; of the branches of a <c>oneOf</c>, of which one is taken by
/// chance, all must.
/// </summary>
internal sealed class VariableOrder(LoadTestSpec spec, TestNames names, IReadOnlyDictionary<TestPart, TestScopes> parts, ProblemList problems)
{
    // Far above what a test has: scenarios times the steps of their flows, calls written out. Beyond it nothing more is said.
    private const int MostSteps = 200_000;

    private static readonly string[] Distinguishing = [ExpressionScopes.Vu, ExpressionScopes.Iteration, ExpressionScopes.Scenario, ExpressionScopes.Vars];

    private readonly Dictionary<(string Text, bool IsTemplate, CelEnvironment Scope, TestPart Part), Reading> _readings = [];
    private int _steps;

    /// <summary>Adds the problems of all ways.</summary>
    public void Check()
    {
        var known = spec.Variables.Keys.ToImmutableHashSet(StringComparer.Ordinal);
        foreach (var (name, steps, part) in new[] { ("setup", spec.Setup, TestPart.Setup), ("verify", spec.Verify, TestPart.After), ("teardown", spec.Teardown, TestPart.After) })
        {
            var path = problems.Field(name).Path;
            Walk(steps, path, known, new Way(part, names.Env.ToHashSet(StringComparer.Ordinal), names.Sets(steps, path), name));
        }

        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, scenario) in spec.Scenarios)
        {
            string[] flows = scenario.Mix.Count > 0 ? [.. scenario.Mix.Select(m => m.Flow)] : [scenario.Exec ?? (spec.Flows.Count == 1 ? spec.Flows.Keys.First() : "")];
            var ever = flows.SelectMany(f => spec.Flows.TryGetValue(f, out var steps) ? names.Sets(steps, "") : []).ToHashSet(StringComparer.Ordinal);
            var env = names.Env.Concat(scenario.Env.Keys).ToHashSet(StringComparer.Ordinal);
            foreach (var flow in flows.Where(f => spec.Flows.ContainsKey(f) && done.Add(string.Join('\0', [f, .. flows.Order(StringComparer.Ordinal), "", .. scenario.Env.Keys.Order(StringComparer.Ordinal)]))))
            {
                Walk(spec.Flows[flow], problems.Field("flows").Field(flow).Path, known, new Way(TestPart.Flow, env, ever, $"scenario '{name}'"));
            }
        }
    }

    /// <summary>The variables that may have a value after the steps; null when nothing comes after them.</summary>
    private ImmutableHashSet<string>? Walk(IReadOnlyList<StepSpec> steps, string path, ImmutableHashSet<string> state, Way way)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            if (Step(steps[i], SpecPath.Item(path, i), state, way) is not { } after)
            {
                return null;
            }

            state = after;
        }

        return state;
    }

    private ImmutableHashSet<string>? Step(StepSpec step, string path, ImmutableHashSet<string> state, Way way)
    {
        if (++_steps > MostSteps)
        {
            return state;
        }

        if (StepExpressions.Condition(step, path) is not { } condition)
        {
            return Unconditional(step, path, state, way);
        }

        Read(condition, state, way);
        var inner = Reads(condition, way.Part).Distinguishes ? way with { IsDistinguished = true } : way;
        return Unconditional(step, path, state, inner) is { } after ? state.Union(after) : state;
    }

    private ImmutableHashSet<string>? Unconditional(StepSpec step, string path, ImmutableHashSet<string> state, Way way)
    {
        if (step is RequestStep)
        {
            foreach (var header in StepExpressions.OfHeaders(spec, problems.Path))
            {
                Read(header, state, way);
            }
        }

        foreach (var expression in StepExpressions.Of(step, path))
        {
            Read(expression, state, way);
            state = expression.Sets is { } name ? state.Add(name) : state;
        }

        switch (step)
        {
            case StopStep:
                return null;
            case CallStep call when way.Depth < CompositionRules.MostCalls && spec.Flows.TryGetValue(call.Flow, out var flow):
                return Walk(flow, problems.Field("flows").Field(call.Flow).Path, state, way with { Depth = way.Depth + 1 });
            case RepeatStep repeat:
                var first = repeat.As is { } own ? state.Add(own) : state;
                // A loop may have no round at all, and then nothing in it ends the iteration.
                return Walk(repeat.Steps, $"{path}.repeat.steps", first, way) is { } looped ? first.Union(looped) : first;
            case ParallelStep parallel:
                // All are made from the variables as they are before the first.
                return parallel.Steps.Select((s, i) => Step(s, SpecPath.Item($"{path}.parallel", i), state, way)).OfType<ImmutableHashSet<string>>().Aggregate(state, (all, one) => all.Union(one));
            case OneOfStep:
                var ends = StepTree.Lists(step, path).Select(l => Walk(l.Steps, l.Path, state, way)).OfType<ImmutableHashSet<string>>().ToList();
                return ends.Count == 0 ? null : ends.Aggregate((all, one) => all.Intersect(one));
            case GroupStep group:
                return Walk(group.Steps, $"{path}.group.steps", state, way);
            default:
                return state;
        }
    }

    private void Read(in StepExpression expression, ImmutableHashSet<string> state, Way way)
    {
        var reading = Reads(expression, way.Part);
        if (way.Part != TestPart.Flow && way.Depth > 0)
        {
            // A flow that is called from a part that runs once sees other things than a virtual user does.
            ExpressionRules.Check(expression, problems with { Scopes = parts[way.Part] });
        }

        foreach (var read in reading.Reads)
        {
            var name = read.Fields[0];
            if (read.Variable == ExpressionScopes.Env ? way.Env.Contains(name) || !IsOfScenarios(name) : state.Contains(name) || !names.Places.ContainsKey(name))
            {
                continue;
            }

            var isLaterFine = (way.IsDistinguished || reading.IsDistinguished) && way.Ever.Contains(name);
            if (read.Variable == ExpressionScopes.Env || !isLaterFine)
            {
                problems.All.Add(new Problem(expression.Path, ExpressionRules.Rule, read.Variable == ExpressionScopes.Env ? NoSuchEnv(name, way) : NotYet(name, way)) { Value = expression.Text, Offset = read.Offset });
            }
        }
    }

    private bool IsOfScenarios(string name) => spec.Scenarios.Values.Any(s => s.Env.ContainsKey(name));

    private string NoSuchEnv(string name, Way way) =>
        $"env.{name} has no value in {way.Name}: only scenario {string.Join(", ", spec.Scenarios.Where(s => s.Value.Env.ContainsKey(name)).Select(s => $"'{s.Key}'").Take(3))} gives it one; declare it in spec.env";

    private string NotYet(string name, Way way)
    {
        var places = names.Places[name];
        var where = string.Join(", ", places.Take(3)) + (places.Count > 3 ? ", …" : "");
        return way.Ever.Contains(name)
            ? $"vars.{name} has no value here the first time: it gets one at {where}, later or not on every way here; move that before it, or write default(vars.{name}, …)"
            : $"vars.{name} never has a value in {way.Name}: it gets one only at {where}, which does not run there";
    }

    private Reading Reads(in StepExpression expression, TestPart part)
    {
        var key = (expression.Text, expression.IsTemplate, expression.Scope, part);
        if (!_readings.TryGetValue(key, out var reading))
        {
            var scope = parts[part].Of(expression.Scope);
            var reads = (expression.IsTemplate
                ? CelTemplate.Compile(expression.Text, scope).Template?.Reads
                : CelCompiler.Compile(expression.Text, scope).Program?.Reads)?.ToArray() ?? [];
            var hasChoice = expression.Text.AsSpan().ContainsAny('?', '|', '&');
            reading = new Reading(
                [.. reads.Where(r => !r.IsGuarded && r.Fields.Length > 0 && (r.Variable == ExpressionScopes.Vars || r.Variable == ExpressionScopes.Env))],
                reads.Any(r => Distinguishing.Contains(r.Variable, StringComparer.Ordinal)),
                hasChoice && reads.Any(r => r.Variable is ExpressionScopes.Vu or ExpressionScopes.Iteration or ExpressionScopes.Scenario));
            _readings[key] = reading;
        }

        return reading;
    }

    /// <summary>What an expression reads.</summary>
    /// <param name="Reads">Variables that must have a value.</param>
    /// <param name="Distinguishes">Whether, as a condition, it may tell the first iteration from others.</param>
    /// <param name="IsDistinguished">Whether it does so for a part of itself.</param>
    private sealed record Reading(CelRead[] Reads, bool Distinguishes, bool IsDistinguished);

    /// <summary>A way through the test.</summary>
    /// <param name="Part">Where it goes.</param>
    /// <param name="Env">The variables of the environment on it.</param>
    /// <param name="Ever">What any iteration on it sets.</param>
    /// <param name="Name">What people call it.</param>
    private sealed record Way(TestPart Part, HashSet<string> Env, HashSet<string> Ever, string Name)
    {
        /// <summary>Whether it goes on only where a condition holds that may tell iterations apart.</summary>
        public bool IsDistinguished { get; init; }

        /// <summary>How many flows have been called on it.</summary>
        public int Depth { get; init; }
    }
}
