using LoadTesting.Model.Judging;

namespace LoadTesting.Operator.Telemetry;

/// <summary>
/// Which reasons a verdict can have, so that every series of finished runs exists from the start: an alert on an increase sees the first one only where there
/// was a 0 before it. A reason that is missing here is counted all the same. A test compares them with <see cref="Reasons"/>.
/// </summary>
internal static class VerdictReasons
{
    /// <summary>All pairs.</summary>
    public static IEnumerable<(Verdict Verdict, string Reason)> All { get; } =
    [
        .. Of(Verdict.Passed, Reasons.ThresholdsMet, Reasons.VerifySucceeded),
        .. Of(Verdict.Unjudged, Reasons.NothingJudged),
        .. Of(Verdict.Failed, Reasons.ThresholdsFailed, Reasons.ThresholdAborted, Reasons.VerifyFailed, Reasons.NothingAnswered),
        .. Of(
            Verdict.Invalid, Reasons.NothingRan, Reasons.NothingSent, Reasons.TestErrors, Reasons.Unanswered, Reasons.LoadNotDelivered, Reasons.GeneratorSaturated, Reasons.StartSkewed,
            Reasons.TargetNotObserved, Reasons.NoSamples, Reasons.TooManySeries, Reasons.RunnerLost),
        .. Of(Verdict.Aborted, Reasons.AbortedByUser, Reasons.AbortedByTest),
        .. Of(
            Verdict.Error, Reasons.TargetNotReady, Reasons.SetupFailed, Reasons.TeardownFailed, Reasons.InvalidManifest, Reasons.RunnersNotReady, Reasons.ImagePullFailed, Reasons.Unschedulable,
            Reasons.QuotaExceeded, Reasons.PodRefused, Reasons.ObjectRefused, Reasons.NameTaken, Reasons.NotPermitted, Reasons.OutOfMemory, Reasons.RunnerFailed, Reasons.JobTimedOut, Reasons.JobFailed,
            Reasons.DataExhausted, Reasons.DeadlineExceeded, Reasons.InternalError),
    ];

    private static IEnumerable<(Verdict, string)> Of(Verdict verdict, params IEnumerable<string> reasons) => reasons.Select(r => (verdict, r));
}
