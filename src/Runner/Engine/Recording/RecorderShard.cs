using LoadTesting.Metrics;
using LoadTesting.Runner.Engine.Compilation;

namespace LoadTesting.Runner.Engine.Recording;

/// <summary>One of several recorders of a worker: a virtual user always writes to the same one, so that users seldom wait for each other.</summary>
internal sealed class RecorderShard
{
    private readonly WorkerRecorder _recorder;
    private readonly ScopeSeries?[] _scopes;
    private readonly StepSeries?[] _steps;
    private readonly int _stepCount;
    private readonly LoadOrigin _origin;

    public RecorderShard(CompiledTest test, int maxSeries, LoadOrigin origin)
    {
        _origin = origin;
        _recorder = new WorkerRecorder(maxSeries);
        _stepCount = test.StepCount;
        _scopes = new ScopeSeries?[test.ScopeCount];
        _steps = new StepSeries?[test.ScopeCount * test.StepCount];
    }

    /// <summary>Held for everything below, and for writing to what it returns.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The recorder itself, for series that are nobody's hot path.</summary>
    public WorkerRecorder RecorderLocked => _recorder;

    public ScopeSeries ScopeLocked(CompiledScope scope) => _scopes[scope.Id] ??= new ScopeSeries(_recorder, scope.Tags);

    public StepSeries StepLocked(CompiledScope scope, CompiledStep step) =>
        _steps[(scope.Id * _stepCount) + step.Id] ??= new StepSeries(_recorder, scope, step, _origin);

    // Users wait for the lock: only what must be under it is.
    public Snapshot TakeSnapshot()
    {
        Func<Snapshot> snapshot;
        lock (Gate) snapshot = _recorder.Freeze();
        return snapshot();
    }
}
