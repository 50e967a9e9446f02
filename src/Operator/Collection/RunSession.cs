using LoadTesting.Metrics;
using LoadTesting.Model.Collecting;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Judging.Windows;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Lifecycle;
using LoadTesting.Operator.Observing;
using LoadTesting.Operator.Reconciling;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadTesting.Operator.Collection;

/// <summary>
/// What this process holds of a run that goes on: the runners' latest snapshots and what follows from them. All of it, except the past seconds of the time series, comes
/// back from the runners, the status and the checkpoint when another process takes over.
/// </summary>
public sealed class RunSession
{
    private readonly RunnerClient _client;
    private readonly TimeProvider _time;
    private readonly RunnerState[] _runners;
    private readonly Task<RunnerReading>?[] _looks;
    private readonly SeriesPool _pool = new();
    private DateTimeOffset _lastTick;
    private double _lastPodSecond = -1;
    private bool _targetIsObserved;

    /// <param name="uid">The run's uid.</param>
    /// <param name="test">What it does.</param>
    /// <param name="access">What its agents want to see.</param>
    /// <param name="client">Speaks to them.</param>
    /// <param name="time">Clock of beats and heartbeats.</param>
    /// <param name="watch">Observes the target for the collector that it is given; null = without a cluster to look at.</param>
    public RunSession(string uid, EffectiveTest test, AgentAccess access, RunnerClient client, TimeProvider time, Func<RunCollector, TargetWatch>? watch = null)
    {
        (Uid, Test, Access, _client, _time) = (uid, test, access, client, time);
        var count = test.Spec.Runners.Replicas;
        Collector = new RunCollector(test.Spec, test.Thresholds, count);
        Watch = watch?.Invoke(Collector) ?? new TargetWatch(test.Spec, test.Manifest.Namespace ?? "", Collector, null, time, NullLogger.Instance);
        _runners = [.. Enumerable.Range(0, count).Select(_ => new RunnerState(time.GetUtcNow(), pool: _pool))];
        (Addresses, _looks) = (new Uri?[count], new Task<RunnerReading>?[count]);
        Checkpoints = new CheckpointBook(count);
    }

    /// <summary>The run's uid.</summary>
    public string Uid { get; }

    /// <summary>What it does.</summary>
    public EffectiveTest Test { get; }

    /// <summary>How long it may wait for what.</summary>
    public RunDeadlines Limits { get; init; } = new();

    /// <summary>What its agents want to see.</summary>
    public AgentAccess Access { get; }

    /// <summary>The merged data.</summary>
    public RunCollector Collector { get; }

    /// <summary>Observes the target.</summary>
    public TargetWatch Watch { get; }

    /// <summary>Everything that can still be observed of the target is in: only then the run can be judged.</summary>
    public bool TargetIsObserved => Load is not null && (_targetIsObserved || Test.Spec.Observe is not { Prometheus.Count: > 0 });

    /// <summary>The newest runner of each index.</summary>
    public IReadOnlyList<RunnerState> Runners => _runners;

    /// <summary>The runners' addresses as last seen; null without one.</summary>
    public Uri?[] Addresses { get; }

    /// <summary>What of the snapshots stands outside of this process.</summary>
    public CheckpointBook Checkpoints { get; }

    /// <summary>How far apart the runners began, as near as can be told: for people.</summary>
    public StartSkew Skew { get; } = new();

    /// <summary>How far apart they began for certain, whatever the round trips leave open: for the verdict.</summary>
    public StartSkewEstimator CertainSkew { get; } = new();

    /// <summary>Whether the baseline was looked for.</summary>
    public bool HasLookedForBaseline { get; set; }

    /// <summary>Waiting for the target.</summary>
    public StageCall Target { get; } = new();

    /// <summary>Since when this process waits for the target's workloads; null before.</summary>
    public DateTimeOffset? AwaitsSince { get; set; }

    /// <summary>Setup.</summary>
    public StageCall Setup { get; } = new();

    /// <summary>Verify.</summary>
    public StageCall Verify { get; } = new();

    /// <summary>Teardown.</summary>
    public StageCall Teardown { get; } = new();

    /// <summary>The thresholds as they stand.</summary>
    public IReadOnlyList<ThresholdResult> Standing { get; private set; } = [];

    /// <summary>A broken threshold asked to stop.</summary>
    public bool ThresholdAbort { get; private set; }

    /// <summary>Length of the load; null before it has ended everywhere.</summary>
    public Duration? Load { get; private set; }

