using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Runner.Engine.Compilation;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>The choice of flows by weight.</summary>
public sealed class FlowMixTests
{
    [Fact]
    public void Shares_are_met_after_any_number_of_iterations()
    {
        var property = Prop.ForAll(Gen.Choose(1, 99).ToArbitrary(), Gen.Choose(1, 5000).ToArbitrary(), (percent, iterations) =>
        {
            IReadOnlyList<CompiledStep> first = [new CompiledSet(0, null, [])];
            IReadOnlyList<CompiledStep> second = [new CompiledSet(1, null, [])];
            var mix = new FlowMix([(first, percent), (second, 100 - percent)]);
            var picked = Enumerable.Range(0, iterations).Count(i => ReferenceEquals(mix.Pick(i), first));

            // Multiples of the golden ratio are off by less than 1 + log2(n) anywhere.
            return Math.Abs(picked - (iterations * percent / 100.0)) <= 1 + Math.Log2(iterations);
        });
        Check.QuickThrowOnFailure(property);
    }

    [Fact]
    public void A_flow_without_weight_is_never_chosen()
    {
        IReadOnlyList<CompiledStep> never = [];
        IReadOnlyList<CompiledStep> always = [new CompiledSet(0, null, [])];
        var mix = new FlowMix([(never, 0), (always, 1)]);
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Same(always, mix.Pick(i)));
    }
}
