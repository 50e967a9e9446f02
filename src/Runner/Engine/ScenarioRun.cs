using LoadTesting.Model.Planning;
using LoadTesting.Runner.Engine.Data;
using LoadTesting.Runner.Engine.Timing;
using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Engine;

/// <summary>What an executor has to do with: its plan, the clock, the VUs, the counts, and the two ways in which it is told to end.</summary>
internal sealed class ScenarioRun
{
    private readonly IScenarioEvents _events;
    private readonly RowSources _rows;
    private readonly CancellationToken _hardStop;
    private readonly long _pace;
    private volatile ScenarioState _state;
    private int _outOfRows;

    public ScenarioRun(
        int index, ScenarioPlan plan, RowSources rows, long pace, EngineClock clock, VuPool pool, VuThreads threads, IScenarioEvents events, long engineStart, CancellationToken stop, CancellationToken hardStop, CancellationToken interrupt)
    {
        (Index, Plan, _rows, Clock, Pool, Threads, _events) = (index, plan, rows, clock, pool, threads, events);
        StartAt = engineStart + plan.Spec.StartTime.Nanoseconds;
        (Stop, _hardStop, Interrupt, _pace) = (stop, hardStop, interrupt, pace);
    }

    /// <summary>Position in the worker's plan.</summary>
    public int Index { get; }

    public ScenarioPlan Plan { get; }

    public EngineClock Clock { get; }

    public VuPool Pool { get; }

    public VuThreads Threads { get; }

    public ScenarioTally Tally { get; } = new();

    /// <summary>The scenario's own start, in nanoseconds of the clock; offsets of the plan are from here.</summary>
    public long StartAt { get; }

    /// <summary>From here on no iteration starts.</summary>
    public long RegularEnd => StartAt + Plan.RegularDuration.Nanoseconds;

    /// <summary>No iteration starts any more: somebody asked for an end, graceful or hard.</summary>
    public CancellationToken Stop { get; }

    /// <summary>What is in flight ends at once: the graceful stop is over, or somebody asked for a hard end.</summary>
    public CancellationToken Interrupt { get; }

    public ScenarioState State
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>
    /// Whether somebody asked for an end. The hard stop itself is asked too: what it cancels, it cancels one after the other, and an interrupted VU may look here before
    /// <see cref="Stop"/> has had its turn.
    /// </summary>
    public bool IsStopped => Stop.IsCancellationRequested || _hardStop.IsCancellationRequested;

    /// <summary>Whether a closed model may start another iteration.</summary>
    public bool MayStart => !IsStopped && !IsOutOfRows && !Interrupt.IsCancellationRequested && Clock.Now < RegularEnd;

    /// <summary>Whether the scenario ended because a feeder had no row for its next iteration.</summary>
    public bool IsOutOfRows => Volatile.Read(ref _outOfRows) != 0;

    /// <summary>Whether every feeder that the scenario reads has a row for an iteration. If not, the scenario is over on this runner: later numbers have none either.</summary>
    /// <param name="number">0-based number within the scenario over all runners.</param>
    /// <param name="vu">Who would run it; null when any VU may.</param>
    public bool HasRow(long number, VuPool.Slot? vu = null)
    {
        if (_rows.Missing(number, vu is null ? 0 : Plan.VuIds.GlobalIndex(vu.Index)) is not { } missing) return true;
        if (Interlocked.Exchange(ref _outOfRows, 1) == 0) _events.OutOfRows(Index, missing);
        return false;
    }

    /// <summary>Runs one iteration, counts it, and keeps the VU for the rest of the time that an iteration is meant to take. Without an async method of its own where nothing follows.</summary>
    /// <param name="vu">Who runs it.</param>
    /// <param name="number">0-based number within the scenario over all runners.</param>
    /// <param name="intendedAt">See <see cref="Iteration"/>.</param>
    /// <param name="interrupt"><see cref="Interrupt"/> or a token that it also cancels.</param>
    public ValueTask<StepsEnd> RunIterationAsync(VuPool.Slot vu, long number, long? intendedAt, CancellationToken interrupt)
    {
        Tally.Start();
        var iteration = new Iteration(Index, number, intendedAt, Tally);
        if (_pace > 0) return PacedAsync(vu.User, iteration, interrupt);
        var running = vu.User.RunAsync(iteration, interrupt);

        // Who never waits for anything would keep everybody else on the loop from theirs.
        return running.IsCompleted && EventLoop.Current is not null ? YieldAsync(running) : running;
    }

    private async ValueTask<StepsEnd> PacedAsync(IVirtualUser user, Iteration iteration, CancellationToken interrupt)
    {
        var started = Clock.Now;
        var running = user.RunAsync(iteration, interrupt);
        if (running.IsCompleted && EventLoop.Current is not null) running = YieldAsync(running);
        var end = await running;
        if (end < StepsEnd.Aborted) await PaceAsync(started + _pace, interrupt);
        return end;
    }

    private static async ValueTask<StepsEnd> YieldAsync(ValueTask<StepsEnd> done)
    {
        await VuThreads.Yield();
        return await done;
    }

    // Not beyond the scenario's end: there is nothing to wait for after it.
    private async ValueTask PaceAsync(long until, CancellationToken interrupt)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupt, Stop);
        await Clock.WaitUntilAsync(Math.Min(until, RegularEnd), either.Token);
    }

    /// <summary>Planned iterations for which there was no free VU or no time.</summary>
    public void Drop(long iterations)
    {
        if (iterations == 0) return;
        Tally.Drop(iterations);
        _events.Dropped(Index, iterations);
    }

    /// <summary>For the live view.</summary>
    public ScenarioProgress ToProgress(long now)
    {
        var byTime = Plan.RegularDuration.Nanoseconds == 0 ? 1 : (double)(now - StartAt) / Plan.RegularDuration.Nanoseconds;
        var fraction = Plan switch
        {
            SharedIterationsPlan shared => Math.Max(byTime, (double)Tally.Completed / shared.Iterations),
            PerVuIterationsPlan own => Math.Max(byTime, (double)Tally.Completed / (own.MaxVUs * own.IterationsPerVu)),
            _ => byTime,
        };
        return new ScenarioProgress(
            Plan.Name, Plan.Spec.Executor, State, State == ScenarioState.Finished ? 1 : Math.Clamp(fraction, 0, 1), Tally.Active, Plan.MaxVUs,
            Tally.Started, Tally.Completed, Tally.Dropped, Tally.Interrupted);
    }

    /// <summary>For the end.</summary>
    /// <param name="planned">Null where the plan is a time.</param>
    public ScenarioEnd ToEnd(long? planned) => new()
    {
        Name = Plan.Name,
        Executor = Plan.Spec.Executor,
        Planned = planned ?? Tally.Started,
        Started = Tally.Started,
        Completed = Tally.Completed,
        Interrupted = Tally.Interrupted,
        Dropped = Tally.Dropped,
        Abandoned = Tally.Abandoned,
    };

    /// <summary>Said once per scenario: all VUs that it may have are busy.</summary>
    public void WarnOfTooFewVUs() => _events.TooFewVUs(Index, Plan.MaxVUs);
}

/// <summary>What executors tell the outside.</summary>
internal interface IScenarioEvents
{
    /// <summary>So many planned iterations did not start.</summary>
    void Dropped(int scenario, long iterations);

    /// <summary>The scenario ended because a feeder's unique rows ran out.</summary>
    void OutOfRows(int scenario, RowSource feeder);

    /// <summary>Arrivals are dropped because so many VUs are the most and all are busy.</summary>
    void TooFewVUs(int scenario, int maxVUs);
}
