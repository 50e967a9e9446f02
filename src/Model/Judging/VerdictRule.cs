using LoadTesting.Model.Reporting;

namespace LoadTesting.Model.Judging;

/// <summary>
/// Decides a run. The first line that applies is the verdict:
/// <code>
///  1  the test could not be carried out                           Error    the failure's own reason
///  2  setup failed                                                Error    SetupFailed, or why a job of it came to no result
///  3  a person or signal stopped it                               Aborted  AbortedByUser; AbortedByTest where a step of the test did
///  4  a threshold is broken, and nothing in doubt could mend it   Failed   ThresholdAborted where it stopped the run, else ThresholdsFailed
///  5  more of the plan was lost with runners than allowed         Invalid  RunnerLost
///  6  a scenario sent requests, and none was answered             Failed   NothingAnswered
///  7  verify failed                                               Failed   VerifyFailed; Error, with its reason, where a job of it came to no result
///  8  a scenario completed no iteration                           Invalid  NothingRan
///  9  the test's own errors left less of the plan than the floor  Invalid  TestErrors
/// 10  a scenario has requests and sent none                       Invalid  NothingSent
/// 11  the generator spoiled more of the seconds than allowed      Invalid  GeneratorSaturated
/// 12  the runners started too far apart                           Invalid  StartSkewed
/// 13  a scenario delivered less of its plan than the floor        Invalid  LoadNotDelivered
/// 14  too little was seen of what a threshold observes            Invalid  TargetNotObserved
/// 15  a threshold saw no samples and does not say "or absent"     Invalid  NoSamples
/// 16  a threshold on an average holds without the unanswered      Invalid  Unanswered
/// 17  a threshold's samples may have been folded into overflow    Invalid  TooManySeries
/// 18  teardown failed                                             Error    TeardownFailed, or why a job of it came to no result
/// 19  there is neither a threshold nor a verify                   Unjudged NothingJudged
/// 20  otherwise                                                   Passed   ThresholdsMet; VerifySucceeded without thresholds
/// </code>
/// What is in doubt, in line 4:
/// <list type="bullet">
/// <item>Samples lost with runners, by <see cref="ThresholdResult.RepairShare"/>, only when more was lost than the policy allows: within it the test is
/// judged on what there is.</item>
/// <item>What the generator spoiled, by <see cref="ThresholdResult.ReplaceShare"/>: where it spoiled too many seconds and the number depends on it; and every
/// number where it had no ports or
/// descriptors left, because those failures are ours.</item>
/// <item>Load that was not delivered, by <see cref="ThresholdResult.HoldsBelowDelivered"/>: least and exact amounts. All other numbers get better with less
/// load, so that a broken one stands
/// before undelivered load.</item>
/// </list>
/// Lines 11 and 13 also hold when such doubt is all that kept line 4 from holding; line 13 is RunnerLost where lost runners explain it, and TestErrors where
/// the test's own errors do. Line 6 stands after
/// line 5, because answers may be among what was lost, and leaves a scenario to line 11 whose requests only ran out of time in a generator at its limits.
/// Lines 8 and 10 do not hold for scenarios of which
/// nothing was planned.
/// </summary>
public static class VerdictRule
{
    private const int MostNamed = 3;

