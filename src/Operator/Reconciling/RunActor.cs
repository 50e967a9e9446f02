using System.Text.Json;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Collection;
using LoadTesting.Operator.Lifecycle;
using LoadTesting.Operator.Workloads;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Operator.Reconciling;

/// <summary>
/// Carries out what the lifecycle decided. Every intent may be carried out again: names are deterministic, an object that exists already and is ours is the success of an
/// earlier attempt, and agents answer a repeated verb as they did before.
/// </summary>
public sealed partial class RunActor(IReader reader, IWriter writer, RunnerClient client, EvidenceStore evidence, Rollouts rollouts, StageJobs jobs, RunKeys keys, RunnerImage image, TimeProvider time, ILogger logger)
{
    /// <summary>One intent.</summary>
    public Task PerformAsync(RunIntent intent, LoadTestRun run, RunSession session, IReadOnlyList<Pod> pods, CancellationToken cancellation) => intent switch
    {
        RunIntent.CreateSupportingObjects => SupportAsync(run, session, cancellation),
        RunIntent.CreateRunner create => CreateAsync(run, session, create.Index, pods, cancellation),
        RunIntent.DeletePredecessors old => DeletePredecessorsAsync(run, session, old.Index, pods, cancellation),
        RunIntent.AwaitTarget ask => AwaitTargetAsync(run, session, ask.Index, cancellation),
        RunIntent.RunSetup ask => StageAsync(run, session, session.Setup, AgentContract.SetupPath, ask.Index, session.Limits.Setup, pods, cancellation),
        RunIntent.RunVerify ask => StageAsync(run, session, session.Verify, AgentContract.VerifyPath, ask.Index, session.Limits.Evaluate, pods, cancellation),
        RunIntent.RunTeardown ask => StageAsync(run, session, session.Teardown, AgentContract.TeardownPath, ask.Index, session.Limits.Evaluate, pods, cancellation),
        RunIntent.Start start => StartAsync(session, start, cancellation),
        RunIntent.Stop stop => VerbAsync(session, stop.Index, AgentContract.StopPath, a => client.StopAsync(a, session.Access, stop.Interrupt, cancellation)),
        RunIntent.Acknowledge ack => VerbAsync(session, ack.Index, AgentContract.AckPath, a => client.AcknowledgeAsync(a, session.Access, cancellation)),
        RunIntent.StoreEvidence store => evidence.StoreAsync(run, session, store.Outcome, pods, cancellation),
        RunIntent.DeleteRunners => DeleteAsync(run, pods, cancellation),
        _ => throw new InvalidOperationException($"unknown intent {intent}"),
    };

    /// <summary>The plan that the run's runners got; null when there is none of this run's.</summary>
    public Task<SpecNode?> PlanAsync(LoadTestRun run, CancellationToken cancellation) => SupportingObjects.ReadPlanAsync(async part =>
        await reader.FindAsync(Resources.ConfigMaps, new NamespacedName(run.Metadata.Namespace!, Names.Plan(run.Metadata.Name!, part)), cancellation) is { } map
        && Ownership.IsOf(run, map) ? map : null);

    private async Task SupportAsync(LoadTestRun run, RunSession session, CancellationToken cancellation)
    {
        foreach (var part in SupportingObjects.Plan(run, session.Test.Plan))
        {
            if (await EnsureAsync(Resources.ConfigMaps, part, run, cancellation, session.MissesSupport) is { } plan)
            {
                session.MissesSupport(plan);
                return;
            }
        }

        // A Secret is never read back: whose it is, its name says, which nobody else's object has by chance.
        if (await EnsureAsync(Resources.Secrets, SupportingObjects.Access(run, keys), null, cancellation, session.MissesSupport) is { } token)
        {
            session.MissesSupport(token);
            return;
        }

        session.HasSupport();
    }

    private async Task CreateAsync(LoadTestRun run, RunSession session, int index, IReadOnlyList<Pod> pods, CancellationToken cancellation)
    {
        var runner = session.Runners[index];
        if (!session.SupportExists)
        {
            // A replacement, made by an operator that did not begin the run: what its Pod mounts has the names that this operator gives.
            await SupportAsync(run, session, cancellation);
        }

        // A node that is gone keeps its place in the scheduler's eyes for a while, and what killed one runner may kill the next.
        var shunned = runner.Incarnation == 0 ? null : pods.FirstOrDefault(p => p.Metadata.Name == Names.Pod(run.Metadata.Name!, index, runner.Incarnation - 1))?.Spec.NodeName;
        try
        {
            var pod = RunnerPod.Of(run, session.Test.Spec, index, session.Test.Longest, image, runner.Incarnation, shunned, session.Test.PlanParts);
            runner.PodRefusal = await EnsureAsync(Resources.Pods, pod, run, cancellation, refused => runner.PodRefusal = refused);
        }
        catch (JsonException e)
        {
            runner.PodRefusal = new Obstacle(Hope.None, Reasons.PodRefused, $"spec.runners holds a field that does not have the shape it has in a Pod: {e.Path}: {e.Message}");
        }
    }

    /// <summary>Workloads first: as long as their rollout goes on, an answer may come from the old version.</summary>
    private async Task AwaitTargetAsync(LoadTestRun run, RunSession session, int index, CancellationToken cancellation)
    {
        var ready = session.Test.Spec.Ready!;
        var now = time.GetUtcNow();
        session.AwaitsSince ??= now;
        if (await rollouts.MissingAsync(run.Metadata.Namespace!, ready.Rollouts, cancellation) is { } missing)
        {
            if (now - session.AwaitsSince > ready.Timeout.ToTimeSpan())
            {
                session.Target.Settle(ok: false, $"the target was not ready within {ready.Timeout}: {missing}");
            }

            return;
        }

        if (ready.Http.Count == 0)
        {
            session.Target.Settle(ok: true);
            return;
        }

        Ask(session, session.Target, AgentContract.AwaitPath, index, ready.Timeout.ToTimeSpan() + session.Limits.Obstacle);
    }

