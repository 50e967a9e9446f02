using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Tests.Observing;

public sealed class ObservePolicyTests
{
    [Theory]
    [InlineData(null, null, "spec.observe.pods")]
    [InlineData("", null, "spec.observe.pods")]
    [InlineData("own", null, null)]
    [InlineData("own", "shop", null)]
    [InlineData("own", "backend", "spec.observe.pods.namespace")]
    [InlineData("own, backend", "backend", null)]
    [InlineData("backend", null, "spec.observe.pods.namespace")]
    [InlineData("*", "anything", null)]
    public void A_test_sees_the_Pods_that_the_operator_was_told_to_show(string? option, string? wanted, string? problem)
    {
        var spec = new LoadTestSpec { Observe = new ObserveSpec { Pods = new ObservedPods { Selector = new PodSelector(), Namespace = wanted } } };
        Assert.Equal(problem, ObservePolicy.Parse(option).Check(spec, "shop")?.Path);
    }

    [Fact]
    public void Prometheus_needs_no_leave_because_runners_ask() =>
        Assert.Null(ObservePolicy.Nothing.Check(new LoadTestSpec { Observe = new ObserveSpec { Prometheus = [new ObservedQuery { Name = "heap", Url = "http://p", Query = "x" }] } }, "shop"));
}
