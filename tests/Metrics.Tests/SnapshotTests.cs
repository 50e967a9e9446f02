namespace LoadTesting.Metrics.Tests;

public class SnapshotTests
{
    [Fact]
    public void Merging_is_commutative_and_associative_bit_by_bit() => Build.ForAllSeeds(random =>
    {
        var (a, b, c) = (Build.Snapshot(random), Build.Snapshot(random), Build.Snapshot(random));
        return Snapshot.Merge(a, b).Equals(Snapshot.Merge(b, a))
            && Snapshot.Merge(Snapshot.Merge(a, b), c).Equals(Snapshot.Merge(a, Snapshot.Merge(b, c)))
            && Snapshot.Merge([c, a, b]).Equals(Snapshot.Merge([a, b, c]))
            && Snapshot.Merge(a, Snapshot.Empty).Equals(a);
    });

    [Fact]
    public void Shards_merged_equal_one_recorder_that_saw_everything() => Build.ForAllSeeds(random =>
    {
        WorkerRecorder whole = new(), one = new(), two = new(), three = new();
        Build.RecordSome(random, whole, one, two, three);
        return whole.TakeSnapshot().Equals(Snapshot.Merge([one.TakeSnapshot(), two.TakeSnapshot(), three.TakeSnapshot()]));
    });

    [Fact]
    public void Selecting_merges_all_series_that_match_the_filter()
    {
        var recorder = new WorkerRecorder();
        recorder.Counter(BuiltInMetrics.HttpReqs, TagSet.Of(("name", "order"), ("status", "200"))).Add(3);
        recorder.Counter(BuiltInMetrics.HttpReqs, TagSet.Of(("name", "order"), ("status", "500"))).Add(2);
        recorder.Counter(BuiltInMetrics.HttpReqs, TagSet.Of(("name", "browse"))).Add(10);
        recorder.Rate(BuiltInMetrics.HttpReqFailed, TagSet.Of(("name", "order"))).Add(true);
        var snapshot = recorder.TakeSnapshot();
        Assert.Equal(15, Count(null));
        Assert.Equal(5, Count(TagSet.Of(("name", "order"))));
        Assert.Equal(2, Count(TagSet.Of(("status", "500"), ("name", "order"))));
        Assert.Null(snapshot.Select("http_reqs", TagSet.Of(("name", "other"))));
        Assert.Null(snapshot.Select("http_req"));
        Assert.Equal([BuiltInMetrics.HttpReqFailed, BuiltInMetrics.HttpReqs], snapshot.Metrics);

        double Count(TagSet? filter)
        {
            Assert.Equal(snapshot.Select("http_reqs", filter), snapshot.Select(BuiltInMetrics.HttpReqs, filter));
            return Assert.IsType<CounterValue>(snapshot.Select("http_reqs", filter)).Sum;
        }
    }

    [Fact]
    public void Metrics_of_one_name_and_different_type_stay_apart()
    {
        var (counter, trend) = (new MetricDefinition("both", MetricType.Counter), new MetricDefinition("both", MetricType.Trend));
        WorkerRecorder one = new(), two = new();
        one.Counter(counter, TagSet.Empty).Add(1);
        two.Trend(trend, TagSet.Empty).Record(2);
        var merged = Snapshot.Merge(two.TakeSnapshot(), one.TakeSnapshot());
        Assert.IsType<CounterValue>(merged.Select("both"));
        Assert.IsType<HistogramSnapshot>(merged.Select(trend));
    }

    [Fact]
    public void The_earlier_snapshot_and_the_difference_make_the_later_one() => Build.ForAllSeeds(random =>
    {
        WorkerRecorder first = new(), second = new(), both = new();
        Build.RecordSome(random, both, first);
        var earlier = both.TakeSnapshot();
        Build.RecordSome(random, both, second);
        var later = both.TakeSnapshot();
        var window = later.Delta(earlier);
        foreach (var (key, value) in second.TakeSnapshot().Series)
        {
            var read = window.Find(key);
            if (value is HistogramSnapshot wanted)
            {
                // The extremes of a window are known to the bucket only; everything else is exact.
                var histogram = Assert.IsType<HistogramSnapshot>(read);
                Assert.Equal(wanted.Positive, histogram.Positive);
                Assert.Equal(wanted.Negative, histogram.Negative);
                Assert.Equal(wanted.ZeroCount, histogram.ZeroCount);
                Assert.Equal(wanted.OverflowCount, histogram.OverflowCount);
                Assert.Equal(wanted.ExactSum, histogram.ExactSum);
                Assert.Equal(wanted.FiniteMax is null, histogram.FiniteMax is null);
                if (wanted.FiniteMax is not { } max) continue;
                AssertClose(wanted.Min!.Value, histogram.Min!.Value);
                AssertClose(max, histogram.FiniteMax!.Value);
            }
            else
            {
                // A set has no difference: its window is the whole.
                Assert.Equal(value is DistinctValue ? later.Find(key) : value, read);
            }
        }

        return later.Series.Select(s => s.Key).SequenceEqual(window.Series.Select(s => s.Key));
    });

    [Fact]
    public void A_series_in_which_nothing_happened_is_empty_in_the_difference_not_absent()
    {
        var recorder = new WorkerRecorder();
        recorder.Trend(Build.Plain, TagSet.Empty).Record(3);
        recorder.Counter(Build.Orders, TagSet.Empty).Add(3);
        recorder.Rate(BuiltInMetrics.Checks, TagSet.Empty).Add(true);
        var snapshot = recorder.TakeSnapshot();
        var window = snapshot.Delta(snapshot);
        Assert.Null(Assert.IsType<HistogramSnapshot>(window.Select(Build.Plain)).Percentile(99));
        Assert.Null(Assert.IsType<RateValue>(window.Select(BuiltInMetrics.Checks)).Rate);
        Assert.Equal(0, Assert.IsType<CounterValue>(window.Select(Build.Orders)).Sum);
    }

    [Fact]
    public void Counts_that_went_down_are_taken_as_started_anew()
    {
        WorkerRecorder before = new(), after = new();
        foreach (var value in (double[])[1, 2, 3]) before.Trend(Build.Plain, TagSet.Empty).Record(value);
        before.Rate(BuiltInMetrics.Checks, TagSet.Empty).Add(true);
        before.Trend(BuiltInMetrics.HttpReqDuration, TagSet.Empty).RecordOverflow();
        after.Trend(BuiltInMetrics.HttpReqDuration, TagSet.Empty).Record(1);
        after.Trend(Build.Plain, TagSet.Empty).Record(2);
        after.Rate(BuiltInMetrics.Checks, TagSet.Empty).Add(false);
        Assert.Equal(after.TakeSnapshot(), after.TakeSnapshot().Delta(before.TakeSnapshot()));
    }

    private static void AssertClose(double wanted, double read) =>
        Assert.True(Math.Abs(wanted - read) <= (0.001354 * Math.Abs(wanted)) + BucketLayout.ZeroThreshold, $"{read} for {wanted}");
}
