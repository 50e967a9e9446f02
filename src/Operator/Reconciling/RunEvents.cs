using LoadTesting.Kubernetes.Control;
using LoadTesting.Model.Judging;
using LoadTesting.Operator.Api;
using Phase = LoadTesting.Operator.Api.RunPhase;

namespace LoadTesting.Operator.Reconciling;

/// <summary>One event per transition, told of the run and of its test, so that <c>kubectl describe</c> of either is the whole story. A normal run has five.</summary>
public sealed class RunEvents(EventRecorder recorder)
{
    /// <summary>Tells of what a written status changed.</summary>
    /// <param name="before">The run as it was.</param>
    /// <param name="after">The run as it was written.</param>
    /// <param name="test">Its test; null when it is gone.</param>
    public void Tell(LoadTestRun before, LoadTestRun after, LoadTest? test)
    {
        foreach (var (isWarning, reason, note) in Changes(before.Status, after.Status))
        {
            var type = isWarning ? EventType.Warning : EventType.Normal;
            recorder.Record(after, type, reason, "Reconcile", note);
            if (test is not null)
            {
                recorder.Record(test, type, reason, "Run", $"{after.Metadata.Name}: {note}");
            }
        }
    }

    /// <summary>The notes of a change of status.</summary>
    internal static IEnumerable<(bool IsWarning, string Reason, string Note)> Changes(LoadTestStatus before, LoadTestStatus after)
    {
        if (after.Runners is { Lost: > 0 and var lost } && lost > (before.Runners?.Lost ?? 0))
        {
            var newest = after.Runners.LostRunners![^1];
            yield return (true, Reasons.RunnerLost, $"Runner {newest.Index} was lost: {newest.Cause}.");
        }

        if (after.Conditions?.Find(RunChanges.SpecChanged) is { } changed && before.Conditions?.Find(RunChanges.SpecChanged)?.Message != changed.Message)
        {
            yield return (true, RunChanges.SpecChanged, changed.Message!);
        }

        if (before.Phase == after.Phase)
        {
            yield break;
        }

        switch (after.Phase)
        {
            case Phase.Queued:
                yield return (false, "Queued", after.Message!);
                break;
            case Phase.Preparing:
                yield return (false, "Preparing", "Runner Pods are being made.");
                break;
            case Phase.Running:
                yield return (false, "LoadStarted", $"All {after.Runners?.Desired} runners are ready; the load starts at {after.StartTime}.");
                break;
            case Phase.Evaluating when before.Phase == Phase.Running:
                yield return (false, "LoadEnded", after.Message!);
                break;
            case Phase.Finished:
                yield return (after.Verdict != nameof(Verdict.Passed), after.Verdict!, $"{after.Reason}: {after.Message}");
                break;
            default:
                break;
        }
    }
}