    /// <summary>The one verdict of <paramref name="evidence"/>.</summary>
    public static VerdictDecision Decide(RunEvidence evidence)
    {
        if (evidence.Failure is { } failure)
        {
            return new(Verdict.Error, failure.Reason, failure.Message);
        }

        if (evidence.Setup.State == StageState.Failed)
        {
            return new(Verdict.Error, evidence.Setup.Reason ?? Reasons.SetupFailed, $"setup failed, so no load was sent: {evidence.Setup.Message}");
        }

        var broken = evidence.Thresholds.Where(t => t.Broken).ToList();
        if (evidence.Stop is { Cause: StopCause.User } stop)
        {
            return new(
                Verdict.Aborted,
                Reasons.AbortedByUser,
                $"stopped by the user after {HumanFormat.Seconds(stop.After)}" + (broken.Count == 0 ? string.Empty : $"; broken until then: {Name(broken)}"));
        }

        if (evidence.Stop is { Cause: StopCause.Test } own)
        {
            return new(Verdict.Aborted, Reasons.AbortedByTest, $"the test stopped itself after {HumanFormat.Seconds(own.After)}: {own.Why}");
        }

        var lostTooMuch = evidence.LostShare > evidence.AllowedLostShare || evidence is { LostRunners.Count: > 0, AllowedLostShare: <= 0 };
        var saturating = broken.Where(t => SaturationRule.PutsInDoubt(evidence, t)).ToList();
        var undelivered = broken.Where(t => DeliveryRule.PutsInDoubt(evidence, t)).ToList();
        var certain = broken.Where(t => !saturating.Contains(t) && !undelivered.Contains(t)).ToList();
        var saturated = evidence.IsTainted || saturating.Count > 0;
        var proven = lostTooMuch ? [.. certain.Where(t => evidence.LostShare < t.RepairShare)] : certain;
        if (evidence.Stop is { Cause: StopCause.Threshold } aborted && (proven.Count > 0 || (!lostTooMuch && !saturated && undelivered.Count == 0)))
        {
            return new(
                Verdict.Failed,
                Reasons.ThresholdAborted,
                $"a threshold stopped the run after {HumanFormat.Seconds(aborted.After)}: "
                + (proven.Count > 0 ? Name(proven) + TrafficRule.Causes(evidence) : "it was broken then, and is not on the data of the iterations that were still in flight"));
        }

        if (proven.Count > 0)
        {
            return new(Verdict.Failed, Reasons.ThresholdsFailed, Failed(evidence, proven, [.. broken.Where(t => !proven.Contains(t))]));
        }

        return lostTooMuch ? RunnerLost(evidence, broken)
            : TrafficRule.NothingAnswered(evidence)
            ?? Unverified(evidence)
            ?? DeliveryRule.NothingRan(evidence)
            ?? DeliveryRule.TestErrors(evidence)
            ?? TrafficRule.NothingSent(evidence)
            ?? (saturated ? SaturationRule.Saturated(evidence, broken.Count == 0 ? "" : Name(broken)) : SaturationRule.Skewed(evidence))
            ?? DeliveryRule.NotDelivered(evidence, undelivered, undelivered.Count == 0 ? "" : Name(undelivered))
            ?? NotObserved(evidence) ?? NoSamples(evidence) ?? UnansweredRule.Decide(evidence) ?? Folded(evidence) ?? Held(evidence);
    }

    private static VerdictDecision? Unverified(RunEvidence evidence) => evidence.Verify switch
    {
        { State: StageState.Failed, Reason: { } unmade } => new(Verdict.Error, unmade, $"verify could not be carried out: {evidence.Verify.Message}"),
        { State: StageState.Failed } => new(Verdict.Failed, Reasons.VerifyFailed, $"verify failed after the load: {evidence.Verify.Message}"),
        _ => null,
    };

    /// <summary>Which thresholds are broken, and why others that do not hold are not counted among them.</summary>
    private static string Failed(RunEvidence evidence, List<ThresholdResult> proven, List<ThresholdResult> doubtful)
    {
        var all = evidence.Thresholds;
        var unknown = all.Where(t => t is { Ok: false, Broken: false } or { Incomplete: true }).ToList();
        return (all.Count == 1 ? "the threshold is broken" : $"{proven.Count} of {all.Count} thresholds broken") + $": {Name(proven)}"
            + (doubtful.Count == 0 ? string.Empty : $"; in doubt: {Name(doubtful)}")
            + (unknown.Count == 0 ? string.Empty : $"; not known: {List(unknown, t => $"{t.Metric} ({t.Expression})")}")
            + TrafficRule.Causes(evidence);
    }

    private static VerdictDecision RunnerLost(RunEvidence evidence, List<ThresholdResult> broken)
    {
        var lost = evidence.LostRunners;
        var who = lost.Count == 1
            ? $"runner {lost[0].Index} was lost" + (lost[0].Cause is { } cause ? $" ({cause})" : string.Empty)
            : $"{lost.Count} runners were lost ({string.Join(", ", lost.Take(MostNamed).Select(r => r.Cause is null ? $"{r.Index}" : $"{r.Index}: {r.Cause}"))}{(lost.Count > MostNamed ? ", …" : string.Empty)})";
        var doubt = broken.Count == 0 ? string.Empty : $"; {Name(broken)}, but the missing samples could change that";
        return new(
            Verdict.Invalid,
            Reasons.RunnerLost,
            $"{who} and with it the samples of {HumanFormat.Percent(evidence.LostShare)} of the plan, {HumanFormat.Percent(evidence.AllowedLostShare)} is allowed{doubt}: run the test again");
    }

