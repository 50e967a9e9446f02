using LoadTesting.Expressions;
using LoadTesting.Metrics;
using LoadTesting.Metrics.Exposition;
using LoadTesting.Model.Planning;
using LoadTesting.Runner.Engine;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Cli.Desk;

/// <summary>
/// One worker of a desk run: the engine that a Pod hosts, and its measurements as the bytes that a Pod would serve. Merging goes through the wire format
/// also here, so that a desk run tries what a cluster relies on.
/// </summary>
internal sealed class DeskWorker : IAsyncDisposable
{
    private readonly SnapshotHistory _history = new();
    private readonly ISenderFactory _senders;
    private readonly TimeProvider _time;
    private readonly RecorderShards _recorders;
    private readonly LoadEngine _engine;
    private readonly OnceRunner _once;
    private readonly ReadyWait _ready;
    private long _sequence;
    private long _start;

    public DeskWorker(WorkerPlan plan, CompiledTest test, EngineOptions options)
    {
        Index = plan.Index;
        _time = options.Time;
        _senders = SenderFactories.Create(test.Http, options.Time);
        _recorders = new RecorderShards(test);
        _engine = new LoadEngine(plan, test, _recorders, _senders, options);
        _once = new OnceRunner(test, _recorders, _senders, options);
        _ready = new ReadyWait(test, _senders, options);
    }

    public int Index { get; }

    public EngineProgress Progress => _engine.Progress;

    /// <summary>Why a step of the test ended the run; null as long as none did.</summary>
    public string? AbortReason => _engine.AbortReason;

    public async Task PrepareAsync(CancellationToken cancellation)
    {
        await _engine.PrepareAsync(cancellation);
        await _engine.WarmUpAsync(thoroughly: true, cancellation);
    }

    public Task<string?> AwaitTargetAsync(CancellationToken cancellation) => _ready.RunAsync(cancellation);

    public Task<OnceEnd> RunOnceAsync(OncePhase phase, IReadOnlyDictionary<string, CelValue> setup, IJobHost jobs, CancellationToken cancellation) =>
        _once.RunAsync(phase, setup, jobs, cancellation);

    /// <summary>Sends the load from the given timestamp on.</summary>
    public Task<RunEnd> RunAsync(long start, IReadOnlyDictionary<string, CelValue> setup, CancellationToken stop, CancellationToken interrupt)
    {
        _start = start;
        _engine.UseSetup(setup);
        return _engine.RunAsync(start, stop, interrupt);
    }

    /// <summary>What a scrape of this worker would read by whoever knows so much of it already.</summary>
    public byte[] Scrape(bool isFinal, string? known)
    {
        var offset = _start == 0 ? -1 : (long)(_time.GetElapsedTime(_start, _time.GetTimestamp()).TotalSeconds * 1e9);
        var snapshot = new WorkerSnapshot(Index, ++_sequence, offset, isFinal, _recorders.TakeSnapshot());
        return _history.Write(snapshot, known);
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _senders.DisposeAsync();
    }
}
