namespace LoadTesting.Metrics.Tests;

public class LatencyHistogramTests
{
    [Fact]
    public void Count_sum_minimum_and_maximum_are_exact()
    {
        var histogram = Build.Histogram(0.1, 0.2, 0.3, -4, 0);
        Assert.Equal(5, histogram.Count);
        Assert.Equal(-4, histogram.Min);
        Assert.Equal(0.3, histogram.Max);
        Assert.Equal(ExactSum.Of(0.1) + ExactSum.Of(0.2) + ExactSum.Of(0.3) + ExactSum.Of(-4), histogram.ExactSum);
        Assert.Equal(-3.4 / 5, histogram.Average!.Value, 1e-15);
    }

    [Fact]
    public void Without_observations_there_are_no_values()
    {
        var empty = Build.Histogram();
        Assert.Equal(0, empty.Count);
        Assert.Null(empty.Min);
        Assert.Null(empty.Max);
        Assert.Null(empty.Average);
        Assert.Null(empty.Percentile(50));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_no_number_is_counted_as_rejected_and_nowhere_else(double value)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(value);
        Assert.Equal(1, histogram.Rejected);
        Assert.Equal(Build.Histogram(), histogram.TakeSnapshot());
    }

    [Fact]
    public void Nanoseconds_are_stored_as_seconds()
    {
        var histogram = new LatencyHistogram();
        histogram.RecordNanoseconds(1_500_000_000);
        histogram.RecordNanoseconds(0);
        Assert.Equal(Build.Histogram(1.5, 0), histogram.TakeSnapshot());
    }

    [Fact]
    public void Every_finite_value_can_be_recorded()
    {
        double[] extremes = [double.MaxValue, -double.MaxValue, double.Epsilon, -double.Epsilon, BucketLayout.ZeroThreshold, -0.0, 1];
        var histogram = Build.Histogram(extremes);
        Assert.Equal(extremes.Length, histogram.Count);
        Assert.Equal(4, histogram.ZeroCount);
        Assert.Equal(-double.MaxValue, histogram.Quantile(0));
        Assert.Equal(double.MaxValue, histogram.Quantile(1));
    }

    [Fact]
    public void A_snapshot_does_not_change_when_recording_goes_on()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(1);
        var before = histogram.TakeSnapshot();
        histogram.Record(1);
        Assert.Equal(Build.Histogram(1), before);
        Assert.NotEqual(before, histogram.TakeSnapshot());
    }

    [Fact]
    public void Recording_allocates_nothing_once_the_range_has_been_seen()
    {
        var histogram = new LatencyHistogram();
        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100_000; i++)
            {
                histogram.RecordNanoseconds(i * 1000L);
                histogram.Record(-i);
                histogram.RecordOverflow();
            }

            if (round == 1) Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void Parts_merged_equal_the_whole_recorded_at_once() => Build.ForAllSeeds(random =>
    {
        var (whole, parts) = (new LatencyHistogram(), Enumerable.Range(0, 3).Select(_ => new LatencyHistogram()).ToArray());
        for (var i = 0; i < 300; i++)
        {
            var value = Build.Value(random);
            var part = parts[random.Next(3)];
            foreach (var histogram in (LatencyHistogram[])[whole, part])
            {
                if (i % 5 == 0) histogram.RecordOverflow();
                else histogram.Record(value);
            }
        }

        var merged = parts[0].TakeSnapshot().MergedWith([parts[1].TakeSnapshot(), parts[2].TakeSnapshot()]);
        return whole.TakeSnapshot().Equals(merged);
    });

    [Fact]
    public void Scaling_down_and_merging_may_change_places() => Build.ForAllSeeds(random =>
    {
        var schema = random.Next(-4, 8);
        var a = Build.Unanswered(random.Next(3), [.. Enumerable.Range(0, 50).Select(_ => Build.Value(random))]);
        var b = Build.Unanswered(random.Next(3), [.. Enumerable.Range(0, 50).Select(_ => Build.Value(random))]);
        var late = ((HistogramSnapshot)a.MergedWith([b])).DownscaleTo(schema);
        return late.Equals(a.DownscaleTo(schema).MergedWith([b.DownscaleTo(schema)]))
            && late.Equals(a.DownscaleTo(schema).MergedWith([b]))
            && late.Equals(a.DownscaleTo(8).MergedWith([b.DownscaleTo(random.Next(schema, 9)).DownscaleTo(schema)]));
    });

    [Fact]
    public void What_was_never_answered_counts_and_is_in_neither_sum_nor_finite_extremes()
    {
        var histogram = Build.Unanswered(3, 1, 2);
        Assert.Equal(histogram, Build.Histogram(1, double.PositiveInfinity, 2, double.PositiveInfinity, double.PositiveInfinity));
        Assert.Equal((5, 2, 3), (histogram.Count, histogram.FiniteCount, histogram.OverflowCount));
        Assert.Equal((3.0, 1.5, 1.0), (histogram.Sum, histogram.Average!.Value, histogram.Min!.Value));
        Assert.Equal((double.PositiveInfinity, 2.0), (histogram.Max!.Value, histogram.FiniteMax!.Value));
        Assert.Equal((3 + (3 * 60.0)) / 5, histogram.AverageWith(60));
        Assert.Equal((3L, 4L, 5L), (histogram.CountAbove(2), histogram.CountAbove(1.5), histogram.CountAbove(0)));
        Assert.Equal((double.MaxValue, double.PositiveInfinity, 3L), histogram.Buckets().Last());
        Assert.NotEqual(Build.Histogram(1, 2), histogram);
        Assert.NotEqual(Build.Unanswered(2, 1, 2), histogram);
    }

    [Fact]
    public void Where_nothing_was_answered_every_number_is_beyond_any_limit()
    {
        var histogram = Build.Unanswered(2);
        Assert.All([histogram.Min, histogram.Max, histogram.Average, histogram.Percentile(0), histogram.Percentile(50), histogram.Percentile(100)], v => Assert.Equal(double.PositiveInfinity, v));
        Assert.Null(histogram.FiniteMax);
        Assert.Equal(0, histogram.Sum);
    }

    [Fact]
    public void The_parts_that_are_stored_make_the_histogram_again() => Build.ForAllSeeds(random =>
    {
        var histogram = Build.Unanswered(random.Next(4), [.. Enumerable.Range(0, random.Next(30)).Select(_ => Build.Value(random))]);
        var read = histogram.ToData().ToHistogram();
        // The sum is stored as a double.
        return read is not null && read.ToData() is var again && again.Overflow == histogram.OverflowCount && read.Count == histogram.Count && read.Max.Equals(histogram.Max)
            && read.Min.Equals(histogram.Min) && read.Sum.Equals(histogram.Sum) && read.Positive.Equals(histogram.Positive) && read.Negative.Equals(histogram.Negative);
    });
}