    private static VerdictDecision? NotObserved(RunEvidence evidence)
    {
        var unseen = evidence.Thresholds.Where(t => t.Unobserved is not null).ToList();
        return unseen.Count == 0
            ? null
            : new(
                Verdict.Invalid,
                Reasons.TargetNotObserved,
                $"too little was seen of the target to judge {List(unseen, t => $"{t.Metric} ({t.Expression}; {t.Unobserved})")}");
    }

    private static VerdictDecision? NoSamples(RunEvidence evidence)
    {
        var empty = evidence.Thresholds.Where(t => t is { NoData: true, Ok: false, Incomplete: false }).ToList();
        return empty.Count == 0
            ? null
            : new(
                Verdict.Invalid,
                Reasons.NoSamples,
                $"no samples for {List(empty, t => $"{t.Metric} ({t.Expression})")}: check the metric's name and tags, or write 'or absent' behind the threshold if none is fine");
    }

    private static VerdictDecision? Folded(RunEvidence evidence)
    {
        var doubtful = evidence.Thresholds.Where(t => t is { Incomplete: true, Unobserved: null }).ToList();
        return doubtful.Count == 0
            ? null
            : new(
                Verdict.Invalid,
                Reasons.TooManySeries,
                $"too many different tag sets, so that samples of {List(doubtful, t => t.Metric)} may be missing: give requests fixed names instead of URLs with ids, or fewer tags");
    }

    private static VerdictDecision Held(RunEvidence evidence) => evidence switch
    {
        { Teardown.State: StageState.Failed } => new(Verdict.Error, evidence.Teardown.Reason ?? Reasons.TeardownFailed, $"the load went well, but teardown failed: {evidence.Teardown.Message}"),
        { Thresholds.Count: 0, Verify.State: StageState.Succeeded } => new(
            Verdict.Passed, Reasons.VerifySucceeded, $"verify succeeded after the load; there are no thresholds: {evidence.Measured.Sentence}{Missing(evidence)}"),
        { Thresholds.Count: 0 } => new(
            Verdict.Unjudged,
            Reasons.NothingJudged,
            $"nothing was judged, because the test has neither thresholds nor verify: {evidence.Measured.Sentence}{Missing(evidence)}; add thresholds, such as http_req_failed: ['rate<1%'] and http_req_duration: ['p(95)<500']"),
        { Thresholds.Count: 1 } => new(Verdict.Passed, Reasons.ThresholdsMet, $"the threshold held: {Name(evidence.Thresholds)}; {evidence.Measured.Traffic}{Missing(evidence)}"),
        _ => new(Verdict.Passed, Reasons.ThresholdsMet, $"all {evidence.Thresholds.Count} thresholds held; {evidence.Measured.Traffic}{Missing(evidence)}"),
    };

    /// <summary>What a run that stands says of runners that it lost within the policy.</summary>
    private static string Missing(RunEvidence evidence) => evidence.LostRunners.Select(r => r.Index).Distinct().Count() switch
    {
        0 => string.Empty,
        1 => $"; {HumanFormat.Percent(evidence.LostShare)} of the plan is missing with runner {evidence.LostRunners[0].Index}, which was lost",
        var many => $"; {HumanFormat.Percent(evidence.LostShare)} of the plan is missing with {many} runners, which were lost",
    };

    private static string Name(IReadOnlyList<ThresholdResult> thresholds) => List(thresholds, t => $"{t.Metric} {t.Aggregation} {t.Message}");

    private static string List(IReadOnlyList<ThresholdResult> thresholds, Func<ThresholdResult, string> name) =>
        string.Join("; ", thresholds.Take(MostNamed).Select(name)) + (thresholds.Count > MostNamed ? $"; and {thresholds.Count - MostNamed} more" : string.Empty);
}
