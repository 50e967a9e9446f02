using LoadTesting.Model.Judging;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Lifecycle;

/// <summary>Preparing: objects, Pods, readiness, setup, T0.</summary>
internal static class Preparation
{
    public static RunDecision Decide(RunObservation seen, RunDeadlines limits)
    {
        var waited = RunLifecycle.Waited(seen);
        if ((Given(seen, limits) ?? seen.Runners.Select(r => Fault(r, seen, limits)).FirstOrDefault(f => f is not null)) is { } fault)
        {
            return RunLifecycle.Settle(seen, limits, fault);
        }

        var ready = seen.Runners.Count(r => r.IsReady);
        if (ready < seen.Runners.Count)
        {
            return waited > limits.Ready
                ? RunLifecycle.Settle(seen, limits, RunLifecycle.Error(Reasons.RunnersNotReady, $"{ready} of {seen.Runners.Count} runners were ready within {limits.Ready}. {Hindrance(seen)}".TrimEnd()))
                : RunLifecycle.Stay(seen, limits, "Preparing", $"{ready} of {seen.Runners.Count} runners are ready. {Hindrance(seen)}".TrimEnd(), Creations(seen));
        }

        switch (seen.Target)
        {
            case StageAnswer.Failed:
                return RunLifecycle.Settle(seen, limits, RunLifecycle.Error(Reasons.TargetNotReady, seen.TargetMessage ?? "The target was not ready."));
            case StageAnswer.Awaited:
                // Who waits has a deadline of its own; this one ends a wait whose answer does not come.
                return waited > limits.Ready + seen.TargetTimeout + limits.Obstacle
                    ? RunLifecycle.Settle(seen, limits, RunLifecycle.Error(Reasons.TargetNotReady, $"The target was not ready within {seen.TargetTimeout}."))
                    : RunLifecycle.Stay(seen, limits, "AwaitingTarget", "The target is not ready yet.", new RunIntent.AwaitTarget(0));
            default:
                break;
        }

        return seen.Setup switch
        {
            StageAnswer.Failed => RunLifecycle.Settle(seen, limits, RunLifecycle.Error(seen.SetupReason ?? Reasons.SetupFailed, seen.SetupMessage ?? "Setup failed.")),
            StageAnswer.Awaited when waited > limits.Ready + seen.TargetTimeout + limits.Setup + limits.Of(seen.SetupJobs) =>
                RunLifecycle.Settle(seen, limits, RunLifecycle.Error(Reasons.SetupFailed, $"Setup did not end within {limits.Setup + limits.Of(seen.SetupJobs)}.")),
            StageAnswer.Awaited => RunLifecycle.Stay(seen, limits, "SettingUp", "Setup runs.", new RunIntent.RunSetup(0)),
            _ => RunLifecycle.Stay(seen, limits, "Starting", "All runners are ready.") with { Phase = RunPhase.Running, StartAt = seen.Now + limits.StartLead },
        };
    }

    private static IReadOnlyList<RunIntent> Creations(RunObservation seen) => seen.SupportExists
        ? [.. seen.Runners.Where(r => r.Pod is PodSight.Absent or PodSight.Refused).Select(r => new RunIntent.CreateRunner(r.Index))]
        : [new RunIntent.CreateSupportingObjects()];

    /// <summary>What ends the run because an object beside the Pods cannot be made.</summary>
    private static VerdictDecision? Given(RunObservation seen, RunDeadlines limits) =>
        seen.Obstacle is { } obstacle && obstacle.IsOver(seen.Now, seen.PhaseSince, limits) ? RunLifecycle.Error(obstacle.Reason, obstacle.Message) : null;

    /// <summary>What is in the way just now, of the first that has something in the way.</summary>
    private static string? Hindrance(RunObservation seen) => seen.Obstacle?.Message
        ?? (seen.Runners.FirstOrDefault(r => !r.IsReady && (r.Refusal is not null || r.PodMessage is not null)) is { } runner ? $"Runner {runner.Index}: {runner.Refusal?.Message ?? runner.PodMessage}" : null);

    private static VerdictDecision? Fault(RunnerObservation runner, RunObservation seen, RunDeadlines limits)
    {
        var patienceIsOver = seen.Now - (runner.TroubledSince ?? seen.PhaseSince) > limits.Obstacle;
        if (runner.Pod == PodSight.Refused)
        {
            var refusal = (runner.Refusal ?? Obstacle.OfPod(runner.PodMessage)) with { Since = runner.TroubledSince };
            return refusal.IsOver(seen.Now, seen.PhaseSince, limits) ? RunLifecycle.Error(refusal.Reason, $"Runner {runner.Index}: {refusal.Message}") : null;
        }

        var reason = runner switch
        {
            { PlanRefusal: not null } => Reasons.InvalidManifest,
            { Pod: PodSight.OutOfMemory } => Reasons.OutOfMemory,
            { Pod: PodSight.Terminated } => Reasons.RunnerFailed,
            { Pod: PodSight.ImagePullFailing } when patienceIsOver => Reasons.ImagePullFailed,
            { Pod: PodSight.ContainerFailing } when patienceIsOver => Reasons.RunnerFailed,
            { Pod: PodSight.Unschedulable } when patienceIsOver => Reasons.Unschedulable,
            _ => null,
        };
        return reason is null ? null : RunLifecycle.Error(reason, $"Runner {runner.Index}: {runner.PlanRefusal ?? runner.PodMessage ?? reason}");
    }
}