    /// <summary>The evidence with the verdict over it; null before everything that can come is in.</summary>
    public (RunEvidence Evidence, VerdictDecision Decision)? Judged { get; private set; }

    /// <summary>When the events of a Pod were read last.</summary>
    public DateTimeOffset LookedAtEvents { get; set; }

    /// <summary>Plan and token exist.</summary>
    public bool SupportExists { get; set; }

    /// <summary>What is in the way of plan and token; null when nothing is.</summary>
    public Obstacle? SupportObstacle { get; private set; }

    /// <summary>The evidence's ConfigMap exists.</summary>
    public bool EvidenceStored { get; set; }

    /// <summary>What is in the way of the evidence; null when nothing is.</summary>
    public Obstacle? EvidenceObstacle { get; private set; }

    /// <summary>Plan or token could not be made; what is in the way keeps the instant since when it is.</summary>
    public void MissesSupport(Obstacle obstacle) => SupportObstacle = obstacle with { Since = SupportObstacle?.Since ?? _time.GetUtcNow() };

    /// <summary>The evidence could not be stored.</summary>
    public void MissesEvidence(Obstacle obstacle) => EvidenceObstacle = obstacle with { Since = EvidenceObstacle?.Since ?? _time.GetUtcNow() };

    /// <summary>Plan and token exist.</summary>
    public void HasSupport() => (SupportExists, SupportObstacle) = (true, null);

    /// <summary>The evidence is stored.</summary>
    public void HasEvidence() => (EvidenceStored, EvidenceObstacle) = (true, null);

    /// <summary>Sets the marks that a run's annotations name; one that is known already changes nothing.</summary>
    public void Mark(IReadOnlyDictionary<string, string> annotations, DateTimeOffset startAt)
    {
        foreach (var (key, value) in annotations)
        {
            if (key.StartsWith(RunMark.AnnotationPrefix, StringComparison.Ordinal)
                && RunMark.TryParse(key[RunMark.AnnotationPrefix.Length..], value, startAt) is { } mark)
            {
                Collector.Mark(mark);
            }
        }
    }

    /// <summary>Follows the status: where a runner was replaced, the newest one is looked at from now on.</summary>
    public void Follow(IReadOnlyList<LostRunnerStatus> lost)
    {
        foreach (var replaced in lost.Where(l => l.Replaced == true))
        {
            var next = (replaced.Incarnation ?? 0) + 1;
            if (_runners[replaced.Index].Incarnation < next)
            {
                _runners[replaced.Index] = new RunnerState(_time.GetUtcNow(), next, _pool);
                Addresses[replaced.Index] = null;
                _looks[replaced.Index] = null;
            }
        }
    }

    /// <summary>Takes in what a runner said to an earlier process; what it says itself is newer.</summary>
    /// <param name="snapshot">What it said.</param>
    /// <param name="startAt">T0; null before it is agreed.</param>
    /// <returns>What of it cannot be: nothing is taken in then. Null when it can.</returns>
    public SnapshotRefusal? Restore(WorkerSnapshot snapshot, DateTimeOffset? startAt)
    {
        if (Bounds(startAt).Refuse(snapshot) is { } refusal)
        {
            return refusal;
        }

        if (Collector.Offer(snapshot) == OfferResult.Accepted)
        {
            _runners[snapshot.Worker].Remember(snapshot);
        }

        return null;
    }

    private SnapshotLimits Bounds(DateTimeOffset? startAt) => new(
        _runners.Length, startAt is { } start ? new Duration((_time.GetUtcNow() - start).Ticks * 100) : Duration.Zero, new Duration(Test.Longest.Ticks * 100));

