using System.Numerics;

namespace LoadTesting.Metrics.Tests;

public class ExactSumTests
{
    [Fact]
    public void A_sum_does_not_depend_on_order_or_grouping() => Build.ForAllSeeds(random =>
    {
        var parts = Enumerable.Range(0, 40).Select(_ => ExactSum.Of(Build.Value(random))).ToArray();
        var forward = parts.Aggregate(default(ExactSum), (a, b) => a + b);
        var backward = parts.Reverse().Aggregate(default(ExactSum), (a, b) => a + b);
        var halves = parts[..20].Aggregate((a, b) => a + b) + parts[20..].Aggregate((a, b) => a + b);
        return forward == backward && forward == halves;
    });

    [Fact]
    public void What_floating_point_loses_is_kept()
    {
        var sum = ExactSum.Of(1e300) + ExactSum.Of(1e-300) - ExactSum.Of(1e300);
        Assert.Equal(1e-300, sum.ToDouble());
        Assert.Equal(default, sum - ExactSum.Of(1e-300));
    }

    [Fact]
    public void A_double_comes_back_as_it_went_in() => Build.ForAllSeeds(
        random =>
        {
            var value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            return !double.IsFinite(value) || ExactSum.Of(value).ToDouble().Equals(value);
        },
        tests: 5_000);

    [Fact]
    public void Rounding_is_to_the_nearest_as_for_a_single_addition() => Build.ForAllSeeds(
        random =>
        {
            // IEEE addition of two doubles is correctly rounded: an independent oracle.
            var (a, b) = (Math.ScaleB(random.NextDouble(), random.Next(60)), Math.ScaleB(random.NextDouble() - 0.5, random.Next(60)));
            return (ExactSum.Of(a) + ExactSum.Of(b)).ToDouble() == a + b;
        },
        tests: 5_000);

    [Fact]
    public void Ties_go_to_the_even_neighbour()
    {
        Assert.Equal(Math.Pow(2, 53), (ExactSum.Of(Math.Pow(2, 53)) + ExactSum.Of(1)).ToDouble());
        Assert.Equal(Math.Pow(2, 53) + 4, (ExactSum.Of(Math.Pow(2, 53)) + ExactSum.Of(3)).ToDouble());
    }

    [Fact]
    public void Beyond_the_largest_double_the_sum_stays_finite_and_its_components_still_add_up()
    {
        var sum = ExactSum.Of(double.MaxValue) + ExactSum.Of(double.MaxValue) + ExactSum.Of(1);
        Assert.Equal(double.MaxValue, sum.ToDouble());
        Assert.Equal([double.MaxValue, double.MaxValue, 1.0], sum.Components());
    }

    [Fact]
    public void Components_add_up_to_the_sum() => Build.ForAllSeeds(random =>
    {
        var sum = Enumerable.Range(0, 20).Select(_ => ExactSum.Of(Build.Value(random))).Aggregate((a, b) => a + b);
        return sum.Components().Select(ExactSum.Of).Aggregate(default(ExactSum), (a, b) => a + b) == sum;
    });

    [Fact]
    public void The_accumulator_agrees_with_the_sum() => Build.ForAllSeeds(random =>
    {
        var accumulator = new ExactAccumulator();
        var sum = default(ExactSum);
        for (var i = 0; i < 100; i++)
        {
            var value = Build.Value(random);
            accumulator.Add(value);
            sum += ExactSum.Of(value);
        }

        return accumulator.ToSum() == sum;
    });

    [Fact]
    public void A_total_of_many_sums_agrees_with_adding_one_to_the_other() => Build.ForAllSeeds(random =>
    {
        var (total, sum) = (default(ExactTotal), default(ExactSum));
        var isLike = random.Next(2) == 0;
        for (var i = random.Next(700); i > 0; i--)
        {
            // Mostly what many latencies add up to; some that are nothing like the others.
            var part = isLike || random.Next(4) > 0 ? ExactSum.Scaled(new BigInteger(random.NextInt64()) * random.NextInt64(), -100 - random.Next(5)) : ExactSum.Of(Build.Value(random));
            if (random.Next(3) == 0) part = -part;
            total.Add(part);
            sum += part;
        }

        return total.ToSum() == sum;
    });
}