    /// <summary>Asks for a stage; where it waits for a job, that comes first.</summary>
    private async Task StageAsync(LoadTestRun run, RunSession session, StageCall call, string path, int index, TimeSpan limit, IReadOnlyList<Pod> pods, CancellationToken cancellation)
    {
        if (call.Wanted is null)
        {
            Ask(session, call, path, index, limit);
        }
        else if (!call.IsAsking && await jobs.LookAsync(run, session.Test.Spec, path.TrimStart('/'), call, session.Limits, pods, cancellation) is { } result)
        {
            Ask(session, call, path, index, limit, result);
        }
    }

    private void Ask(RunSession session, StageCall call, string path, int index, TimeSpan limit, JobResult? result = null)
    {
        if (session.Addresses[index] is { } address)
        {
            // Not bound to this pass: the answer is awaited beside it.
            call.Ask(() => client.StageAsync(address, path, session.Access, limit, result, CancellationToken.None));
        }
    }

    private async Task StartAsync(RunSession session, RunIntent.Start start, CancellationToken cancellation)
    {
        if (session.Test.Spec.Setup.Count > 0 && session.Setup.Values is null)
        {
            // This process took over after setup: its values come again from the runner that ran it.
            Ask(session, session.Setup, AgentContract.SetupPath, 0, session.Limits.Setup);
            return;
        }

        await VerbAsync(session, start.Index, AgentContract.StartPath, a => client.StartAsync(a, session.Access, start.At, start.ResumeAt, session.Setup.Values, cancellation));
    }

    private async Task VerbAsync(RunSession session, int index, string path, Func<Uri, Task<VerbResult>> verb)
    {
        if (session.Addresses[index] is { } address && await verb(address) is { IsDone: false } refused)
        {
            LogVerbRefused(path, index, session.Uid, refused.Status, refused.Text);
        }
    }

    private async Task DeleteAsync(LoadTestRun run, IReadOnlyList<Pod> pods, CancellationToken cancellation)
    {
        var isDeleted = run.Metadata.DeletionTimestamp is not null;
        await Task.WhenAll(pods.Where(p => p.Metadata.DeletionTimestamp is null).Select(pod => writer.DeleteAsync(
            Resources.Pods,
            NamespacedName.Of(pod),
            // Evidence is stored, or nobody wants it: there is nothing left to wait for.
            new DeleteOptions { Uid = pod.Metadata.Uid, GracePeriodSeconds = isDeleted ? 1 : null },
            cancellation)));
    }

    private async Task DeletePredecessorsAsync(LoadTestRun run, RunSession session, int index, IReadOnlyList<Pod> pods, CancellationToken cancellation)
    {
        var names = Enumerable.Range(0, session.Runners[index].Incarnation).Select(i => Names.Pod(run.Metadata.Name!, index, i)).ToHashSet(StringComparer.Ordinal);
        await Task.WhenAll(pods.Where(p => names.Contains(p.Metadata.Name!) && p.Metadata.DeletionTimestamp is null).Select(pod => writer.DeleteAsync(
            Resources.Pods, NamespacedName.Of(pod), new DeleteOptions { Uid = pod.Metadata.Uid, GracePeriodSeconds = 1 }, cancellation)));
    }

    /// <summary>Creates an object of ours; one that exists and has the run as its controller is the success of an earlier attempt.</summary>
    /// <param name="type">Its kind.</param>
    /// <param name="item">It.</param>
    /// <param name="run">Whose it has to be; null where that is not to be read.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <param name="told">Told of what is in the way before a failure that trying again may mend is thrown.</param>
    /// <returns>What is in the way and is not mended by trying again; null when the object exists.</returns>
    private async Task<Obstacle?> EnsureAsync<T>(ResourceType<T> type, T item, LoadTestRun? run, CancellationToken cancellation, Action<Obstacle>? told = null)
        where T : class, IKubernetesObject
    {
        var what = $"{type.Kind} {item.Metadata.Name}";
        try
        {
            await writer.CreateAsync(type, item, cancellation);
            return null;
        }
        catch (ApiException e) when (e.Error.IsAlreadyExists)
        {
            if (run is null)
            {
                return null;
            }

            var present = await reader.FindAsync(type, NamespacedName.Of(item), cancellation);
            return present is not null && Ownership.IsOf(run, present) ? null
                : present is not null ? Obstacle.Taken(what)
                : new Obstacle(Hope.Retry, Reasons.NameTaken, $"{what} existed a moment ago and is gone; it is made again.");
        }
        catch (Exception e) when (ExpectedFailure.Is(e) && !cancellation.IsCancellationRequested)
        {
            var obstacle = ApiObstacles.Of(e, what, item is Pod);
            LogRefused(what, obstacle.Message);
            if (obstacle.Hope != Hope.Retry)
            {
                return obstacle;
            }

            told?.Invoke(obstacle);
            throw;
        }
    }

    [LoggerMessage(2001, LogLevel.Warning, "{Object}: {Message}")]
    private partial void LogRefused(string @object, string message);

    [LoggerMessage(2002, LogLevel.Warning, "POST {Path} to runner {Index} of run {Run}: {Status} {Text}")]
    private partial void LogVerbRefused(string path, int index, string run, int status, string text);
}
