using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Reconciling;

namespace LoadTesting.Operator.Tests.Reconciling;

/// <summary>What is missing with lost runners: 4 runners, 100 s of a constant rate, so a second of one runner is a quarter of a percent.</summary>
public sealed class LostSharesTests
{
    private static readonly LoadTestSpec Spec = new()
    {
        Scenarios = new([new("s", new ConstantArrivalRateScenario { Rate = 100, Duration = Duration.FromSeconds(100), PreAllocatedVUs = 8, MaxVUs = 8 })]),
    };

    [Fact]
    public void A_runner_that_nobody_replaced_is_missing_from_its_last_word_on() => Assert.Equal([0.15], Shares([Lost(1)], (1, 0, 40)));

    [Fact]
    public void Of_one_that_was_replaced_the_time_between_is_missing() => Assert.Equal([0.025], Shares([Lost(1, replaced: true, resumed: 50)], (1, 0, 40)));

    [Fact]
    public void Only_what_is_counted_is_covered_whatever_was_heard_once() => Assert.Equal([0.125], Shares([Lost(1, replaced: true, resumed: 50, heard: 40)]));

    [Fact]
    public void A_replacement_that_is_lost_too_adds_its_own_time() =>
        Assert.Equal([0.025, 0.1], Shares([Lost(1, incarnation: 1), Lost(1, replaced: true, resumed: 50)], (1, 0, 40), (1, 1, 60)));

    [Fact]
    public void A_replacement_lost_before_its_first_word_did_nothing_from_its_beginning_on() =>
        Assert.Equal([0.025, 0.125], Shares([Lost(1, replaced: true, resumed: 50), Lost(1, incarnation: 1)], (1, 0, 40)));

    [Fact]
    public void One_that_never_took_over_leaves_all_of_the_rest_to_its_predecessors_account() =>
        Assert.Equal([0.15, 0], Shares([Lost(1, replaced: true), Lost(1, incarnation: 1)], (1, 0, 40)));

    private static IEnumerable<double> Shares(LostRunnerStatus[] losses, params (int Index, int Incarnation, double Seconds)[] known) =>
        LostShares.Of(Spec, 4, losses, (index, incarnation) => known.Where(k => (k.Index, k.Incarnation) == (index, incarnation)).Select(k => (Duration?)Duration.FromSeconds(k.Seconds)).FirstOrDefault())
            .Select(l => Math.Round(l.LostShare, 4));

    private static LostRunnerStatus Lost(int index, int incarnation = 0, bool replaced = false, double? resumed = null, double? heard = null) => new()
    {
        Index = index,
        Incarnation = incarnation == 0 ? null : incarnation,
        Replaced = replaced ? true : null,
        LostAfter = heard is null ? null : $"{heard}s",
        ResumedAfter = resumed is null ? null : $"{resumed}s",
    };
}
