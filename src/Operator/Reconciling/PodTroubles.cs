using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Collection;
using LoadTesting.Operator.Lifecycle;
using LoadTesting.Operator.Workloads;

namespace LoadTesting.Operator.Reconciling;

/// <summary>
/// What keeps a Pod from running although its status says nothing: a ConfigMap, Secret or claim that cannot be mounted is told by the kubelet in an event
/// only. Read for one Pod at a time and
/// seldom, because all runners of a run mount the same; and notes since when each runner is kept from running, so that what comes late may last as long as
/// what comes first.
/// </summary>
public sealed class PodTroubles(IReader reader, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Looks at a run that waits for its Pods.</summary>
    public async Task LookAsync(LoadTestRun run, RunSession session, IReadOnlyList<Pod> pods, CancellationToken cancellation)
    {
        if (run.Status.Phase is not (RunPhase.Preparing or RunPhase.Running or RunPhase.Evaluating))
        {
            return;
        }

        var now = time.GetUtcNow();
        var byName = pods.ByName();
        if (pods.FirstOrDefault(p => IsSilent(p, now)) is { } stuck && now - session.LookedAtEvents > Patience)
        {
            session.LookedAtEvents = now;
            var said = await ReadAsync(stuck, cancellation);
            foreach (var (index, runner) in session.Runners.Index())
            {
                if (stuck.Metadata.Name == Names.Pod(run.Metadata.Name!, index, runner.Incarnation))
                {
                    runner.MountTrouble = said;
                }
            }

            foreach (var call in (StageCall[])[session.Setup, session.Verify, session.Teardown])
            {
                call.Told(stuck.Metadata.Labels.GetValueOrDefault(Labels.App) == Labels.Job ? stuck.Metadata.Name! : "", said);
            }
        }

        foreach (var (index, runner) in session.Runners.Index())
        {
            var (sight, _) = PodSights.Of(byName.GetValueOrDefault(Names.Pod(run.Metadata.Name!, index, runner.Incarnation)));
            runner.MountTrouble = sight == PodSight.Pending ? runner.MountTrouble : null;
            runner.Troubled(
                sight is PodSight.ImagePullFailing or PodSight.ContainerFailing or PodSight.Unschedulable or PodSight.Refused
                || (sight == PodSight.Absent && runner.PodRefusal is not null) || runner.MountTrouble is not null,
                now);
        }
    }

    /// <summary>It has a node, does not run, and its status does not say why.</summary>
    internal static bool IsSilent(Pod pod, DateTimeOffset now)
    {
        var container = pod.Metadata.Labels.GetValueOrDefault(Labels.App) == Labels.Job ? JobPod.Container : RunnerPod.Container;
        return pod.Spec.NodeName is { Length: > 0 } && PodSights.Of(pod, container) is (PodSight.Pending, null) && now - pod.Metadata.CreationTimestamp > Patience;
    }

    /// <summary>The newest warning about a Pod, in the kubelet's words; null when there is none, or it may not be read.</summary>
    private async Task<string?> ReadAsync(Pod pod, CancellationToken cancellation)
    {
        try
        {
            var events = await reader.ListAsync(
                Resources.Events, new ListOptions { Namespace = pod.Metadata.Namespace, FieldSelector = $"regarding.uid={pod.Metadata.Uid}" }, cancellation);
            return Newest(events.Items, pod.Metadata.Uid);
        }
        catch (Exception e) when (ExpectedFailure.Is(e) && !cancellation.IsCancellationRequested)
        {
            // An operator whose roles are older than this: the deadline of the phase ends the run without the cause.
            return null;
        }
    }

    /// <summary>The newest warning about a Pod among some events.</summary>
    internal static string? Newest(IEnumerable<Event> events, string? uid) => events
        .Where(e => e.Type == "Warning" && e.Regarding?.Uid == uid && e.Reason is "FailedMount" or "FailedAttachVolume" or "FailedMapVolume" or "FailedCreatePodSandBox" or "FailedCreatePodContainer" or "NetworkNotReady")
        // A volume's own words come before the summary of all that are waited for ("Unable to attach or mount volumes: …").
        .OrderBy(e => e.Note?.StartsWith("Unable to attach or mount volumes", StringComparison.Ordinal) == true)
        .ThenByDescending(e => e.Metadata.CreationTimestamp)
        .Select(e => $"{e.Reason}: {e.Note?.Trim().TrimEnd('.')}.")
        .FirstOrDefault();
}
