using LoadTesting.Expressions;
using LoadTesting.Metrics;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine.Compilation;
using LoadTesting.Runner.Engine.Data;
using LoadTesting.Runner.Engine.Generator;
using LoadTesting.Runner.Engine.Timing;
using LoadTesting.Runner.Http;
using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Engine;

/// <summary>Executes one worker's plan, once.</summary>
public sealed class LoadEngine : IAsyncDisposable, IScenarioEvents
{
    private readonly WorkerPlan _whole;
    private readonly CompiledTest _test;
    private readonly CompiledScope[] _scopes;
    private readonly RecorderShards _recorders;
    private readonly ISenderFactory _senders;
    private readonly EngineClock _clock;
    private readonly EngineLog _log;
    private readonly ulong _seed;
    private readonly bool _warmsUp;
    private readonly VuPool _pool;
    private readonly VuThreads _threads;
    private readonly CancellationTokenSource _hard = new();
    private readonly GeneratorMonitor? _monitor;
    private readonly Func<CelValue> _setupNow;
    private CelValue _setup = CelValue.Of(CelMap.Empty);
    private IReadOnlyList<ScenarioRun> _runs = [];
    private WorkerPlan _plan;
    private long _startAt;
    private string? _abortReason;

    /// <summary>An engine that has not started.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="test">The test that the plan was made from.</param>
    /// <param name="recorders">Where everything measured goes.</param>
    /// <param name="senders">Makes connections for virtual users; stays the caller's.</param>
    /// <param name="options">Time, log, seed.</param>
    public LoadEngine(WorkerPlan plan, CompiledTest test, RecorderShards recorders, ISenderFactory senders, EngineOptions options)
        : this(plan, test, recorders, senders, options, null)
    {
    }

    internal LoadEngine(WorkerPlan plan, CompiledTest test, RecorderShards recorders, ISenderFactory senders, EngineOptions options, Func<int, IVirtualUser>? users)
    {
        (_plan, _whole, _test, _recorders, _senders) = (plan, plan, test, recorders, senders);
        _scopes = [.. plan.Scenarios.Select(s => test.Scenario(s.Name))];
        _threads = new VuThreads(senders as ILoopHost);
        _clock = new EngineClock(options.Time);
        _log = new EngineLog(options.Log, test.Secrets, Abort, options.Time);
        _warmsUp = options.WarmsUp && ReferenceEquals(options.Time, TimeProvider.System);
        _seed = options.Seed ?? (ulong)Random.Shared.NextInt64();
        _setupNow = () => _setup;
        _pool = new VuPool(users ?? CreateUser);
        var probe = options.Probe ?? (ReferenceEquals(options.Time, TimeProvider.System) ? new SystemProbe() : null);
        _monitor = probe is null ? null : new GeneratorMonitor(test.Spec.Validity, recorders, probe, _clock, test.RunTags, _threads);
    }

    /// <summary>Where it is; may be asked at any time from any thread.</summary>
    public EngineProgress Progress
    {
        get
        {
            var now = _clock.Now;
            var runs = _runs;
            return runs.Count == 0
                ? new(TimeSpan.Zero, [.. _plan.Scenarios.Select(s => new ScenarioProgress(s.Name, s.Spec.Executor, ScenarioState.Waiting, 0, 0, s.MaxVUs, 0, 0, 0, 0))])
                : new(TimeSpan.FromTicks((now - _startAt) / 100), [.. runs.Select(r => r.ToProgress(now))]);
        }
    }

    /// <summary>Why a step of the test ended the run; null as long as none did. The host ends the other workers.</summary>
    public string? AbortReason => Volatile.Read(ref _abortReason);

    /// <summary>Gives everybody what setup extracted; before <see cref="RunAsync"/>.</summary>
    public void UseSetup(IReadOnlyDictionary<string, CelValue> values) => _setup = CelValue.Of(CelMap.Of(values));

