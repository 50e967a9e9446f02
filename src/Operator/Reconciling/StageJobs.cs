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

namespace LoadTesting.Operator.Reconciling;

/// <summary>
/// Runs the jobs that stages come to, as Pods of the run. Every look may be repeated, by another process too: a job's Pod has one name, and the result of one that ended is read again
/// from its Pod.
/// </summary>
public sealed class StageJobs(IReader reader, IWriter writer, IPodLogs logs, TimeProvider time)
{
    private static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(5);

    /// <summary>Brings a job one step further.</summary>
    /// <param name="run">Whose.</param>
    /// <param name="spec">The effective spec.</param>
    /// <param name="stage">setup, verify or teardown.</param>
    /// <param name="call">The stage that waits for the job.</param>
    /// <param name="limits">How long it may wait for what.</param>
    /// <param name="pods">The run's Pods as last seen.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <returns>How it ended; null as long as it goes on.</returns>
    public async Task<JobResult?> LookAsync(LoadTestRun run, LoadTestSpec spec, string stage, StageCall call, RunDeadlines limits, IReadOnlyList<Pod> pods, CancellationToken cancellation)
    {
        var order = call.Wanted!;
        var watch = call.Watch(time.GetUtcNow());
        if (StepTree.All(spec).FirstOrDefault(p => $"{p.Path}.job" == order.Path)?.Step is not JobStep step)
        {
            return JobResult.None(order.Ordinal, Reasons.JobFailed, $"the runner asks for {order.Path}, which is no job of the test");
        }

        var name = Names.Job(run.Metadata.Name!, stage, order.Ordinal);
        var pod = pods.FirstOrDefault(p => p.Metadata.Name == name);
        if (pod is null && (watch.IsMade || order.Ordinal < call.JobsSeen))
        {
            // The cache may be behind; whether the Pod is gone has to be certain.
            pod = await reader.FindAsync(Resources.Pods, new NamespacedName(run.Metadata.Namespace!, name), cancellation);
        }

        var action = JobCourse.Decide(Sight(pod, order, step, call, watch), limits);
        switch (action)
        {
            case JobAction.Create:
                await CreateAsync(run, JobPodOf(run, spec, step, order, stage, watch), watch, cancellation);
                call.Saw(watch.IsMade ? order.Ordinal : -1);
                return null;
            case JobAction.Collect { ExitCode: var code }:
                return await OutputAsync(pod!, watch, limits, cancellation) is { } output
                    ? new JobResult(order.Ordinal, code, output) { Message = code == 0 ? null : LastLine(pod!) }
                    : watch.OutputTrouble is { } trouble ? JobResult.None(order.Ordinal, Reasons.JobFailed, trouble) : null;
            case JobAction.End { Result: var result, Kill: var kill }:
                if (kill && pod is not null)
                {
                    await writer.DeleteAsync(Resources.Pods, NamespacedName.Of(pod), new DeleteOptions { Uid = pod.Metadata.Uid }, cancellation);
                }

                return result;
            default:
                return null;
        }
    }

    private JobSight Sight(Pod? pod, JobOrder order, JobStep step, StageCall call, JobWatch watch)
    {
        var now = time.GetUtcNow();
        var (sight, message) = PodSights.Of(pod, JobPod.Container);
        if (pod is not null)
        {
            call.Saw(order.Ordinal);
            watch.IsMade = true;
        }
        else if (watch.Refusal is { } refusal)
        {
            (sight, message) = (PodSight.Refused, refusal.Message);
        }

        if (sight == PodSight.Pending && watch.MountTrouble is { } trouble)
        {
            (sight, message) = (PodSight.ContainerFailing, trouble);
        }

        if (sight == PodSight.Running)
        {
            watch.RunsSince ??= now;
        }

        return new JobSight(order.Ordinal, now, sight, step.Timeout.ToTimeSpan())
        {
            PodMessage = message?.TrimEnd('.'),
            Refusal = watch.Refusal,
            ExitCode = pod?.Status?.Container(JobPod.Container)?.State.Terminated?.ExitCode,
            WasMade = watch.IsMade || order.Ordinal < call.JobsSeen,
            Since = watch.Since,
            RunsSince = watch.RunsSince,
        };
    }

    private static Pod? JobPodOf(LoadTestRun run, LoadTestSpec spec, JobStep step, JobOrder order, string stage, JobWatch watch)
    {
        try
        {
            return JobPod.Of(run, spec, step, order, stage);
        }
        catch (JsonException e)
        {
            watch.Refusal = new Obstacle(Hope.None, Reasons.PodRefused, $"the job holds a field that does not have the shape it has in a Pod: {e.Path}: {e.Message}");
            return null;
        }
    }

    private async Task CreateAsync(LoadTestRun run, Pod? pod, JobWatch watch, CancellationToken cancellation)
    {
        if (pod is null)
        {
            return;
        }

        try
        {
            await writer.CreateAsync(Resources.Pods, pod, cancellation);
            (watch.IsMade, watch.Refusal) = (true, null);
        }
        catch (ApiException e) when (e.Error.IsAlreadyExists)
        {
            var present = await reader.FindAsync(Resources.Pods, NamespacedName.Of(pod), cancellation);
            var isOurs = present is null || Ownership.IsOf(run, present);
            (watch.IsMade, watch.Refusal) = (isOurs, isOurs ? null : Obstacle.Taken($"Pod {pod.Metadata.Name}"));
        }
        catch (Exception e) when (ExpectedFailure.Is(e) && !cancellation.IsCancellationRequested)
        {
            watch.Refusal = ApiObstacles.Of(e, $"Pod {pod.Metadata.Name}", isPod: true);
            if (watch.Refusal.Hope == Hope.Retry)
            {
                throw;
            }
        }
    }

    /// <summary>What it printed; null when that cannot be read (yet).</summary>
    private async Task<string?> OutputAsync(Pod pod, JobWatch watch, RunDeadlines limits, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(LogPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return await logs.ReadLogAsync(NamespacedName.Of(pod), new PodLogOptions { Container = JobPod.Container, LimitBytes = JobStep.MostOutput }, either.Token);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException or TimeoutException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            var now = time.GetUtcNow();
            watch.UnreadableSince ??= now;
            watch.OutputTrouble = now - watch.UnreadableSince > limits.Obstacle ? $"it ended, but its output cannot be read: {e.Message}" : null;
            return null;
        }
    }

    private static string? LastLine(Pod pod) =>
        pod.Status?.Container(JobPod.Container)?.State.Terminated?.Message?.Trim() is { Length: > 0 } said ? said.Split('\n')[^1].Trim() : null;
}
