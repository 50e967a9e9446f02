using LoadTesting.Model.Reporting;

namespace LoadTesting.Model.Judging;

/// <summary>The part of <see cref="VerdictRule"/> that asks whether the planned load was delivered.</summary>
internal static class DeliveryRule
{
    // Shares are quotients of counts: what is equal must not differ by rounding.
    private const double Slack = 1e-9;

    /// <summary>
    /// Whether load that was not delivered may be all that broke the threshold. Less load makes most numbers better; it makes amounts smaller. How much is
    /// missing does not matter, only whether the rest could have made up for it.
    /// </summary>
    public static bool PutsInDoubt(RunEvidence evidence, ThresholdResult broken) =>
        broken.HoldsBelowDelivered is { } most && Concerned(evidence, broken).Any(s => DueShare(evidence, s) < 1 - Slack && DoneShare(evidence, s) <= most + Slack);

    /// <summary>A scenario of which something was planned completed nothing.</summary>
    public static VerdictDecision? NothingRan(RunEvidence evidence)
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

    /// <summary>Errors of the test itself took so many iterations away that too little was delivered.</summary>
    public static VerdictDecision? TestErrors(RunEvidence evidence)
    {
        var worst = evidence.Scenarios
            .Where(s => s.TestErrors > 0 && s.Ratio + evidence.LostShare < evidence.DeliveryFloor - Slack
                && (s.ErrorShare > 1 - evidence.DeliveryFloor + Slack || (s.RatioWithErrors ?? 1) + evidence.LostShare >= evidence.DeliveryFloor - Slack))
            .MinBy(s => s.Ratio);
        return worst is null ? null : Erroneous(evidence, worst, string.Empty);
    }

    /// <summary>A scenario delivered less than the floor, or thresholds are in doubt for whatever is missing.</summary>
    /// <param name="evidence">The evidence.</param>
    /// <param name="doubtful">The thresholds that <see cref="PutsInDoubt"/> names.</param>
    /// <param name="names">They in words.</param>
    public static VerdictDecision? NotDelivered(RunEvidence evidence, IReadOnlyList<ThresholdResult> doubtful, string names)
    {
        // The worst one is named; the first in manifest order among equals, so that the sentence is the same every time. What was lost within the policy is
        // not asked for again; what was dropped is no such loss, and a scenario that lost nothing is not excused by one that did.
        var worst = evidence.Scenarios.Where(s => s.Ratio + evidence.LostShare < evidence.DeliveryFloor || DropsTooMuch(s, evidence.DeliveryFloor)).MinBy(s => s.Ratio)
            ?? doubtful.SelectMany(t => Concerned(evidence, t)).MinBy(s => DueShare(evidence, s));
        if (worst is null)
        {
            return null;
        }

        var doubt = names.Length == 0 ? string.Empty : $"; {names}, but the load that is missing could change that";
        if (worst.TestErrors > 0 && worst.Dropped == 0 && evidence.LostRunners.Count == 0 && (worst.RatioWithErrors ?? 1) >= 1 - Slack)
        {
            return Erroneous(evidence, worst, doubt);
        }

        var lost = evidence.LostRunners.Count > 0 && !DropsTooMuch(worst, evidence.DeliveryFloor);
        var ratio = worst.Ratio ?? 1;
        var advice = lost ? "run the test again, with runners that stay"
            : worst.Planned is null ? "give the runners more CPU, or use more of them"
            : "raise maxVUs or maxDuration, use more runners, or plan less load";
        var loss = lost ? $" (with lost runners {HumanFormat.Percent(evidence.LostShare)} of the plan is missing)" : string.Empty;
        var dropped = worst.Dropped > 0 ? $" ({HumanFormat.Count(worst.Dropped)} dropped for want of a free VU or of time)" : string.Empty;
        var what = worst.Planned is { } planned
            ? $"scenario {worst.Name} started {HumanFormat.Count(worst.Started)} of {HumanFormat.Count(planned)} planned iterations{dropped}{loss}"
            : $"scenario {worst.Name} had VUs at work for {HumanFormat.Seconds(worst.VuTime)} of {HumanFormat.Seconds(worst.PlannedVuTime ?? worst.VuTime)} of planned VU time{loss}";
        var wanted = ratio + evidence.LostShare < evidence.DeliveryFloor || DropsTooMuch(worst, evidence.DeliveryFloor) ? $", at least {HumanFormat.Percent(evidence.DeliveryFloor)} wanted" : string.Empty;
        return new(Verdict.Invalid, lost ? Reasons.RunnerLost : Reasons.LoadNotDelivered, $"{what}: {HumanFormat.Percent(ratio)} delivered{wanted}{doubt}; {advice}");
    }

    private static VerdictDecision Erroneous(RunEvidence evidence, ScenarioDelivery scenario, string doubt) => new(
        Verdict.Invalid,
        Reasons.TestErrors,
        $"{HumanFormat.Count(scenario.TestErrors)} of {HumanFormat.Count(scenario.Completed)} iterations of scenario {scenario.Name} ended by an error of the test itself, {FailureCause.Describe(scenario.Errors)}: "
        + $"{HumanFormat.Percent(scenario.Ratio ?? 0)} delivered, at least {HumanFormat.Percent(evidence.DeliveryFloor)} wanted{doubt}");

    private static bool DropsTooMuch(ScenarioDelivery scenario, double floor) =>
        scenario is { Planned: > 0 and var planned } && scenario.Dropped > ((1 - floor) * planned) + Slack;

    private static IEnumerable<ScenarioDelivery> Concerned(RunEvidence evidence, ThresholdResult threshold) =>
        threshold.Scenario is { } name && evidence.Scenarios.Any(s => s.Name == name) ? evidence.Scenarios.Where(s => s.Name == name) : evidence.Scenarios;

    /// <summary>Of what was due, how much was delivered, 0…1: what a stop kept from becoming due is missing to nobody.</summary>
    private static double DueShare(RunEvidence evidence, ScenarioDelivery scenario) =>
        evidence.Stop is null ? scenario.Ratio ?? 1
        : scenario.Planned is null ? 1 - scenario.ErrorShare
        : scenario.Started + scenario.Dropped == 0 ? 1
        : Math.Max(0, (double)(scenario.Started - scenario.TestErrors) / (scenario.Started + scenario.Dropped));

    /// <summary>The same less what was cut off, whose amounts are missing too.</summary>
    private static double DoneShare(RunEvidence evidence, ScenarioDelivery scenario) =>
        DueShare(evidence, scenario) * (scenario.Started == 0 ? 1 : (double)scenario.Completed / scenario.Started);
}
