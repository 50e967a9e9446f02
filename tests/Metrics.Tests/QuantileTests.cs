namespace LoadTesting.Metrics.Tests;

public class QuantileTests
{
    private static readonly double[] Fractions = [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];

    public static TheoryData<string, Func<Random, int, double>> Distributions => new()
    {
        { "uniform", (r, _) => r.NextDouble() },
        { "lognormal", (r, _) => 0.01 * Math.Exp(Normal(r)) },
        { "bimodal", (r, i) => i % 3 == 0 ? 0.5 + (0.1 * r.NextDouble()) : 0.001 + (0.0002 * r.NextDouble()) },
        { "Pareto", (r, _) => 0.001 / Math.Pow(1 - r.NextDouble(), 1 / 1.2) },
        { "constant", (_, _) => 0.0421 },
        { "stall", (r, i) => i is > 4000 and < 4200 ? 2 - ((i - 4000) * 0.01) : 0.001 + (0.0001 * r.NextDouble()) },
    };

    [Theory]
    [MemberData(nameof(Distributions))]
    public void Quantiles_of_merged_parts_are_within_the_bound_of_the_exact_sorted_value(string name, Func<Random, int, double> draw)
    {
        Build.ForAllSeeds(
            random =>
            {
                var parts = Enumerable.Range(0, 4).Select(_ => new LatencyHistogram()).ToArray();
                var values = new double[random.Next(1, 10_000)];
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = draw(random, i);
                    parts[i % 4].Record(values[i]);
                }

                Array.Sort(values);
                var merged = (HistogramSnapshot)parts[0].TakeSnapshot().MergedWith([.. parts[1..].Select(p => p.TakeSnapshot())]);
                foreach (var schema in (int[])[8, 5])
                {
                    var histogram = merged.DownscaleTo(schema);
                    foreach (var fraction in Fractions)
                    {
                        var (exact, read) = (Exact(values, fraction), histogram.Quantile(fraction)!.Value);
                        var error = Math.Abs(read - exact) / exact;
                        Assert.True(error <= histogram.RelativeErrorBound + 1e-12, $"{name}, schema {schema}, q {fraction}: {read} for {exact}");
                    }
                }

                return true;
            },
            tests: 20);
    }

    [Fact]
    public void Every_quantile_is_that_of_the_sorted_values_with_infinity_for_what_was_never_answered() => Build.ForAllSeeds(random =>
    {
        var parts = Enumerable.Range(0, 3).Select(_ => new LatencyHistogram()).ToArray();
        var values = new double[random.Next(1, 500)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.Next(10) == 0 ? double.PositiveInfinity : 0.001 * Math.Exp(random.NextDouble() * 8);
            if (double.IsFinite(values[i])) parts[i % 3].Record(values[i]);
            else parts[i % 3].RecordOverflow();
        }

        Array.Sort(values);
        var merged = (HistogramSnapshot)parts[0].TakeSnapshot().MergedWith([parts[1].TakeSnapshot(), parts[2].TakeSnapshot()]);
        foreach (var fraction in Fractions)
        {
            var (exact, read) = (Exact(values, fraction), merged.Quantile(fraction)!.Value);
            if (double.IsFinite(exact)) Assert.InRange(read, exact * 0.99864, exact * 1.00136);
            else Assert.Equal(double.PositiveInfinity, read);
        }

        return true;
    });

    [Theory]
    [InlineData(101, 10, 90, false)] // rank 90 of 0…100 is the last that was answered
    [InlineData(100, 10, 90, true)] // rank 89.1 lies between the last that was answered and the first that was not
    [InlineData(1001, 1, 99.9, false)] // 0.999·1000 is not 999 in binary
    [InlineData(1001, 2, 99.9, true)]
    [InlineData(2, 1, 0, false)]
    [InlineData(2, 1, 100, true)]
    public void A_percentile_is_a_number_as_long_as_both_of_its_ranks_were_answered(int count, int unanswered, double percent, bool isNone)
    {
        var read = Build.Unanswered(unanswered, [.. Enumerable.Range(1, count - unanswered).Select(i => (double)i)]).Percentile(percent)!.Value;
        Assert.Equal(isNone, double.IsPositiveInfinity(read));
        if (!isNone) Assert.Equal(count - unanswered, read);
    }

    [Fact]
    public void The_extremes_are_exact_and_so_is_everything_between_two_values()
    {
        var histogram = Build.Histogram(5, 10);
        Assert.Equal(5, histogram.Percentile(0));
        Assert.Equal(7.5, histogram.Percentile(50));
        Assert.Equal(10, histogram.Percentile(100));
    }

    [Fact]
    public void Quantiles_rise_with_the_fraction_over_negative_values_zero_and_positive_values()
    {
        var histogram = Build.Histogram(-2, -1, 0, 0, 1, 2, 3);
        double[] read = [.. Enumerable.Range(0, 101).Select(p => histogram.Percentile(p)!.Value)];
        Assert.Equal(read.Order(), read);
        Assert.Equal(0, histogram.Percentile(50));
        Assert.InRange(histogram.Percentile(100.0 / 6)!.Value, -1.00136, -0.99864);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_fraction_outside_0_to_1_is_refused(double fraction) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Build.Histogram(1).Quantile(fraction));

    private static double Exact(double[] sorted, double fraction)
    {
        var position = fraction * (sorted.Length - 1);
        var rank = (int)position;
        if (Math.Abs(position - Math.Round(position)) < 1e-9) return sorted[(int)Math.Round(position)];
        return rank + 1 < sorted.Length ? sorted[rank] + ((sorted[rank + 1] - sorted[rank]) * (position - rank)) : sorted[rank];
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
