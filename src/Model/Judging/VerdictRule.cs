using LoadTesting.Model.Reporting;

namespace LoadTesting.Model.Judging;

/// <summary>
/// Decides a run. The first line that applies is the verdict:
/// <code>
///  1  the test could not be carried out                           Error    the failure's own reason
///  2  setup failed                                                Error    SetupFailed, or why a job of it came to no result
///  3  a person or signal stopped it                               Aborted  AbortedByUser; AbortedByTest where a step of the test did
///  4  a threshold is broken, and lost data could not repair it    Failed   ThresholdAborted where it stopped the run, else ThresholdsFailed
///  5  more of the plan was lost with runners than allowed         Invalid  RunnerLost
///  6  verify failed                                               Failed   VerifyFailed; Error, with its reason, where a job of it came to no result
///  7  a scenario completed no iteration                           Invalid  NothingRan
///  8  the generator spoiled more of the seconds than allowed      Invalid  GeneratorSaturated
///  9  the runners started too far apart                           Invalid  StartSkewed
/// 10  a scenario delivered less of its plan than the floor        Invalid  LoadNotDelivered
/// 11  too little was seen of what a threshold observes            Invalid  TargetNotObserved
/// 12  a threshold saw no samples and does not say "or absent"     Invalid  NoSamples
/// 13  a threshold on an average holds without the unanswered      Invalid  Unanswered
/// 14  a threshold's samples may have been folded into overflow    Invalid  TooManySeries
/// 15  teardown failed                                             Error    TeardownFailed, or why a job of it came to no result
/// 16  there is neither a threshold nor a verify                   Unjudged NothingJudged
/// 17  otherwise                                                   Passed   ThresholdsMet; VerifySucceeded without thresholds
/// </code>
/// Line 4 asks for <see cref="ThresholdResult.RepairShare"/> only when more was lost than the policy allows: within the policy the test is judged on what there
/// is. It asks for <see cref="ThresholdResult.ReplaceShare"/> where the generator spoiled too many seconds and the number depends on it, and of every number where the
/// generator had no ports or descriptors left: those failures are ours. A broken threshold stands before undelivered load: load that a target was spared makes
/// its numbers look better, not worse. Line 7 does not hold for scenarios of which nothing was planned. Line 8 also holds when such doubt is all that kept line 4
/// from holding.
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
        var certain = broken.Where(t => !SaturationRule.PutsInDoubt(evidence, t)).ToList();
        var saturated = evidence.IsTainted || certain.Count < broken.Count;
        var proven = lostTooMuch ? [.. certain.Where(t => evidence.LostShare < t.RepairShare)] : certain;
        if (evidence.Stop is { Cause: StopCause.Threshold } aborted && (proven.Count > 0 || (!lostTooMuch && !saturated)))
        {
            return new(
                Verdict.Failed,
                Reasons.ThresholdAborted,
                $"a threshold stopped the run after {HumanFormat.Seconds(aborted.After)}: "
                + (proven.Count > 0 ? Name(proven) : "it was broken then, and is not on the data of the iterations that were still in flight"));
        }

        if (proven.Count > 0)
        {
            var count = evidence.Thresholds.Count == 1 ? "the threshold is broken" : $"{proven.Count} of {evidence.Thresholds.Count} thresholds broken";
            return new(Verdict.Failed, Reasons.ThresholdsFailed, $"{count}: {Name(proven)}");
        }

        return lostTooMuch ? RunnerLost(evidence, broken)
            : evidence.Verify is { State: StageState.Failed, Reason: { } unmade } ? new(Verdict.Error, unmade, $"verify could not be carried out: {evidence.Verify.Message}")
            : evidence.Verify.State == StageState.Failed ? new(Verdict.Failed, Reasons.VerifyFailed, $"verify failed after the load: {evidence.Verify.Message}")
            : NothingRan(evidence) ?? (saturated ? SaturationRule.Saturated(evidence, broken.Count == 0 ? "" : Name(broken)) : SaturationRule.Skewed(evidence)) ?? NotDelivered(evidence) ?? NotObserved(evidence) ?? NoSamples(evidence) ?? UnansweredRule.Decide(evidence) ?? Folded(evidence) ?? Held(evidence);
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

    private static VerdictDecision? NothingRan(RunEvidence evidence)
    {
        if (evidence.Scenarios.Count == 0)
        {
            return new(Verdict.Invalid, Reasons.NothingRan, "no scenario ran: the run brought no data at all");
        }

        if (evidence.Scenarios.FirstOrDefault(s => s is { Completed: 0, Planned: not 0 }) is not { } idle)
        {
            return null;
        }

        var why = idle.Started == 0
            ? "it started none" + (idle.Dropped > 0 ? $" and dropped {HumanFormat.Count(idle.Dropped)}: give it more VUs" : string.Empty)
            : $"all {HumanFormat.Count(idle.Started)} that it started were interrupted: make its duration or gracefulStop longer than an iteration takes";
        return new(Verdict.Invalid, Reasons.NothingRan, $"scenario {idle.Name} completed no iteration: {why}");
    }

    private static VerdictDecision? NotDelivered(RunEvidence evidence)
    {
        // The worst one is named; the first in manifest order among equals, so that the sentence is the same every time. What was lost within the policy is not asked for again;
        // what was dropped is no such loss, and a scenario that lost nothing is not excused by one that did.
        var worst = evidence.Scenarios.Where(s => s.Ratio + evidence.LostShare < evidence.DeliveryFloor || DropsTooMuch(s, evidence.DeliveryFloor)).MinBy(s => s.Ratio);
        if (worst is not { Ratio: { } ratio })
        {
            return null;
        }

        if (worst is not { Planned: { } planned })
        {
            return new(
                Verdict.Invalid,
                Reasons.LoadNotDelivered,
                $"scenario {worst.Name} had VUs at work for {HumanFormat.Seconds(worst.VuTime)} of {HumanFormat.Seconds(worst.PlannedVuTime!.Value)} of planned VU time: "
                + $"{HumanFormat.Percent(ratio)} delivered, at least {HumanFormat.Percent(evidence.DeliveryFloor)} wanted; give the runners more CPU, or use more of them");
        }

        var dropped = worst.Dropped > 0 ? $" ({HumanFormat.Count(worst.Dropped)} dropped for want of a free VU or of time)" : string.Empty;
        return new(
            Verdict.Invalid,
            Reasons.LoadNotDelivered,
            $"scenario {worst.Name} started {HumanFormat.Count(worst.Started)} of {HumanFormat.Count(planned)} planned iterations{dropped}: "
            + $"{HumanFormat.Percent(ratio)} delivered, at least {HumanFormat.Percent(evidence.DeliveryFloor)} wanted; raise maxVUs or maxDuration, use more runners, or plan less load");
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

    private static bool DropsTooMuch(ScenarioDelivery scenario, double floor) =>
        scenario is { Planned: > 0 and var planned } && scenario.Dropped > ((1 - floor) * planned) + 1e-9;

    private static VerdictDecision? NoSamples(RunEvidence evidence)
    {
        var empty = evidence.Thresholds.Where(t => t is { NoData: true, Ok: false }).ToList();
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
            Verdict.Passed, Reasons.VerifySucceeded, $"verify succeeded after the load; there are no thresholds: {evidence.Measured.Sentence}"),
        { Thresholds.Count: 0 } => new(
            Verdict.Unjudged,
            Reasons.NothingJudged,
            $"nothing was judged, because the test has neither thresholds nor verify: {evidence.Measured.Sentence}; add thresholds, such as http_req_failed: ['rate<1%'] and http_req_duration: ['p(95)<500']"),
        { Thresholds.Count: 1 } => new(Verdict.Passed, Reasons.ThresholdsMet, $"the threshold held: {Name(evidence.Thresholds)}"),
        _ => new(Verdict.Passed, Reasons.ThresholdsMet, $"all {evidence.Thresholds.Count} thresholds held"),
    };

    private static string Name(IReadOnlyList<ThresholdResult> thresholds) => List(thresholds, t => $"{t.Metric} {t.Aggregation} {t.Message}");

    private static string List(IReadOnlyList<ThresholdResult> thresholds, Func<ThresholdResult, string> name) =>
        string.Join("; ", thresholds.Take(MostNamed).Select(name)) + (thresholds.Count > MostNamed ? $"; and {thresholds.Count - MostNamed} more" : string.Empty);
}
