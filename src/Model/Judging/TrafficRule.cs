using LoadTesting.Model.Reporting;

namespace LoadTesting.Model.Judging;

/// <summary>The part of <see cref="VerdictRule"/> that asks whether requests were sent and answered at all.</summary>
internal static class TrafficRule
{
    private const int MostNamed = 3;

    /// <summary>
    /// Requests of a scenario went to the target and none was answered completely: proven of the target, unless only time ran out in a generator that was at
    /// its limits.
    /// </summary>
    public static VerdictDecision? NothingAnswered(RunEvidence evidence)
    {
        var silent = evidence.Scenarios.Where(s => s is { HasRequests: true, Answered: 0, Unanswered: > 0 } && !(evidence.IsTainted && s.UnansweredBecause.All(c => c.IsTimeout))).ToList();
        if (silent.Count == 0)
        {
            return null;
        }

        var first = silent[0];
        return new(
            Verdict.Failed,
            Reasons.NothingAnswered,
            $"no request of scenario {first.Name} was answered completely: {HumanFormat.Count(first.Unanswered)} sent, {FailureCause.Describe(first.UnansweredBecause)}{Others(silent)}");
    }

    /// <summary>A scenario has requests, something of it was planned, and none of its requests got as far as the target.</summary>
    public static VerdictDecision? NothingSent(RunEvidence evidence)
    {
        var mute = evidence.Scenarios.Where(s => s is { HasRequests: true, Sent: 0, Planned: not 0 }).ToList();
        if (mute.Count == 0)
        {
            return null;
        }

        var first = mute[0];
        var why = first switch
        {
            { Unsent: > 0 } => $"{HumanFormat.Count(first.Unsent)} failed before they left the generator, {FailureCause.Describe(first.UnsentBecause)}",
            { CutOff: > 0 } => $"all {HumanFormat.Count(first.CutOff)} were cut off with their iterations: make its duration or gracefulStop longer than a request takes",
            { TestErrors: > 0 } => $"{HumanFormat.Count(first.TestErrors)} iterations ended before by an error of the test itself, {FailureCause.Describe(first.Errors)}",
            _ => $"no condition of its steps (when, while, times, oneOf) led to one in {HumanFormat.Count(first.Completed)} iterations",
        };
        return new(Verdict.Invalid, Reasons.NothingSent, $"scenario {first.Name} has requests and sent none: {why}{Others(mute)}");
    }

    /// <summary>
    /// Behind the sentence of a broken threshold: how many requests got no complete answer or were never sent, and why. Empty when there were none. Whoever
    /// reads that a percentile has no answer wants to know what happened, and the verdict's sentence is often all that is seen.
    /// </summary>
    public static string Causes(RunEvidence evidence)
    {
        var (sent, unanswered, unsent) = (evidence.Scenarios.Sum(s => s.Sent), evidence.Scenarios.Sum(s => s.Unanswered), evidence.Scenarios.Sum(s => s.Unsent));
        return (unanswered == 0 ? string.Empty
                : $"; {HumanFormat.Count(unanswered)} of {HumanFormat.Count(sent)} requests got no complete answer: {Together(evidence.Scenarios.SelectMany(s => s.UnansweredBecause))}")
            + (unsent == 0 ? string.Empty
                : $"; {HumanFormat.Count(unsent)} requests never left the generator: {Together(evidence.Scenarios.SelectMany(s => s.UnsentBecause))}");
    }

    private static string Together(IEnumerable<FailureCause> causes) => FailureCause.Describe(
        [.. causes.GroupBy(c => (c.Text, c.Code)).Select(g => new FailureCause(g.Key.Text, g.Sum(c => c.Count), g.Key.Code))
            .OrderByDescending(c => c.Count).ThenBy(c => c.Text, StringComparer.Ordinal)]);

    private static string Others(List<ScenarioDelivery> scenarios) => scenarios.Count == 1 ? string.Empty
        : $"; the same of {string.Join(", ", scenarios.Skip(1).Take(MostNamed).Select(s => s.Name))}{(scenarios.Count > MostNamed + 1 ? $" and {scenarios.Count - MostNamed - 1} more" : string.Empty)}";
}
