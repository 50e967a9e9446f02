using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Caching;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Validation;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Collection;
using LoadTesting.Operator.Lifecycle;
using LoadTesting.Operator.Telemetry;
using LoadTesting.Operator.Workloads;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Operator.Reconciling;

/// <summary>
/// Brings a LoadTestRun to its end: observe, decide, write the decision down, act. The status is written with the version that was read as a precondition: a process
/// that no longer leads, or whose cache is behind, gets a conflict before it can do anything, because acting comes after writing.
/// </summary>
public sealed partial class RunReconciler(RunWorld world, RunSessions sessions, RunActor actor, RunEvents events, RunMetrics metrics, Baselines baselines, PodTroubles troubles, CheckpointStore checkpoints, ForeignPods foreign, RunDeadlines standard, TestPolicy policy, TimeProvider time, ILogger logger) : IReconciler
{
    // Progress is for people; phases, T0 and verdict are written at once.
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);

    // However often passes failed: a run has heartbeats to hear and deadlines to keep.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<NamespacedName, Last> _last = new();

    /// <inheritdoc/>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName name, CancellationToken cancellation)
    {
        try
        {
            return await PassAsync(name, cancellation);
        }
        catch (Exception e) when (ExpectedFailure.Is(e) && !cancellation.IsCancellationRequested)
        {
            var left = (_last.GetValueOrDefault(name)?.Deadline ?? DateTimeOffset.MaxValue) - time.GetUtcNow();
            return new ReconcileResult.Failed(e) { Within = left < LongestPause && left > TimeSpan.Zero ? left : LongestPause };
        }
    }

    private async Task<ReconcileResult> PassAsync(NamespacedName name, CancellationToken cancellation)
    {
        if (Newest(name) is not { } run)
        {
            await GoneAsync(name, cancellation);
            return ReconcileResult.Finished;
        }

        if (run.Spec.Snapshot is null && run.Status.Phase is not RunPhase.Finished)
        {
            return await SnapshotAsync(run, cancellation);
        }

        metrics.Found(run);
        var pods = foreign.Without(run, world.Pods.OwnedBy(run.Metadata.Uid!));
        if (run.Status.Phase == RunPhase.Finished && pods.Count == 0)
        {
            if (run.Status.ObservedGeneration < run.Metadata.Generation && !await SayAsync(run, cancellation))
            {
                return ReconcileResult.Again(TimeSpan.FromMilliseconds(200));
            }

            Forget(name, run);
            return ReconcileResult.Finished;
        }

        // What a run does never changes once it has begun, so it is read and checked once and not on every beat.
        var session = sessions.Find(run.Metadata.Uid!);
        var problems = (string?)null;
        if (session is null)
        {
            var effective = await EffectiveAsync(run, cancellation);
            session = effective.Value is { } test ? sessions.For(run, test) : null;
            problems = session is null ? EffectiveTest.Describe(effective.Problems) : null;
        }

        var limits = session?.Limits ?? standard;
        if (session is not null)
        {
            session.Follow(run.Status.Runners?.LostRunners ?? []);
            Locate(session, pods, run);
            await RecallAsync(run, session, pods, cancellation);
            await troubles.LookAsync(run, session, pods, cancellation);
            await session.ReadRunnersAsync(Instants.Read(run.Status.StartTime), limits.Look, cancellation);
            await session.ObserveTargetAsync(Instants.Read(run.Status.StartTime));
        }

        var seen = Look(run, pods, session, problems);
        if (session is not null && seen is { StartAt: not null, Phase: RunPhase.Running or RunPhase.Evaluating })
        {
            // Before the status says that a runner is lost, what it said last is where a successor finds it.
            await checkpoints.SaveAsync(run, session, said => seen.Runners[said.Worker].MayBeTheLast(said, seen.Now, limits.Silence));
        }

        _last.GetOrAdd(name, _ => new Last()).Deadline = RunLifecycle.NextDeadline(seen, limits);
        var decision = RunLifecycle.Decide(seen, limits);
        var written = await WriteAsync(run, seen, decision, session, cancellation);
        if (written is null)
        {
            return ReconcileResult.Again(TimeSpan.FromMilliseconds(200));
        }

        if (session is not null)
        {
            foreach (var intents in decision.Intents.GroupBy(i => i.GetType()))
            {
                // Of one kind all at once: 500 Pods one after the other, or 500 start instants, would take longer than the lead before T0.
                await Task.WhenAll(intents.Select(intent => actor.PerformAsync(intent, written, session, pods, cancellation)));
            }
        }

        if (session is not null && decision.Phase == RunPhase.Finished)
        {
            await checkpoints.ClearAsync(run, session);
        }

        return Next(seen, decision);
    }

    /// <summary>
    /// What stands outside of this process: last words of runners, and the baseline. A run whose last words cannot be read is not judged on what is left of
    /// them, unless its time is up: then what is missing is stated as lost.
    /// </summary>
    private async Task RecallAsync(LoadTestRun run, RunSession session, IReadOnlyList<Pod> pods, CancellationToken cancellation)
    {
        try
        {
            if (run.Status.Phase is RunPhase.Running or RunPhase.Evaluating)
            {
                await checkpoints.RestoreAsync(run, session, cancellation);
            }

            await baselines.LookAsync(run, session, cancellation);
        }
        catch (Exception e) when (ExpectedFailure.Is(e) && !cancellation.IsCancellationRequested)
        {
            var limits = session.Limits;
            var seen = Observer.Observe(run, pods, session, new Surroundings(time.GetUtcNow(), null, false));
            if (RunLifecycle.NextDeadline(seen, limits) is not null)
            {
                _last.GetOrAdd(NamespacedName.Of(run), _ => new Last()).Deadline = RunLifecycle.NextDeadline(seen, limits);
                throw;
            }

            LogNotRecalled(run.Metadata.Namespace!, run.Metadata.Name!, e.Message);
        }
    }

    private ReconcileResult Next(RunObservation seen, RunDecision decision)
    {
        if (decision.LookAgain is not { } again)
        {
            return ReconcileResult.Finished;
        }

        var moved = decision.Phase != seen.Phase || decision.Intents.Any(i => i is RunIntent.CreateSupportingObjects or RunIntent.StoreEvidence);
        var delay = again - time.GetUtcNow();
        return ReconcileResult.Again(moved || delay < TimeSpan.Zero ? TimeSpan.Zero : delay);
    }

    private RunObservation Look(LoadTestRun run, IReadOnlyList<Pod> pods, RunSession? session, string? invalidity, Obstacle? obstacle = null)
    {
        var limits = session?.Limits ?? standard;
        var isToBegin = run.Status.Phase is null or RunPhase.Pending or RunPhase.Queued;
        var surroundings = new Surroundings(time.GetUtcNow(), invalidity, isToBegin && world.MustQueue(run), obstacle)
        {
            IsHeldBack = isToBegin && world.IsHeldBack(run),
        };
        var seen = Observer.Observe(run, pods, session, surroundings);
        if (session is null || seen.StartAt is not { } startAt)
        {
            return seen;
        }

        session.Mark(run.Metadata.Annotations, startAt);
        var over = seen.Runners.All(r => r.IsFinished || r.IsComing || r.IsLost(seen.Now, limits.Silence) || r.HasNothingToEnd(seen.Now, limits.Silence));
        if (seen.Phase == RunPhase.Running)
        {
            session.Tick(startAt, limits.Beat);
        }

        if (seen.Phase == RunPhase.Evaluating && over)
        {
            session.EndLoad();
            if (Observer.Circumstances(run, seen, session, limits) is { } circumstances)
            {
                session.Judge(circumstances);
            }
        }

        return Observer.Observe(run, pods, session, surroundings);
    }

    /// <summary>Writes what was decided; null when the run changed meanwhile.</summary>
    private async Task<LoadTestRun?> WriteAsync(LoadTestRun run, RunObservation seen, RunDecision decision, RunSession? session, CancellationToken cancellation)
    {
        var next = PrintableStatus.Of(RunStatus.Next(run, seen, decision, session, session?.Limits ?? standard));
        var last = _last.GetOrAdd(NamespacedName.Of(run), _ => new Last());
        if (!MustWrite(run.Status, next) && (IsSame(run.Status, next) || seen.Now - last.Written < ProgressEvery))
        {
            return run;
        }

        try
        {
            var written = await world.Status.UpdateStatusAsync(LoadTestResources.LoadTestRuns, run with { Status = next }, cancellation);
            (last.Run, last.Written) = (written, seen.Now);
            events.Tell(run, written, world.TestOf(run));
            metrics.Moved(run, written, session?.Skew.Value, seen.Now);
            if (run.Status.Phase != next.Phase)
            {
                LogPhase(run.Metadata.Namespace!, run.Metadata.Name!, next.Phase.ToString()!, next.Verdict ?? "-", next.Reason!, next.Message!);
            }

            return written;
        }
        catch (ApiException e) when (e.Error.IsConflict)
        {
            // Somebody wrote since (abort, another operator): decide again on what is there now.
            last.Run = await world.Reader.FindAsync(LoadTestResources.LoadTestRuns, NamespacedName.Of(run), cancellation);
            return null;
        }
        catch (ApiException e) when (e.Error.IsNotFound)
        {
            return null;
        }
        catch (ApiException e) when (next.HasMeasurements && ApiObstacles.Of(e.Error, "The status") is { Hope: Hope.None } obstacle)
        {
            // Too large, or a value that the API server's schema does not take: verdict and cause are worth more than the numbers, which stand in the evidence.
            LogStatusRefused(run.Metadata.Namespace!, run.Metadata.Name!, obstacle.Message);
            var written = await world.Status.UpdateStatusAsync(LoadTestResources.LoadTestRuns, run with { Status = next.WithoutMeasurements() }, cancellation);
            (last.Run, last.Written) = (written, seen.Now);
            return written;
        }
    }

    /// <summary>
    /// What the run does. Where its spec is no longer what it was made with and this process has not seen it before, the plan that its runners got tells.
    /// </summary>
    private async Task<Validated<EffectiveTest>> EffectiveAsync(LoadTestRun run, CancellationToken cancellation)
    {
        if (!RunChanges.IsChanged(run))
        {
            // A policy is asked before anything is made. What it let through goes on, whatever the policy of the next operator is.
            return EffectiveTest.Of(run, RunWorld.HasBegun(run) ? TestPolicy.Unlimited : policy);
        }

        // The plan is a ConfigMap, which people of the namespace may have put in place of the one that was let through.
        return await actor.PlanAsync(run, cancellation) is { } plan ? EffectiveTest.OfPlan(plan, run.Metadata.Namespace, policy)
            : new(null, [new Problem("spec", "immutable", "it was changed after the run was made, and what it was is not known any more; make a new run")]);
    }

    /// <summary>Says that what was written after the end has no effect; false when the run was changed meanwhile.</summary>
    private async Task<bool> SayAsync(LoadTestRun run, CancellationToken cancellation)
    {
        try
        {
            var told = run with { Status = PrintableStatus.Of(RunChanges.AfterTheEnd(run, time.GetUtcNow())) };
            var written = await world.Status.UpdateStatusAsync(LoadTestResources.LoadTestRuns, told, cancellation);
            events.Tell(run, written, world.TestOf(run));
            return true;
        }
        catch (ApiException e) when (e.Error.IsConflict)
        {
            return false;
        }
        catch (ApiException e) when (e.Error.IsNotFound)
        {
            return true;
        }
    }

    private static bool MustWrite(LoadTestStatus old, LoadTestStatus next) =>
        old.Phase != next.Phase || old.Verdict != next.Verdict || old.Reason != next.Reason || old.StartTime != next.StartTime || old.Evidence != next.Evidence
        || old.Bookkeeping != next.Bookkeeping || old.ObservedGeneration != next.ObservedGeneration || !(old.Runners?.LostRunners ?? []).SequenceEqual(next.Runners?.LostRunners ?? []);

    private static bool IsSame(LoadTestStatus old, LoadTestStatus next) => LoadTestResources.ToJson(old).ToJsonString() == LoadTestResources.ToJson(next).ToJsonString();

    /// <summary>The newest state known: a cache may be behind what this process wrote itself.</summary>
    private LoadTestRun? Newest(NamespacedName name)
    {
        var cached = world.Runs.Find(name);
        return cached is not null && _last.TryGetValue(name, out var last) && last.Run is { } own && own.Metadata.Uid == cached.Metadata.Uid
            && ResourceVersions.IsOlder(cached.Metadata.ResourceVersion, own.Metadata.ResourceVersion) ? own : cached;
    }

    private static void Locate(RunSession session, IReadOnlyList<Pod> pods, LoadTestRun run)
    {
        var byName = pods.ByName();
        for (var index = 0; index < session.Runners.Count; index++)
        {
            // A Pod that ended has an address that may be another's by now.
            var pod = byName.GetValueOrDefault(Names.Pod(run.Metadata.Name!, index, session.Runners[index].Incarnation));
            session.Addresses[index] = pod?.Status is { PodIP: { Length: > 0 } ip, Phase: "Running" } ? new UriBuilder("https", ip, AgentContract.DefaultPort).Uri : null;
        }
    }

    /// <summary>A run made by hand: takes the test's spec as it is now, once.</summary>
    private async Task<ReconcileResult> SnapshotAsync(LoadTestRun run, CancellationToken cancellation)
    {
        if (world.TestOf(run) is not { Spec: { } snapshot } test)
        {
            var seen = Look(run, [], null, $"There is no LoadTest '{run.Spec.LoadTestRef.Name}' in this namespace.");
            await WriteAsync(run, seen, RunLifecycle.Decide(seen, standard), null, cancellation);
            return ReconcileResult.Finished;
        }

        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] = run.Metadata.ResourceVersion,
                ["annotations"] = new JsonObject { [Labels.Generation] = (test.Metadata.Generation ?? 0).ToString(CultureInfo.InvariantCulture) },
            },
            ["spec"] = new JsonObject { ["snapshot"] = snapshot.DeepClone() },
        };
        try
        {
            var name = NamespacedName.Of(run);
            _last.GetOrAdd(name, _ => new Last()).Run = await world.Writer.PatchAsync(LoadTestResources.LoadTestRuns, name, patch, cancellation);
        }
        catch (ApiException e) when (e.Error.IsConflict)
        {
            return ReconcileResult.Again(TimeSpan.FromMilliseconds(200));
        }
        catch (ApiException e) when (ApiObstacles.Of(e.Error, $"The snapshot of LoadTestRun {run.Metadata.Name}") is { Hope: not Hope.Retry } obstacle)
        {
            var seen = Look(run, [], null, null, obstacle);
            var decision = RunLifecycle.Decide(seen, standard);
            await WriteAsync(run, seen, decision, null, cancellation);
            return decision.Phase == RunPhase.Finished ? ReconcileResult.Finished : ReconcileResult.Again(standard.Beat);
        }

        return ReconcileResult.Again(TimeSpan.Zero);
    }

    /// <summary>The run is deleted: its Pods go with it, and meanwhile must not send on.</summary>
    private async Task GoneAsync(NamespacedName name, CancellationToken cancellation)
    {
        metrics.RunGone(name);
        if (!_last.TryRemove(name, out var last) || last.Run is not { } run || sessions.Drop(run.Metadata.Uid!) is not { } session)
        {
            return;
        }

        var all = Enumerable.Range(0, session.Runners.Count).ToList();
        await Task.WhenAll(all.Select(i => actor.PerformAsync(new RunIntent.Stop(i, Interrupt: true), run, session, [], cancellation)));

        // A runner holds its results until somebody has them; nobody wants these, and its Pod should not wait out its grace period.
        for (var attempt = 0; attempt < 10 && session.Runners.Any(r => !r.HasConcluded); attempt++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300), time, cancellation);
            await Task.WhenAll(all.Select(i => actor.PerformAsync(new RunIntent.Acknowledge(i), run, session, [], cancellation)));
        }
    }

    private void Forget(NamespacedName name, LoadTestRun run)
    {
        _last.TryRemove(name, out _);
        sessions.Drop(run.Metadata.Uid!);
    }

    [LoggerMessage(2011, LogLevel.Warning, "Run {Namespace}/{Run}: what its runners said last could not be read, and its time is up: {Error}")]
    private partial void LogNotRecalled(string @namespace, string run, string error);

    [LoggerMessage(2012, LogLevel.Warning, "Run {Namespace}/{Run}: its status was refused and is written without measurements: {Error}")]
    private partial void LogStatusRefused(string @namespace, string run, string error);

    [LoggerMessage(2010, LogLevel.Information, "Run {Namespace}/{Run} is {Phase}, verdict {Verdict}, {Reason}: {Message}")]
    private partial void LogPhase(string @namespace, string run, string phase, string verdict, string reason, string message);

    private sealed class Last
    {
        public LoadTestRun? Run { get; set; }

        public DateTimeOffset Written { get; set; }

        /// <summary>When time alone changes what is decided.</summary>
        public DateTimeOffset? Deadline { get; set; }
    }
}
