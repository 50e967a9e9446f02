using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>Which loads are long enough to compile for before they begin.</summary>
public sealed class WarmUpTests
{
    public static TheoryData<ScenarioSpec, bool> Scenarios() => new()
    {
        { new SharedIterationsScenario { Vus = 10, Iterations = 19_999 }, false },
        { new SharedIterationsScenario { Vus = 10, Iterations = 20_000 }, true },
        { new PerVuIterationsScenario { Vus = 10, Iterations = 1_999 }, false },
        { new PerVuIterationsScenario { Vus = 10, Iterations = 2_000 }, true },
        { new ConstantVusScenario { Vus = 1, Duration = Duration.FromSeconds(19) }, false },
        { new ConstantVusScenario { Vus = 1, Duration = Duration.FromSeconds(20) }, true },
    };

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Long_loads_and_many_iterations_pay_whatever_their_longest_duration(ScenarioSpec scenario, bool pays)
    {
        var spec = new LoadTestSpec
        {
            Target = "http://127.0.0.1:1",
            Flows = new([KeyValuePair.Create<string, IReadOnlyList<StepSpec>>("flow", [new RequestStep { Method = "GET", Url = "/" }])]),
            Scenarios = new([KeyValuePair.Create("load", scenario)]),
        };
        Assert.Equal(pays, WarmUp.Pays(Planner.PlanWorker(spec, 0, 1)));
    }
}