    /// <summary>Makes what the start must not wait for: the target's address, all virtual users that the plan can know of.</summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        if (_test.Target is { } target) await _senders.ResolveAsync(target, cancellation);
        _threads.Expect(_plan.Scenarios.Sum(s => s.MaxVUs));
        _pool.Prepare(PlannedVUs.Of(_plan));
    }

    /// <summary>
    /// After preparing, before the load: has the platform compile the path of a request. A tenth of a second; where <paramref name="thoroughly"/> pays, up to a second more. Correct
    /// without it, only that the first requests are slow.
    /// </summary>
    /// <param name="thoroughly">Whether a long load may have its hot code compiled well.</param>
    /// <param name="cancellation">Ends it early, without an exception: when the load begins.</param>
    public async Task WarmUpAsync(bool thoroughly, CancellationToken cancellation)
    {
        if (!_warmsUp) return;
        await WarmUp.RunOnceAsync(_test.Carriers, _test.Http, cancellation);
        if (thoroughly && WarmUp.Pays(_plan)) await WarmUp.CompileOnceAsync(_test.Carriers, _test.Http, cancellation);

        // What reading and compiling left behind goes now, not in the middle of the load.
        if (!cancellation.IsCancellationRequested) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>Runs the plan from an instant on, and returns when nothing is in flight any more.</summary>
    /// <param name="startTimestamp">T0 as a timestamp of the options' time provider; may lie ahead.</param>
    /// <param name="gracefulStop">From then on nothing starts, and what is in flight has its scenario's graceful stop to end in.</param>
    /// <param name="hardStop">From then on nothing starts, and what is in flight is cut off.</param>
    /// <param name="resumeAt">From when on, since T0, where this worker takes over the share of a lost one. Default: from the start.</param>
    public async Task<RunEnd> RunAsync(long startTimestamp, CancellationToken gracefulStop, CancellationToken hardStop, Duration resumeAt = default)
    {
        _plan = ResumedPlan.From(_whole, _test.Spec, resumeAt);
        _startAt = _clock.FromTimestamp(startTimestamp);
        _threads.PreferLoops();
        _recorders.Origin.Set(_startAt);
        using var registration = hardStop.UnsafeRegister(static hard => ((CancellationTokenSource)hard!).Cancel(), _hard);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(gracefulStop, _hard.Token);
        using var over = new CancellationTokenSource();
        var controls = _plan.Scenarios.Select(p => new ScenarioControl(IndexOf(p), p, _scopes[IndexOf(p)].Rows, Pace(p), _clock, _pool, _threads, this, _startAt, stop.Token, _hard.Token)).ToArray();
        _runs = [.. controls.Select(c => c.Run)];
        var sampling = SampleAsync(over.Token);
        var watching = _monitor?.RunAsync(_startAt, _startAt + _plan.ResumeAt.Nanoseconds, over.Token) ?? Task.CompletedTask;
        var planned = await Task.WhenAll(controls.Select(c => c.RunAsync()));
        var wasStopped = stop.IsCancellationRequested;
        over.Cancel();
        await sampling;
        await watching;
        RecordVuTime();
        _log.Finish();
        foreach (var control in controls) control.Dispose();
        return new RunEnd([.. _runs.Select((r, i) => r.ToEnd(planned[i]))], wasStopped, TimeSpan.FromTicks((_clock.Now - _startAt) / 100), AbortReason);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        _hard.Dispose();
        _clock.Dispose();
    }

    /// <summary>Scopes are numbered as in the whole plan, of which a replacement leaves scenarios out.</summary>
    private int IndexOf(ScenarioPlan plan) => _whole.Scenarios.TakeWhile(s => s.Name != plan.Name).Count();

    void IScenarioEvents.Dropped(int scenario, long iterations)
    {
        var shard = _recorders.Gauges;
        lock (shard.Gate) shard.ScopeLocked(_scopes[scenario]).Dropped.Add(iterations);
    }

    void IScenarioEvents.OutOfRows(int scenario, RowSource feeder)
    {
        _log.OutOfRows(_scopes[scenario].Name, feeder.Name);
        var shard = _recorders.Gauges;
        lock (shard.Gate) shard.RecorderLocked.Counter(BuiltInMetrics.DataExhausted, _scopes[scenario].Tags.With("data", feeder.Name)).Add(1);
    }

    void IScenarioEvents.TooFewVUs(int scenario, int maxVUs) => _log.TooFewVUs(_scopes[scenario].Name, maxVUs);

    // The token is cancelled at once; whoever waits for it goes on elsewhere, not on the aborting user's thread.
    private void Abort(string reason)
    {
        if (Interlocked.CompareExchange(ref _abortReason, reason, null) is not null) return;
        var shard = _recorders.Gauges;
        lock (shard.Gate) shard.RecorderLocked.Counter(BuiltInMetrics.TestAborts, _test.RunTags.With("reason", reason)).Add(1);
        _ = _hard.CancelAsync();
    }

    private long Pace(ScenarioPlan plan) => (plan.Spec.MinIterationDuration ?? _test.Spec.MinIterationDuration).Nanoseconds;

    private VirtualUser CreateUser(int index)
    {
        // All scenarios of a plan number VUs alike.
        var id = _whole.Scenarios[0].VuIds.GlobalIndex(index) + 1;
        var activation = new VuActivation(_test, _setupNow, id, new VuHost(VuHost.Seed(_seed, id), _clock.Time));
        var session = _test.Session(_senders, index, id, _clock.Time);
        return new VirtualUser(_scopes, session, activation, _recorders.For(index), _recorders.Gauges, _clock, _log, _test.ChoiceCount);
    }

    // k6's vus and vus_max: once a second from the start on, with the run's tags only.
    private async Task SampleAsync(CancellationToken over)
    {
        for (var due = _startAt + _plan.ResumeAt.Nanoseconds; await _clock.WaitUntilAsync(due, over); due += 1_000_000_000)
        {
            var shard = _recorders.Gauges;
            lock (shard.Gate)
            {
                shard.RecorderLocked.Gauge(BuiltInMetrics.Vus, _test.RunTags).Set(_runs.Sum(r => r.Tally.Active));
                shard.RecorderLocked.Gauge(BuiltInMetrics.VusMax, _test.RunTags).Set(_pool.Initialised);
            }

            RecordVuTime();
        }
    }

    private void RecordVuTime()
    {
        var (shard, now) = (_recorders.Gauges, _clock.Now);
        lock (shard.Gate)
        {
            foreach (var run in _runs)
            {
                if (run.Tally.TakeVuTime(now) is > 0 and var time) shard.ScopeLocked(_scopes[run.Index]).VuTime.Add(time / 1e9);
            }
        }
    }
}
