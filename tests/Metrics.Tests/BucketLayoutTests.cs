using System.Numerics;

namespace LoadTesting.Metrics.Tests;

public class BucketLayoutTests
{
    [Fact]
    public void Every_boundary_is_the_double_nearest_to_the_real_one()
    {
        for (var k = 1; k < 256; k++)
        {
            // b = m/2^52 is nearest to 2^(k/256) iff (m ± 1/2)^256 encloses 2^k · 2^(52·256); halves are avoided by doubling.
            var mantissa = new BigInteger(Math.ScaleB(BucketLayout.UpperBound(8, k), 52));
            var target = BigInteger.One << (k + (53 * 256));
            Assert.True(BigInteger.Pow((mantissa * 2) - 1, 256) < target, $"boundary {k} is too high");
            Assert.True(BigInteger.Pow((mantissa * 2) + 1, 256) > target, $"boundary {k} is too low");
        }
    }

    [Fact]
    public void A_boundary_belongs_to_its_bucket_and_the_next_double_to_the_next_bucket()
    {
        for (var index = BucketLayout.LowestIndex; index < BucketLayout.HighestIndex; index += index is > -300 and < 600 ? 1 : 37)
        {
            var bound = BucketLayout.UpperBound(8, index);
            Assert.Equal(index, BucketLayout.IndexOf(bound));
            Assert.Equal(index + 1, BucketLayout.IndexOf(Math.BitIncrement(bound)));
        }
    }

    [Fact]
    public void Any_value_lies_in_the_bucket_that_it_is_given() => Build.ForAllSeeds(
        random =>
        {
            var value = Math.ScaleB(1 + random.NextDouble(), random.Next(-128, 1023));
            var index = BucketLayout.IndexOf(value);
            return BucketLayout.UpperBound(8, index - 1) < value && value <= BucketLayout.UpperBound(8, index);
        },
        tests: 10_000);

    [Fact]
    public void The_range_of_indexes_is_that_of_the_doubles_beyond_the_zero_threshold()
    {
        Assert.Equal(BucketLayout.ZeroThreshold, Math.Pow(2, -128));
        Assert.Equal(BucketLayout.LowestIndex, BucketLayout.IndexOf(Math.BitIncrement(BucketLayout.ZeroThreshold)));
        Assert.Equal(BucketLayout.HighestIndex, BucketLayout.IndexOf(double.MaxValue));
        Assert.Equal(double.PositiveInfinity, BucketLayout.UpperBound(8, BucketLayout.HighestIndex));
        Assert.True(double.IsFinite(BucketLayout.Representative(8, BucketLayout.HighestIndex)));
    }

    [Theory]
    [InlineData(8, 0.001354)]
    [InlineData(5, 0.010831)]
    [InlineData(3, 0.0433)]
    [InlineData(0, 0.33334)]
    public void The_representative_of_a_bucket_is_within_the_stated_error_of_all_its_values(int schema, double stated)
    {
        var bound = BucketLayout.RelativeErrorBound(schema);
        Assert.InRange(bound, stated * 0.999, stated);
        for (var index = -2000 >> (8 - schema); index < 2000 >> (8 - schema); index++)
        {
            var (low, high) = (BucketLayout.UpperBound(schema, index - 1), BucketLayout.UpperBound(schema, index));
            var representative = BucketLayout.Representative(schema, index);
            Assert.True(Math.Abs(representative - low) <= bound * low * (1 + 1e-12), $"bucket {index}, lower bound");
            Assert.True(Math.Abs(representative - high) <= bound * high * (1 + 1e-12), $"bucket {index}, upper bound");
        }
    }

    [Fact]
    public void A_coarse_bucket_is_the_union_of_the_fine_ones_that_scale_down_to_it() => Build.ForAllSeeds(
        random =>
        {
            var (schema, index) = (random.Next(-4, 9), random.Next(BucketLayout.LowestIndex, BucketLayout.HighestIndex));
            var coarse = BucketLayout.Downscale(index, 8, schema);
            return BucketLayout.UpperBound(schema, coarse - 1) <= BucketLayout.UpperBound(8, index - 1)
                && BucketLayout.UpperBound(8, index) <= BucketLayout.UpperBound(schema, coarse);
        },
        tests: 5_000);

    [Theory]
    [InlineData(-5)]
    [InlineData(9)]
    public void A_schema_that_Prometheus_does_not_know_is_refused(int schema)
    {
        Assert.False(BucketLayout.IsSchema(schema));
        Assert.Throws<ArgumentOutOfRangeException>(() => BucketLayout.UpperBound(schema, 1));
    }
}