    /// <summary>
    /// Looks at every runner that has an address and something to tell. An answer that takes longer than a pass waits counts in a later pass: a runner that is slow, because its node or
    /// it itself is overloaded, is not a silent one, and keeps nobody else waiting.
    /// </summary>
    /// <param name="startAt">T0; null before it is agreed.</param>
    /// <param name="wait">How long this pass waits for answers.</param>
    /// <param name="cancellation">Ends the attempts.</param>
    public async Task ReadRunnersAsync(DateTimeOffset? startAt, TimeSpan wait, CancellationToken cancellation)
    {
        var begun = new List<Task>();
        for (var index = 0; index < _looks.Length; index++)
        {
            if (_looks[index] is null && Addresses[index] is { } address && !_runners[index].HasConcluded)
            {
                begun.Add(_looks[index] = _client.ReadAsync(address, Access, index, cancellation, _runners[index].Follower));
            }
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(Task.WhenAll(begun), Task.Delay(wait, _time, enough.Token));
        await enough.CancelAsync();
        await Task.WhenAll(_looks.Select(async (look, index) =>
        {
            if (look is { IsCompleted: true })
            {
                _looks[index] = null;
                await HearAsync(index, await look, startAt, cancellation);
            }
        }));
        await Target.LookAsync();
        await Setup.LookAsync();
        await Verify.LookAsync();
        await Teardown.LookAsync();
    }

    private async Task HearAsync(int index, RunnerReading reading, DateTimeOffset? startAt, CancellationToken cancellation)
    {
        var runner = _runners[index];
        if (reading.Snapshot is { } claimed && Bounds(startAt).Refuse(claimed) is { } refusal)
        {
            // Whoever says what cannot be is not heard at all: from the start on that is a lost runner, which nobody takes for a finished one.
            reading = RunnerReading.Silent(refusal.ToString());
        }

        runner.Heard(reading, _time.GetUtcNow());
        if (reading.Snapshot is { } snapshot && snapshot.Worker == index && snapshot.Incarnation == runner.Incarnation)
        {
            Collector.Offer(snapshot);
        }

        if (runner.Incarnation == 0)
        {
            Skew.Add(index, reading, runner.Clock.Offset);
        }

        if (runner.Incarnation == 0 && startAt is { } start && reading is { State: AgentStates.Running, Snapshot: { } running })
        {
            var asked = reading.Sent - start;
            CertainSkew.Observe(index, new Duration(asked.Ticks * 100), new Duration((asked + reading.RoundTrip).Ticks * 100), new Duration(running.OffsetNanoseconds));
        }

        if (reading.State == AgentStates.Preparing && Addresses[index] is { } address)
        {
            runner.PlanRefusal = await _client.RefusalAsync(address, Access, cancellation);
        }
    }

    /// <summary>Observes the target; at most one sample of its Pods a second.</summary>
    /// <param name="startAt">T0; null before it is agreed.</param>
    public async Task ObserveTargetAsync(DateTimeOffset? startAt)
    {
        var now = _time.GetUtcNow();
        Duration? load = startAt is { } start ? Load ?? new Duration((now - start).Ticks * 100) : null;
        if (Load is null)
        {
            var second = load is { } since ? Math.Floor(since.Seconds) : -1;
            Watch.LookAtPods(load, counts: second > _lastPodSecond);
            _lastPodSecond = Math.Max(_lastPodSecond, second);
        }

        if (load is { } length)
        {
            var silent = now - TimeSpan.FromSeconds(5);
            // One that has concluded is not read any more, but answers until it is acknowledged.
            var asker = Enumerable.Range(0, _runners.Length).FirstOrDefault(i => Addresses[i] is not null && (_runners[i].HasConcluded || _runners[i].LastHeard > silent), -1);
            var done = await Watch.AskAsync(length, isOver: Load is not null, asker < 0 ? null : due => _client.ObserveAsync(Addresses[asker]!, Access, startAt!.Value, due));
            if (done && Load is not null && !_targetIsObserved)
            {
                Collector.EndObservations(length);
                _targetIsObserved = true;
            }
        }
    }

    /// <summary>Ends a collection round of a run whose load is being sent: at most one a second, however often the run is looked at.</summary>
    /// <param name="startAt">T0.</param>
    /// <param name="beat">Least time between two rounds.</param>
    public void Tick(DateTimeOffset startAt, TimeSpan beat)
    {
        var now = _time.GetUtcNow();
        if (now - _lastTick < beat - TimeSpan.FromMilliseconds(50) || Load is not null)
        {
            return;
        }

        _lastTick = now;
        Standing = Collector.Tick(new Duration((now - startAt).Ticks * 100));
        // What a step of the test ends on one runner, it ends on all, in the same way.
        ThresholdAbort |= Standing.Any(r => r.AbortRequested) || Collector.AbortReason is not null;
    }

    /// <summary>The load has ended everywhere and every runner that can be was read since.</summary>
    public void EndLoad() => Load ??= Collector.EndLoad();

    /// <summary>Everything that can come is in: judges once.</summary>
    public void Judge(RunEvidence circumstances)
    {
        if (Judged is null && TargetIsObserved && Load is { } load)
        {
            Judged = Collector.Finish(load, circumstances);
        }
    }
}
