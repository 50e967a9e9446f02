using System.Collections.Concurrent;
using LoadTesting.Metrics;
using LoadTesting.Metrics.Exposition;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Observing;

namespace LoadTesting.Runner.Agent;

/// <summary>
/// One run from the agent's side: prepares, waits for the start instant, lets the workload run, and holds the final snapshot until it is acknowledged.
/// Once started it needs nobody: it finishes its plan with every other part of the system dead.
/// </summary>
internal sealed class AgentRun(IWorkload workload, AgentOptions options, TimeProvider time, RunJournal? journal = null) : IDisposable
{
    // The engine wants to be called a moment before the load begins, so that it is at its line when the shot falls.
    private static readonly TimeSpan AtTheLine = TimeSpan.FromMilliseconds(50);

    private readonly AgentLifecycle _lifecycle = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _interrupt = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly TaskCompletionSource _armed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, Lazy<(Task<StageAnswer> Answer, ParkedJobs Jobs)>> _stages = new(StringComparer.Ordinal);
    private readonly SnapshotHistory _history = new();
    private readonly Lock _snapshotLock = new();
    private WorkerSnapshot? _final;
    private string? _setupJson;
    private DateTimeOffset? _resumeAt;

    /// <summary>One of <see cref="AgentStates"/>.</summary>
    public string State => _lifecycle.State;

    /// <summary>Why the agent will never become ready; null when it will.</summary>
    public string? Failure => _lifecycle.Failure;

    /// <summary>The plan as JSON.</summary>
    public string PlanJson => workload.PlanJson;

    /// <summary>
    /// Everything from the preparation to the acknowledgement. Ends when the final snapshot was acknowledged, when nobody did so in time, or, before the
    /// start, when <paramref name="terminate"/> fires; after the start that only stops the load gracefully.
    /// </summary>
    public async Task ExecuteAsync(CancellationToken terminate)
    {
        await using var registration = terminate.Register(() => Stop(isTermination: true));
        try
        {
            await workload.PrepareAsync(terminate);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _lifecycle.FailedToPrepare(e.Message);
            journal?.NotReady(e.Message);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, terminate).ContinueWith(static _ => { }, TaskScheduler.Default);
            return;
        }
        catch (OperationCanceledException)
        {
            return;
        }

        _lifecycle.Prepared();
        journal?.Ready();

        // Nobody waits for the warm-up to see that the agent is ready: between that and the load there is time for it.
        using var begins = new CancellationTokenSource();
        var warming = workload.WarmUpAsync(begins.Token);
        try
        {
            await _armed.Task.WaitAsync(terminate);
        }
        catch (OperationCanceledException)
        {
            // Asked to go before anybody started it: nothing was measured, nothing is owed.
            await begins.CancelAsync();
            return;
        }

        var start = Timestamp(_lifecycle.StartAt!.Value);
        var resume = _resumeAt is { } from ? from - _lifecycle.StartAt.Value : TimeSpan.Zero;

        // Where it is early enough the load finds everything warm. Where it is not, the load keeps its instant and the warm-up goes out of its way.
        await Task.WhenAny(warming, WaitUntilAsync(Timestamp(_lifecycle.StartAt.Value + resume - AtTheLine)));
        await begins.CancelAsync();

        // The engine itself waits for the exact instant; this side only says when it has come.
        var running = workload.RunAsync(start, resume, _setupJson, _stop.Token, _interrupt.Token);
        await WaitUntilAsync(start);
        _lifecycle.Started();
        using var ended = new CancellationTokenSource();
        var told = journal?.FollowAsync(start, ended.Token) ?? Task.CompletedTask;
        await running;
        _lifecycle.Finished();
        await ended.CancelAsync();
        await told;
        journal?.Ended(workload.TakeSnapshot(isFinal: false));
        if (!workload.RunsStagesAfterLoad || _lifecycle.State == AgentStates.Terminated)
        {
            Conclude();
        }

