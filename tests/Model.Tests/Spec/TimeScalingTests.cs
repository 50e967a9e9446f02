using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Tests.Spec;

public sealed class TimeScalingTests
{
    [Fact]
    public void Times_are_scaled_and_the_shape_stays()
    {
        var written = new LoadTestSpec
        {
            Scenarios = new(
            [
                new("ramp", new RampingVusScenario { StartVUs = 3, Stages = [new Stage(S(10), 5), new Stage(S(0), 9)], GracefulRampDown = S(7), StartTime = S(20) }),
                new("rates", new RampingArrivalRateScenario { Stages = [new Stage(S(60), 100)], PreAllocatedVUs = 2, MaxVUs = 4 }),
                new("open", new ConstantArrivalRateScenario { Rate = 50, Duration = S(100), PreAllocatedVUs = 2, MaxVUs = 4, GracefulStop = S(9) }),
                new("short", new ConstantVusScenario { Duration = S(3) }),
                new("each", new PerVuIterationsScenario { Iterations = 8, MaxDuration = S(600) }),
            ]),
        };
        var problems = new List<Problem>();
        var scaled = SpecOverrides.Apply(written, new RunOverrides { TimeScale = 0.1 }, problems).Scenarios;
        var ramp = (RampingVusScenario)scaled["ramp"];
        Assert.Equal((S(2), 3, S(7)), (ramp.StartTime, ramp.StartVUs, ramp.GracefulRampDown));
        Assert.Equal([new Stage(S(1), 5), new Stage(S(0), 9)], ramp.Stages);
        Assert.Equal([new Stage(S(6), 100)], ((RampingArrivalRateScenario)scaled["rates"]).Stages);
        Assert.Equal((50, S(10), S(9)), (((ConstantArrivalRateScenario)scaled["open"]).Rate, ((ConstantArrivalRateScenario)scaled["open"]).Duration, scaled["open"].GracefulStop));
        Assert.Equal(S(1), ((ConstantVusScenario)scaled["short"]).Duration);
        Assert.Equal((8, S(60)), (((PerVuIterationsScenario)scaled["each"]).Iterations, ((PerVuIterationsScenario)scaled["each"]).MaxDuration));
        Assert.True(Assert.Single(problems).IsWarning);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_factor_that_is_none_is_refused(double factor)
    {
        var problems = new List<Problem>();
        SpecOverrides.Apply(new LoadTestSpec(), new RunOverrides { TimeScale = factor }, problems);
        Assert.False(Assert.Single(problems).IsWarning);
    }

    private static Duration S(long seconds) => Duration.FromSeconds(seconds);
}
