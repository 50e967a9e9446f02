using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Planning;

/// <summary>Valid scenarios of every executor and partitions of every kind.</summary>
internal static class RandomSpecs
{
    public static readonly Gen<ScenarioSpec> Scenario = Gen.OneOf(
        from vus in Gen.Choose(1, 1500)
        from more in Gen.Choose(0, 3000)
        select (ScenarioSpec)new SharedIterationsScenario { Vus = vus, Iterations = vus + more },
        from vus in Gen.Choose(1, 1500)
        from iterations in Gen.Choose(1, 1000)
        select (ScenarioSpec)new PerVuIterationsScenario { Vus = vus, Iterations = iterations },
        from vus in Gen.Choose(1, 1500)
        from length in Milliseconds(1000, 90_000)
        select (ScenarioSpec)new ConstantVusScenario { Vus = vus, Duration = length },
        RampingVus().Select(s => (ScenarioSpec)s),
        from rate in Gen.Choose(1, 700)
        from unit in Milliseconds(300, 60_000)
        from length in Milliseconds(1000, 5000)
        from vus in Gen.Choose(1, 1500)
        from pre in Gen.Choose(0, vus)
        select (ScenarioSpec)new ConstantArrivalRateScenario { Rate = rate, TimeUnit = unit, Duration = length, PreAllocatedVUs = pre, MaxVUs = vus },
        RampingArrivals().Select(s => (ScenarioSpec)s));

    /// <summary>Equal runners (1 to 500) as well as unequal ones.</summary>
    public static readonly Gen<Partition> Partitions = Gen.OneOf(
        Gen.Choose(1, 500).Select(Partition.Equal),
        Gen.Choose(1, 12).Select(Partition.Equal),
        Gen.Choose(1, 60).ListOf().Where(w => w.Count is > 0 and < 30).Select(OfWeights));

    public static Partition OfWeights(IEnumerable<int> weights)
    {
        Assert.True(SegmentSequence.TryFromWeights([.. weights.Select(w => (long)w)], out var sequence, out var error), error);
        return Partition.Of(sequence);
    }

    public static Gen<RampingVusScenario> RampingVus() =>
        from start in Gen.Choose(0, 60)
        from stages in Stages(300, 20_000)
        from down in Milliseconds(0, 15_000)
        from noDown in Gen.Elements(true, false)
        from stop in Milliseconds(0, 15_000)
        select new RampingVusScenario
        {
            StartVUs = start,
            Stages = stages,
            GracefulRampDown = noDown ? Duration.Zero : down,
            GracefulStop = stop,
        };

    public static Gen<RampingArrivalRateScenario> RampingArrivals() =>
        from start in Gen.Choose(0, 200)
        from stages in Stages(500, 3000)
        from unit in Milliseconds(500, 3000)
        from vus in Gen.Choose(1, 1500)
        from pre in Gen.Choose(0, vus)
        select new RampingArrivalRateScenario { StartRate = start, Stages = stages, TimeUnit = unit, PreAllocatedVUs = pre, MaxVUs = vus };

    private static Gen<Duration> Milliseconds(int least, int most) => Gen.Choose(least, most).Select(ms => Duration.FromMilliseconds(ms));

    private static Gen<Stage[]> Stages(int mostTarget, int mostMilliseconds) =>
        (from target in Gen.Choose(0, mostTarget)
         from ms in Gen.Frequency((1, Gen.Constant(0)), (5, Gen.Choose(1, mostMilliseconds)))
         select new Stage(Duration.FromMilliseconds(ms), target))
        .NonEmptyListOf().Select(list => list.Take(8).ToArray());
}
