using System.Text;
using LoadTesting.Expressions;
using LoadTesting.Metrics;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Observing;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine;
using LoadTesting.Runner.Engine.Generator;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Agent;

/// <summary>The engine as an agent's workload.</summary>
internal sealed class EngineWorkload : IWorkload, IAsyncDisposable
{
    private readonly WorkerPlan _plan;
    private readonly CompiledTest _test;
    private readonly TimeProvider _time;
    private readonly int _incarnation;
    private readonly EngineOptions _options;
    private readonly ISenderFactory _senders;
    private readonly RecorderShards _recorders;
    private readonly LoadEngine _engine;
    private readonly OnceRunner _once;
    private readonly TargetQueries _queries;
    private IReadOnlyDictionary<string, CelValue> _setup = new Dictionary<string, CelValue>();
    private long _sequence;
    private long _start;
    private long _end;

    public EngineWorkload(WorkerPlan plan, CompiledTest test, EngineOptions options, int incarnation)
    {
        (_plan, _test, _time, _options, _incarnation) = (plan, test, options.Time, options, incarnation);
        _senders = SenderFactories.Create(test.Http, options.Time);
        _recorders = new RecorderShards(test);
        _engine = new LoadEngine(plan, test, _recorders, _senders, options);
        _once = new OnceRunner(test, _recorders, _senders, options);
        _queries = new TargetQueries(test, options);
    }

    public string PlanJson => PlanDocument.ToJson([_plan]);

    /// <summary>The runner with the first share also runs what runs once; its numbers are complete only after that.</summary>
    public bool RunsStagesAfterLoad => _plan.Index == 0 && (_test.Spec.Verify.Count > 0 || _test.Spec.Teardown.Count > 0);

    public Task PrepareAsync(CancellationToken cancellation) => _engine.PrepareAsync(cancellation);

    /// <summary>Less than a CPU is not to be spent on compiling well: a quota that is used up holds the start back.</summary>
    public Task WarmUpAsync(CancellationToken cancellation) => _engine.WarmUpAsync(thoroughly: SystemProbe.CpuLimit >= 1, cancellation);

    public async Task<StageAnswer> RunStageAsync(string stage, IJobHost jobs, CancellationToken cancellation)
    {
        if (stage == AgentContract.AwaitPath.TrimStart('/'))
        {
            var missing = await new ReadyWait(_test, _senders, _options).RunAsync(cancellation);
            return new StageAnswer(missing is null, missing, "{}");
        }

        var phase = Enum.Parse<OncePhase>(stage, ignoreCase: true);
        var end = await _once.RunAsync(phase, _setup, jobs, cancellation);
        if (phase == OncePhase.Setup)
        {
            _setup = end.Values;
        }

        var outcome = end.Outcome;
        return new StageAnswer(outcome.State == StageState.Succeeded, outcome.Message, CelJson.ToText(CelValue.Of(CelMap.Of(end.Values)))) { Reason = outcome.Reason };
    }

    public async Task RunAsync(long startTimestamp, TimeSpan resume, string? setupJson, CancellationToken stop, CancellationToken cancellation)
    {
        Interlocked.Exchange(ref _start, startTimestamp);
        if (setupJson is not null && CelJson.Parse(Encoding.UTF8.GetBytes(setupJson)) is { Kind: CelKind.Map } values)
        {
            _setup = Entries(values.AsMap);
        }

        _engine.UseSetup(_setup);
        await _engine.RunAsync(startTimestamp, stop, cancellation, new Duration((long)resume.TotalNanoseconds));
        Interlocked.Exchange(ref _end, _time.GetTimestamp());
    }

    public Task<IReadOnlyList<QueryAnswer>> ObserveAsync(DateTimeOffset start, IReadOnlyList<QueryDue> due, CancellationToken cancellation) => _queries.AskAsync(start, due, cancellation);

    public WorkerSnapshot TakeSnapshot(bool isFinal)
    {
        var start = Interlocked.Read(ref _start);

        // Time stands still when the load has ended: whoever reads then learns how long it was, however late he comes.
        var end = Interlocked.Read(ref _end);
        var offset = start == 0 ? -1 : (long)(_time.GetElapsedTime(start, end == 0 ? _time.GetTimestamp() : end).TotalSeconds * 1e9);
        return new WorkerSnapshot(_plan.Index, Interlocked.Increment(ref _sequence), offset, isFinal, _recorders.TakeSnapshot(), _incarnation);
    }

    /// <summary>Values that outlive the buffer they were parsed from.</summary>
    private static Dictionary<string, CelValue> Entries(CelMap map)
    {
        var entries = new Dictionary<string, CelValue>(StringComparer.Ordinal);
        foreach (var key in map.Keys)
        {
            if (key.Kind == CelKind.String && map.TryGet(key, out var value))
            {
                entries[key.AsString] = CelJson.Detach(value);
            }
        }

        return entries;
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _queries.DisposeAsync();
        await _senders.DisposeAsync();
    }
}
