using System.Globalization;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Lifecycle;
using LoadTesting.Operator.Workloads;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Operator.Reconciling;

/// <summary>
/// Makes a LoadTest's runs, mirrors the newest one in its status, stops those that a change outdates, and forgets those beyond the history's limits. The
/// status is replaced as a whole and only at the version that was read: what another process knows better, or what somebody restored beside it, is neither
/// overwritten nor left standing.
/// </summary>
public sealed partial class TestReconciler(
    RunWorld world, EventRecorder recorder, RunDeadlines limits, TestPolicy policy, TimeProvider time, ILogger logger) : IReconciler
{
    private static readonly ReconcileResult SoonAgain = ReconcileResult.Again(TimeSpan.FromMilliseconds(200));

    // Somebody has to raise a quota or grant a right; people wait for it to be noticed.
    private static readonly TimeSpan RefusedAgain = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName name, CancellationToken cancellation)
    {
        if (world.Tests.Find(name) is not { } test)
        {
            return ReconcileResult.Finished;
        }

        var effective = EffectiveTest.Of(test, policy);
        // A spec that was valid when it was run keeps its verdict when the policy becomes stricter; it is only not run again.
        var known = effective.Value ?? EffectiveTest.Of(test, TestPolicy.Unlimited).Value;
        var runs = world.RunsOf(name.Namespace, name.Name).Order(Comparer<LoadTestRun>.Create(RunOrder.Compare)).ToList();
        var seen = TestObserver.Observe(test, known?.Spec, runs) with { IsAllowed = effective.Value is not null };
        var decision = TestLifecycle.Decide(seen);
        if (decision.Standing == TestStanding.Behind || await IsHiddenAsync(test, decision, cancellation))
        {
            LogBehind(name.Namespace, name.Name);
            return SoonAgain;
        }

        Obstacle? refused = null;
        while (decision.CreatesRun)
        {
            (var made, refused) = await CreateRunAsync(test, decision.Handled, cancellation);
            if (made == Creation.OfAnotherSpec)
            {
                return SoonAgain;
            }

            if (made != Creation.Taken)
            {
                break;
            }

            seen = seen with { Taken = [.. seen.Taken, decision.Handled.Sequence] };
            decision = TestLifecycle.Decide(seen);
        }

        if (seen.IsDeleted)
        {
            await ForgetAsync(runs, decision.Forgotten, cancellation);
            return ReconcileResult.Finished;
        }

        var problems = effective.Value is null ? EffectiveTest.Describe(effective.Problems) : null;
        var now = time.GetUtcNow();
        var next = refused is null ? TestStatus.Next(test, seen, decision, runs, problems, now) : TestStatus.Refused(test, decision, refused, limits, now);
        if (!await WriteAsync(test, next, cancellation))
        {
            return SoonAgain;
        }

        // After the status: from here on nobody reads the verdicts of these.
        await ReplaceAsync(runs, decision, next.Run, cancellation);
        await ForgetAsync(runs, decision.Forgotten, cancellation);
        return refused is null ? ReconcileResult.Finished : ReconcileResult.Again(next.Phase == RunPhase.Finished ? limits.Obstacle : RefusedAgain);
    }

    /// <summary>Whether the run that this decision takes for deleted is only not in the cache yet.</summary>
    private async Task<bool> IsHiddenAsync(LoadTest test, TestDecision decision, CancellationToken cancellation)
    {
        if (decision.Standing != TestStanding.Forgotten || TestStatus.HasVerdictOf(test, decision.Handled))
        {
            return false;
        }

        var run = new NamespacedName(test.Metadata.Namespace!, Names.Run(test.Metadata.Name!, test.Metadata.Uid!, decision.Handled.Sequence));
        return await world.Reader.FindAsync(LoadTestResources.LoadTestRuns, run, cancellation) is { Metadata.DeletionTimestamp: null } found
            && TestObserver.SequenceOf(found, test) == decision.Handled.Sequence
            && world.Runs.Find(run) is null;
    }

    private async Task<(Creation Made, Obstacle? Refused)> CreateRunAsync(LoadTest test, TestCause cause, CancellationToken cancellation)
    {
        var generation = test.Metadata.Generation ?? 0;
        var name = Names.Run(test.Metadata.Name!, test.Metadata.Uid!, cause.Sequence);
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Labels.Sequence] = cause.Sequence.ToString(CultureInfo.InvariantCulture),
            [Labels.Generation] = generation.ToString(CultureInfo.InvariantCulture),
        };
        if (cause.Rerun is { } rerun)
        {
            annotations[Labels.RerunOf] = rerun;
        }

        var run = new LoadTestRun
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                Namespace = test.Metadata.Namespace,
                Labels = Labels.Of(test.Metadata.Name!, name),
                Annotations = annotations,
                OwnerReferences =
                [
                    new OwnerReference
                    {
                        ApiVersion = LoadTestResources.ApiVersion, Kind = LoadTestResources.LoadTests.Kind, Name = test.Metadata.Name!, Uid = test.Metadata.Uid!, Controller = true,
                    },
                ],
            },
            Spec = new LoadTestRunSpec { LoadTestRef = new LoadTestReference { Name = test.Metadata.Name! }, Snapshot = test.Spec },
        };
        try
        {
            await world.Writer.CreateAsync(LoadTestResources.LoadTestRuns, run, cancellation);
            recorder.Record(test, EventType.Normal, "RunCreated", "CreateRun", $"Run {name} was made for generation {generation}.");
            LogCreated(test.Metadata.Namespace!, test.Metadata.Name!, name);
            return (Creation.Done, null);
        }
        catch (ApiException e) when (e.Error.IsAlreadyExists)
        {
            var present = await world.Reader.FindAsync(LoadTestResources.LoadTestRuns, new NamespacedName(test.Metadata.Namespace!, name), cancellation);
            LogExists(test.Metadata.Namespace!, name);
            return (present is null ? Creation.OfAnotherSpec
                : TestObserver.SequenceOf(present, test) != cause.Sequence ? Creation.Taken
                // An earlier attempt, or another operator; for another spec where that one saw a change that this one has not, or the other way round.
                : SpecDigest.Of(present.Spec) == cause.Spec ? Creation.Done
                : Creation.OfAnotherSpec, null);
        }
        catch (ApiException e) when (ApiObstacles.Of(e.Error, $"LoadTestRun {name}") is { Hope: not Hope.Retry } obstacle)
        {
            return (Creation.Refused, obstacle);
        }
    }

    private async Task ReplaceAsync(IReadOnlyList<LoadTestRun> runs, TestDecision decision, string? by, CancellationToken cancellation)
    {
        foreach (var run in runs.Where(r => decision.Replaced.Contains(r.Metadata.Name!)))
        {
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["uid"] = run.Metadata.Uid, ["annotations"] = new JsonObject { [Labels.ReplacedBy] = by } },
                ["spec"] = new JsonObject { ["abort"] = true },
            };
            try
            {
                await world.Writer.PatchAsync(LoadTestResources.LoadTestRuns, NamespacedName.Of(run), patch, cancellation);
                var note = $"Stopped: the spec of its test was changed, and run {by} replaces it (spec.onChange).";
                recorder.Record(run, EventType.Normal, "Replaced", "Stop", note);
            }
            catch (ApiException e) when (e.Error.IsNotFound || e.Error.IsConflict)
            {
                // It is gone, or another one has its name: nothing is left to stop.
                continue;
            }
        }
    }

    private async Task ForgetAsync(IReadOnlyList<LoadTestRun> runs, IReadOnlyList<string> forgotten, CancellationToken cancellation)
    {
        foreach (var run in runs.Where(r => forgotten.Contains(r.Metadata.Name!)))
        {
            try
            {
                var only = new DeleteOptions { Uid = run.Metadata.Uid };
                await world.Writer.DeleteAsync(LoadTestResources.LoadTestRuns, NamespacedName.Of(run), only, cancellation);
            }
            catch (ApiException e) when (e.Error.IsConflict)
            {
                // A namesake that was made since.
                continue;
            }
        }
    }

    /// <summary>Whether the status says now what it should; not when the test was changed meanwhile.</summary>
    private async Task<bool> WriteAsync(LoadTest test, LoadTestStatus next, CancellationToken cancellation)
    {
        next = PrintableStatus.Of(next);
        if (LoadTestResources.ToJson(test.Status).ToJsonString() == LoadTestResources.ToJson(next).ToJsonString())
        {
            return true;
        }

        try
        {
            await world.Status.UpdateStatusAsync(LoadTestResources.LoadTests, test with { Status = next }, cancellation);
        }
        catch (ApiException e) when (e.Error.IsConflict)
        {
            return false;
        }
        catch (ApiException e) when (e.Error.IsNotFound)
        {
            return true;
        }

        foreach (var (isWarning, reason, note) in TestStatus.Notes(test.Status, next))
        {
            recorder.Record(test, isWarning ? EventType.Warning : EventType.Normal, reason, "Reconcile", note);
        }

        return true;
    }

    [LoggerMessage(2020, LogLevel.Information, "Run {Run} of {Namespace}/{Test} was made")]
    private partial void LogCreated(string @namespace, string test, string run);

    [LoggerMessage(2021, LogLevel.Information, "Run {Namespace}/{Run} exists already")]
    private partial void LogExists(string @namespace, string run);

    [LoggerMessage(2022, LogLevel.Debug, "What is known of {Namespace}/{Test} is older than one of its runs, or does not have it yet")]
    private partial void LogBehind(string @namespace, string test);

    private enum Creation
    {
        Done,
        OfAnotherSpec,
        Taken,
        Refused,
    }
}
