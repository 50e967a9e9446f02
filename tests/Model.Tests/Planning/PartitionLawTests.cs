using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Planning;

/// <summary>Law 1: for every n, the union of n runners' plans equals the one-runner plan.</summary>
public class PartitionLawTests
{
    [Fact]
    public void Runners_together_do_exactly_what_one_would() => Check(150, (spec, partition) =>
    {
        var whole = Planner.PlanWorker(Test(spec), 0, 1).Scenarios.SingleOrDefault();
        var shares = Planner.Plan(Test(spec), partition).SelectMany(p => p.Scenarios).ToArray();
        if (whole is null)
        {
            Assert.Empty(shares);
            return;
        }

        Assert.Equal(VuIds(whole), shares.SelectMany(VuIds).Order());
        Assert.Equal(whole.EndOffset, shares.Max(s => s.EndOffset));
        Assert.All(shares, s => Assert.Equal(whole.RegularDuration, s.RegularDuration));
        Assert.All(shares, s => Assert.True(s.MaxVUs > 0, "a share with work has a VU to do it"));
        switch (whole)
        {
            case SharedIterationsPlan one:
                Assert.Equal(IterationIds(one), shares.Cast<SharedIterationsPlan>().SelectMany(IterationIds).Order());
                break;
            case PerVuIterationsPlan one:
                Assert.All(shares.Cast<PerVuIterationsPlan>(), s => Assert.Equal(one.IterationsPerVu, s.IterationsPerVu));
                break;
            case RampingVusPlan one:
                Assert.Equal(Spans(one), shares.Cast<RampingVusPlan>().SelectMany(Spans).OrderBy(s => s.Vu).ThenBy(s => s.Span.Start));
                Assert.Equal(Levels([one.Steps]), Levels(shares.Cast<RampingVusPlan>().Select(s => s.Steps)));
                Assert.Equal(Levels([one.ReservedSteps]), Levels(shares.Cast<RampingVusPlan>().Select(s => s.ReservedSteps)));
                break;
            case ArrivalRatePlan one:
                Assert.Equal(one.Arrivals.Enumerate(), shares.Cast<ArrivalRatePlan>().SelectMany(s => s.Arrivals.Enumerate()).OrderBy(a => a.GlobalIndex));
                Assert.Equal(one.PreAllocatedVUs, shares.Cast<ArrivalRatePlan>().Sum(s => s.PreAllocatedVUs));
                break;
        }
    });

    [Fact]
    public void A_runner_that_plans_alone_plans_as_the_group_does() => Check(60, (spec, partition) =>
    {
        var index = partition.Stripes.Count / 2;
        var alone = PlanDocument.ToJson([Planner.PlanWorker(Test(spec), index, partition)], limit: 500);
        Assert.Equal(alone, PlanDocument.ToJson([Planner.Plan(Test(spec), partition)[index]], limit: 500));
    });

    [Fact]
    public void Shares_sum_to_the_whole_and_grow_with_it_by_the_owner_alone() => Prop.ForAll(
        RandomSpecs.Partitions.ToArbitrary(),
        Gen.Choose(0, 5000).ToArbitrary(),
        (partition, amount) =>
        {
            Assert.Equal(amount, partition.Stripes.Sum(s => s.Scale(amount)));
            var grown = partition.Stripes.Where(s => s.Scale(amount + 1) != s.Scale(amount)).ToArray();
            var owner = Assert.Single(grown);
            Assert.Equal(owner.Scale(amount) + 1, owner.Scale(amount + 1));
            Assert.Equal(owner.Scale(amount), owner.LocalIndex(amount));
            Assert.All(partition.Stripes, s => Assert.True(ReferenceEquals(s, owner) || s.LocalIndex(amount) == -1));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Dividing_anew_gives_work_only_where_the_vus_are() => Prop.ForAll(
        RandomSpecs.Partitions.ToArbitrary(),
        Gen.Choose(1, 2000).ToArbitrary(),
        (partition, vus) =>
        {
            var divided = partition.Resegment(vus);
            for (var i = 0; i < partition.Stripes.Count; i++)
            {
                var share = partition.Stripes[i].Scale(vus);
                Assert.Equal(share == 0, divided.Stripes[i] is null);
                Assert.Equal(share, divided.Stripes[i]?.Scale(vus) ?? 0);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Display_shares_of_a_complete_sequence_sum_to_the_whole() => Prop.ForAll(
        Gen.Choose(1, 100).NonEmptyListOf().Where(w => w.Count <= 10).ToArbitrary(),
        Gen.Choose(2, 100).ToArbitrary(),
        (weights, amount) =>
        {
            var sequence = RandomSpecs.OfWeights(weights).Sequence;
            Assert.Equal(amount, sequence.Segments.Aggregate(System.Numerics.BigInteger.Zero, (sum, s) => sum + s.ScaleForDisplay(amount)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sequences_survive_printing_and_reading() => Prop.ForAll(
        RandomSpecs.Partitions.ToArbitrary(),
        partition =>
        {
            var text = partition.Sequence.ToString();
            Assert.Equal(text, Cases.Sequence(text).ToString());
            Assert.Equal(partition.Stripes.Select(s => string.Join(',', s.Slots)), Partition.Of(Cases.Sequence(text)).Stripes.Select(s => string.Join(',', s.Slots)));
        }).QuickCheckThrowOnFailure();

    private static void Check(int runs, Action<ScenarioSpec, Partition> law) => FsCheck.Fluent.Prop
        .ForAll(RandomSpecs.Scenario.ToArbitrary(), RandomSpecs.Partitions.ToArbitrary(), law)
        .Check(Config.QuickThrowOnFailure.WithMaxTest(runs));

    private static LoadTestSpec Test(ScenarioSpec spec) => new() { Scenarios = new([new("s", spec)]) };

    private static IEnumerable<long> VuIds(ScenarioPlan plan) => Enumerable.Range(0, plan.MaxVUs).Select(k => plan.VuIds.GlobalIndex(k) + 1);

    private static IEnumerable<long> IterationIds(SharedIterationsPlan plan) =>
        Enumerable.Range(0, (int)plan.Iterations).Select(k => plan.IterationIds.GlobalIndex(k));

    private static IEnumerable<(long Vu, VuSpan Span)> Spans(RampingVusPlan plan) =>
        plan.VuSpans().SelectMany((spans, k) => spans.Select(span => (plan.VuIds.GlobalIndex(k), span)));

    // The level after each instant, where it differs from the one before; steps of one instant may come from several runners.
    private static IEnumerable<(long At, int Vus)> Levels(IEnumerable<IReadOnlyList<VuStep>> lists)
    {
        var changes = lists.SelectMany(steps => steps.Select((s, i) => (At: s.Offset.Nanoseconds, By: s.Vus - (i == 0 ? 0 : steps[i - 1].Vus))));
        var level = 0;
        foreach (var instant in changes.GroupBy(c => c.At).OrderBy(g => g.Key))
        {
            var by = instant.Sum(c => c.By);
            level += by;
            if (by != 0)
            {
                yield return (instant.Key, level);
            }
        }
    }
}