        // The results are worth more than a tidy Pod list: also after SIGTERM they wait, as long as the kubelet lets them.
        await Task.WhenAny(_acknowledged.Task, Task.Delay(options.AckTimeout, time, CancellationToken.None));
        journal?.Leaves(_acknowledged.Task.IsCompleted);
    }

    /// <summary>Verb start.</summary>
    /// <param name="at">T0.</param>
    /// <param name="resumeAt">From when on, where this agent replaces a lost one; null = from T0.</param>
    /// <param name="setupJson">What setup extracted.</param>
    public VerbOutcome Start(DateTimeOffset at, DateTimeOffset? resumeAt, string? setupJson)
    {
        var outcome = _lifecycle.Start(at);
        if (outcome.IsNew)
        {
            (_setupJson, _resumeAt) = (setupJson, resumeAt);
            journal?.Agreed(at, resumeAt);
            _armed.TrySetResult();
        }

        return outcome;
    }

    /// <summary>Verb stop: no iteration starts any more.</summary>
    /// <param name="interrupt">Those in flight are cut off, also after an earlier stop that let them end.</param>
    /// <param name="isTermination">It is SIGTERM that asks, not whoever runs the test.</param>
    public VerbOutcome Stop(bool interrupt = false, bool isTermination = false)
    {
        var outcome = _lifecycle.Stop(isTermination);
        if (outcome.IsNew)
        {
            journal?.Stopped(interrupt);
            _stop.Cancel();
        }

        if (interrupt && outcome.IsAccepted)
        {
            _interrupt.Cancel();
        }

        return outcome;
    }

    /// <summary>Verb ack.</summary>
    public VerbOutcome Acknowledge()
    {
        var outcome = _lifecycle.Acknowledge();
        if (outcome.IsNew)
        {
            _acknowledged.TrySetResult();
        }

        return outcome;
    }

    /// <summary>
    /// Verbs setup, verify, teardown: each runs once, however often it is asked for. After teardown nothing is measured any more, and the snapshot is final.
    /// </summary>
    /// <param name="stage">Which.</param>
    /// <param name="result">Result of the job that it waits for; null when whoever asks has none.</param>
    /// <returns>How it ended, or the job that it waits for.</returns>
    public async Task<StageAnswer> StageAsync(string stage, JobResult? result = null)
    {
        var (ending, jobs) = _stages.GetOrAdd(stage, s => new Lazy<(Task<StageAnswer>, ParkedJobs)>(() =>
        {
            var parked = new ParkedJobs();
            return (workload.RunStageAsync(s, parked, _abandon.Token), parked);
        })).Value;
        if (result is not null)
        {
            jobs.Answer(result);
        }

        if (await jobs.NextAsync(ending) is { } order)
        {
            return new StageAnswer(false, null, "{}") { Job = order };
        }

        var answer = await ending;
        if (stage == AgentContract.TeardownPath.TrimStart('/') && _lifecycle.State == AgentStates.Finished)
        {
            Conclude();
        }

        return answer;
    }

    /// <summary>Verb observe: asks Prometheus; has no effect on anything, and may be asked for at any time.</summary>
    public Task<IReadOnlyList<QueryAnswer>> ObserveAsync(DateTimeOffset start, IReadOnlyList<QueryDue> due) => workload.ObserveAsync(start, due, _abandon.Token);

    /// <summary>The latest snapshot; the final one once the load has ended.</summary>
    public WorkerSnapshot Snapshot()
    {
        lock (_snapshotLock)
        {
            return _final ?? workload.TakeSnapshot(isFinal: false);
        }
    }

    /// <summary>The latest snapshot in the format that a scraper prefers, with its content type; in the compact one, relative to what the scraper knows.</summary>
    public (string ContentType, byte[] Body) Metrics(string accept, string? known = null)
    {
        var format = ContentNegotiation.Choose(accept);
        var snapshot = Snapshot();
        return (ContentNegotiation.ContentType(format), format == ExpositionFormat.Compact ? _history.Write(snapshot, known) : ExpositionWriter.Write(snapshot, format));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Cancel();
        _abandon.Cancel();
        _stop.Dispose();
        _interrupt.Dispose();
        _abandon.Dispose();
    }

    private void Conclude()
    {
        lock (_snapshotLock)
        {
            // A share that SIGTERM cut short is not whole: whoever finds its last words later must not take them for all that there was to say.
            _final ??= workload.TakeSnapshot(isFinal: _lifecycle.State != AgentStates.Terminated);
        }
    }

    /// <summary>A wall-clock instant on the injected monotonic clock; later steps of the wall clock change nothing.</summary>
    private long Timestamp(DateTimeOffset at)
    {
        var ahead = at - time.GetUtcNow();
        return time.GetTimestamp() + (long)(ahead.TotalSeconds * time.TimestampFrequency);
    }

    private async Task WaitUntilAsync(long timestamp)
    {
        var left = time.GetElapsedTime(time.GetTimestamp(), timestamp);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, _stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }
}
