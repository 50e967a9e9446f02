using System.Globalization;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Lifecycle;
using LoadTesting.Operator.Workloads;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Operator.Reconciling;

/// <summary>Makes a LoadTest's runs, mirrors the newest one in its status, and forgets those beyond the history's limits.</summary>
public sealed partial class TestReconciler(RunWorld world, EventRecorder recorder, ObservePolicy observable, TimeProvider time, ILogger logger) : IReconciler
{
    /// <summary>Annotation of a run: the cause that it answers.</summary>
    public const string CauseAnnotation = "loadtest.dev/cause";

    // Of the operator, for server-side apply: kept over releases.
    private static readonly ApplyOptions Manager = new() { FieldManager = Labels.Manager };

    /// <inheritdoc/>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName name, CancellationToken cancellation)
    {
        if (world.Tests.Find(name) is not { } test)
        {
            return ReconcileResult.Finished;
        }

        var effective = EffectiveTest.Of(test, observable);
        var runs = world.RunsOf(name.Namespace, name.Name).Order(Comparer<LoadTestRun>.Create(RunOrder.Compare)).ToList();
        var history = effective.Value?.Spec.History ?? new HistorySpec();
        var seen = new TestObservation(TestCause.Of(test), [.. runs.Select(r => Known(r, test))])
        {
            HandledCause = test.Status.Bookkeeping?.Cause,
            IsValid = effective.Value is not null,
            IsSuspended = effective.Value?.Spec.Suspend ?? false,
            IsDeleted = test.Metadata.DeletionTimestamp is not null,
            KeepPassed = history.Passed,
            KeepOthers = history.Failed,
        };
        var decision = TestLifecycle.Decide(seen);
        if (decision.CreatesRun)
        {
            await CreateRunAsync(test, seen.Cause, cancellation);
        }

        foreach (var forgotten in decision.Forgotten)
        {
            await world.Writer.DeleteAsync(LoadTestResources.LoadTestRuns, new NamespacedName(name.Namespace, forgotten), cancellation: cancellation);
        }

        if (!seen.IsDeleted)
        {
            var problems = effective.Value is null ? EffectiveTest.Describe(effective.Problems) : null;
            await WriteAsync(test, TestStatus.Next(test, seen, decision, runs.Find(r => r.Metadata.Name == decision.Mirrored), problems, time.GetUtcNow()), problems, cancellation);
        }

        return ReconcileResult.Finished;
    }

    private static KnownRun Known(LoadTestRun run, LoadTest test) => new(
        run.Metadata.Name!,
        run.Metadata.Annotations.GetValueOrDefault(CauseAnnotation),
        run.Metadata.Controller?.Uid == test.Metadata.Uid,
        run.Status.Phase == RunPhase.Finished,
        run.Status.Verdict == nameof(Verdict.Passed));

    private async Task CreateRunAsync(LoadTest test, string cause, CancellationToken cancellation)
    {
        var generation = test.Metadata.Generation ?? 0;
        var name = Names.Run(test.Metadata.Name!, test.Metadata.Uid!, generation, cause);
        var run = new LoadTestRun
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                Namespace = test.Metadata.Namespace,
                Labels = Labels.Of(test.Metadata.Name!, name),
                Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [CauseAnnotation] = cause,
                    [Labels.Generation] = generation.ToString(CultureInfo.InvariantCulture),
                },
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
        }
        catch (ApiException e) when (e.Error.IsAlreadyExists)
        {
            // An earlier attempt, or another operator: the name is a function of the cause.
            LogExists(test.Metadata.Namespace!, name);
        }
    }

    private async Task WriteAsync(LoadTest test, LoadTestStatus next, string? problems, CancellationToken cancellation)
    {
        var (before, after) = (LoadTestResources.ToJson(test.Status), LoadTestResources.ToJson(next));
        if (before.ToJsonString() == after.ToJsonString())
        {
            return;
        }

        try
        {
            await world.Status.ApplyStatusAsync(LoadTestResources.LoadTests, NamespacedName.Of(test), after, Manager, cancellation);
        }
        catch (ApiException e) when (e.Error.IsNotFound)
        {
            return;
        }

        if (problems is not null && (test.Status.Reason != next.Reason || test.Status.Message != next.Message))
        {
            recorder.Record(test, EventType.Warning, Reasons.InvalidManifest, "Validate", problems);
        }
    }

    [LoggerMessage(2020, LogLevel.Information, "Run {Run} of {Namespace}/{Test} was made")]
    private partial void LogCreated(string @namespace, string test, string run);

    [LoggerMessage(2021, LogLevel.Information, "Run {Namespace}/{Run} exists already")]
    private partial void LogExists(string @namespace, string run);
}
