using LoadTesting.Expressions;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>Turns steps as written into steps with everything parsed: calls have become the steps of their flow, and every step knows its group.</summary>
internal sealed class StepCompiler
{
    private readonly LoadTestSpec _spec;
    private readonly CompilationContext _context;
    private readonly RequestCompiler _requests;
    private readonly Dictionary<(string Flow, string Group), IReadOnlyList<CompiledStep>> _flows = [];
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    public StepCompiler(LoadTestSpec spec, CompilationContext context, CelActivation probe)
    {
        (_spec, _context, _requests) = (spec, context, new RequestCompiler(spec, context, probe));
    }

    /// <summary>The steps of a flow as they are in a group; compiled once for each group.</summary>
    /// <param name="name">The flow; there is one of that name.</param>
    /// <param name="group">Path of the group; empty outside of groups.</param>
    public IReadOnlyList<CompiledStep> Flow(string name, string group)
    {
        if (_flows.TryGetValue((name, group), out var known)) return known;
        _open.Add(name);
        var steps = Compile(_spec.Flows[name], SpecPath.Field("spec.flows", name), group);
        _open.Remove(name);
        return _flows[(name, group)] = steps;
    }

    /// <inheritdoc cref="RequestCompiler.Ready"/>
    public CompiledReady? Ready(ReadyRequest request, string path) => _requests.Ready(request, path);

    /// <inheritdoc cref="RequestCompiler.Query"/>
    public CompiledQuery? Query(ObservedQuery query, string path) => _requests.Query(query, path);

    /// <summary>A list of steps.</summary>
    /// <param name="steps">As written.</param>
    /// <param name="path">Field path of the list.</param>
    /// <param name="group">Path of the group that they are in; empty outside of groups.</param>
    public IReadOnlyList<CompiledStep> Compile(IReadOnlyList<StepSpec> steps, string path, string group)
    {
        var compiled = new List<CompiledStep>(steps.Count);
        for (var i = 0; i < steps.Count; i++)
        {
            var place = SpecPath.Item(path, i);
            var inside = steps[i] is GroupStep named ? $"{group}::{named.Name}" : group;
            if (Compile(steps[i], place, inside) is { } step) compiled.Add(step with { Group = inside, Path = place });
        }

        return compiled;
    }

    private CompiledStep? Compile(StepSpec step, string path, string group)
    {
        var when = step.When is null ? null : _context.Program(step.When, ExpressionScopes.Flow, $"{path}.when");
        return step switch
        {
            RequestStep request => _requests.Compile(request, when, $"{path}.request"),
            SleepStep sleep => new CompiledSleep(_context.NextStep(), when, sleep),
            SetStep set => new CompiledSet(_context.NextStep(), when, _context.Programs(set.Values, ExpressionScopes.Flow, $"{path}.set")),
            CheckStep check => new CompiledCheck(_context.NextStep(), when, _context.Programs(check.Checks, ExpressionScopes.Flow, $"{path}.check")),
            RecordStep record => new CompiledRecording(_context.NextStep(), when, _requests.Records(record.Samples, ExpressionScopes.Flow, $"{path}.record")),
            GroupStep inner => new CompiledGroup(_context.NextStep(), when, Compile(inner.Steps, $"{path}.group.steps", group)),
            RepeatStep repeat => Repeat(repeat, when, $"{path}.repeat", group),
            OneOfStep choice => OneOf(choice, when, $"{path}.oneOf", group),
            ParallelStep parallel => new CompiledParallel(
                _context.NextStep(), when, [.. Compile(parallel.Steps, $"{path}.parallel", group).OfType<CompiledRequest>()], _spec.Http.Batch, _spec.Http.BatchPerHost),
            CallStep call => Call(call, when, $"{path}.call", group),
            JobStep job => Job(job, when, $"{path}.job"),
            StopStep stop => _context.Template(stop.Reason, $"{path}.{(stop.EndsRun ? "abort" : "fail")}") is { } reason
                ? new CompiledStop(_context.NextStep(), when, reason, stop.EndsRun)
                : null,
            LogStep log => _context.Template(log.Message, $"{path}.log") is { } message ? new CompiledLog(_context.NextStep(), when, message) : null,
            _ => null,
        };
    }

    private CompiledRepeat Repeat(RepeatStep step, CelProgram? when, string path, string group) =>
        new(_context.NextStep(), when, Compile(step.Steps, $"{path}.steps", group))
        {
            Times = Optional(step.Times, $"{path}.times"),
            While = Optional(step.While, $"{path}.while"),
            Each = Optional(step.Each, $"{path}.each"),
            AtMost = step.AtMost ?? RepeatStep.MostRounds,
            As = step.As,
        };

    private CompiledOneOf OneOf(OneOfStep step, CelProgram? when, string path, string group)
    {
        var ordinal = _context.NextChoice();
        var branches = step.Branches.Select((b, i) => Compile(b.Steps, $"{SpecPath.Item(path, i)}.steps", group)).ToArray();
        return new CompiledOneOf(_context.NextStep(), when, ordinal, new EvenChoice(ordinal, [.. step.Branches.Select(b => b.Weight)]), branches);
    }

    private CompiledCall? Call(CallStep step, CelProgram? when, string path, string group)
    {
        if (_spec.Flows.ContainsKey(step.Flow) && !_open.Contains(step.Flow)) return new CompiledCall(_context.NextStep(), when, Flow(step.Flow, group));
        _context.Problems.Add(new Problem(path, "call", "there is no such flow, or it would call itself") { Value = step.Flow });
        return null;
    }

    private CompiledJob Job(JobStep step, CelProgram? when, string path) => new(_context.NextStep(), when, step)
    {
        Command = _context.Templates(step.Command, $"{path}.command"),
        Args = _context.Templates(step.Args, $"{path}.args"),
        Env = [.. step.Env.Select(e => (e.Key, Template: _context.Template(e.Value, $"{path}.env.{e.Key}"))).Where(e => e.Template is not null).Select(e => KeyValuePair.Create(e.Key, e.Template!))],
        Checks = _context.Programs(step.Checks, ExpressionScopes.Job, $"{path}.checks"),
        Extract = _context.Programs(step.Extract, ExpressionScopes.Job, $"{path}.extract"),
    };

    private CelProgram? Optional(string? source, string path) => source is null ? null : _context.Program(source, ExpressionScopes.Flow, path);
}
