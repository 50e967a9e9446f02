namespace LoadTesting.Metrics.Tests;

public class WorkerRecorderTests
{
    [Fact]
    public void The_same_series_has_one_writer()
    {
        var recorder = new WorkerRecorder();
        var writer = recorder.Trend(Build.Plain, TagSet.Of(("a", "1")));
        Assert.Same(writer, recorder.Trend(Build.Plain, TagSet.Of(("a", "1"))));
        Assert.NotSame(writer, recorder.Trend(Build.Plain, TagSet.Of(("a", "2"))));
    }

    [Fact]
    public void What_was_frozen_stays_as_it_was_whatever_is_recorded_before_it_is_looked_at()
    {
        var recorder = new WorkerRecorder();
        Record(3);
        var expected = recorder.TakeSnapshot();
        var frozen = recorder.Freeze();
        var selected = recorder.FreezeSelected(Build.Plain, _ => true);
        Record(50);
        recorder.Trend(Build.Plain, TagSet.Of(("a", "new"))).Record(7);
        Assert.Equal(expected, frozen());
        Assert.Equal(expected.Select(Build.Plain), selected());
        Assert.NotEqual(expected, recorder.TakeSnapshot());

        void Record(int count)
        {
            for (var i = 0; i < count; i++)
            {
                // Other pages of buckets and of the sum, below zero and at it.
                recorder.Trend(Build.Plain, TagSet.Empty).Record(Math.Pow(-3, i));
                recorder.Trend(Build.Plain, TagSet.Empty).Record(0);
                recorder.Trend(Build.Plain, TagSet.Empty).Record(double.NaN);
                recorder.Counter(Build.Orders, TagSet.Empty).Add(i + 0.1);
                recorder.Gauge(BuiltInMetrics.Vus, TagSet.Empty).Set(count - i);
                recorder.Rate(BuiltInMetrics.Checks, TagSet.Empty).Add(i % 2 == 0);
            }
        }
    }

    [Fact]
    public void A_series_without_samples_is_absent_and_one_that_counted_0_is_there()
    {
        var recorder = new WorkerRecorder();
        recorder.Counter(Build.Orders, TagSet.Empty);
        recorder.Gauge(BuiltInMetrics.Vus, TagSet.Empty);
        recorder.Rate(BuiltInMetrics.Checks, TagSet.Empty);
        recorder.Trend(Build.Plain, TagSet.Empty);
        Assert.Equal(Snapshot.Empty, recorder.TakeSnapshot());
        recorder.Counter(Build.Orders, TagSet.Empty).Add(0);
        Assert.Equal(0, Assert.IsType<CounterValue>(recorder.TakeSnapshot().Select(Build.Orders)).Sum);
    }

    [Fact]
    public void Beyond_the_bound_samples_go_to_one_overflow_series_per_metric_and_no_sample_is_lost()
    {
        var recorder = new WorkerRecorder(maxSeries: 10);
        for (var i = 0; i < 100; i++)
        {
            recorder.Counter(Build.Orders, TagSet.Of(("id", $"{i}"))).Add(1);
            recorder.Trend(Build.Plain, TagSet.Of(("id", $"{i % 8}"))).Record(i);
        }

        Assert.Equal(12, recorder.SeriesCount);
        var snapshot = recorder.TakeSnapshot();
        Assert.Equal(100, Assert.IsType<CounterValue>(snapshot.Select(Build.Orders)).Sum);
        Assert.Equal(100, Assert.IsType<HistogramSnapshot>(snapshot.Select(Build.Plain)).Count);
        Assert.Equal(95, Assert.IsType<CounterValue>(snapshot.Select(Build.Orders, TagSet.Of(("overflow", "true")))).Sum);
        Assert.Equal(10, recorder.FoldedTagSets); // 98 were folded; counting them is bounded too
        Assert.Equal(10, Assert.IsType<CounterValue>(snapshot.Select(BuiltInMetrics.FoldedTagSets)).Sum);
    }

    [Fact]
    public void Folded_tag_sets_are_counted_once_each()
    {
        var recorder = new WorkerRecorder(maxSeries: 5);
        for (var i = 0; i < 24; i++) recorder.Counter(Build.Orders, TagSet.Of(("id", $"{i % 8}"))).Add(1);
        Assert.Equal(3, recorder.FoldedTagSets);
        Assert.Equal(6, recorder.SeriesCount);
    }

    [Fact]
    public void A_name_belongs_to_one_metric_and_a_writer_to_its_type()
    {
        var recorder = new WorkerRecorder();
        recorder.Counter(Build.Orders, TagSet.Empty);
        Assert.Throws<ArgumentException>(() => recorder.Trend(Build.Orders, TagSet.Empty));
        Assert.Throws<ArgumentException>(() => recorder.Gauge(new(Build.Orders.Name, MetricType.Gauge), TagSet.Empty));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerRecorder(0));
    }

    [Fact]
    public void Samples_that_are_no_finite_number_are_rejected_and_counted()
    {
        var recorder = new WorkerRecorder();
        recorder.Counter(Build.Orders, TagSet.Empty).Add(double.NaN);
        recorder.Gauge(BuiltInMetrics.Vus, TagSet.Empty).Set(double.PositiveInfinity);
        recorder.Trend(Build.Plain, TagSet.Empty).Record(double.NaN);
        var snapshot = recorder.TakeSnapshot();
        Assert.Equal([BuiltInMetrics.RejectedSamples], snapshot.Metrics);
        Assert.Equal(3, Assert.IsType<CounterValue>(snapshot.Select(BuiltInMetrics.RejectedSamples)).Sum);
    }

    [Fact]
    public void A_counter_adds_whole_and_fractional_amounts_exactly()
    {
        var recorder = new WorkerRecorder();
        var counter = recorder.Counter(Build.Orders, TagSet.Empty);
        foreach (var amount in (double[])[1e300, 0.25, 3, -1e300, 1L << 60]) counter.Add(amount);
        Assert.Equal(ExactSum.Of(1L << 60) + ExactSum.Of(3.25), Assert.IsType<CounterValue>(recorder.TakeSnapshot().Select(Build.Orders)).Exact);
    }

    [Fact]
    public void Writing_to_known_series_allocates_nothing()
    {
        var recorder = new WorkerRecorder();
        var (counter, rate) = (recorder.Counter(Build.Orders, TagSet.Empty), recorder.Rate(BuiltInMetrics.Checks, TagSet.Empty));
        var (gauge, trend) = (recorder.Gauge(BuiltInMetrics.Vus, TagSet.Empty), recorder.Trend(BuiltInMetrics.SendLag, TagSet.Empty));
        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(i);
                rate.Add(i % 2 == 0);
                gauge.Set(i);
                trend.RecordNanoseconds(i * 1000);
            }

            if (round == 1) Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void The_catalogue_finds_every_built_in_metric_by_its_name()
    {
        Assert.All(BuiltInMetrics.All, m => Assert.Same(m, BuiltInMetrics.Find(m.Name)));
        Assert.Equal(new MetricDefinition("http_req_duration", MetricType.Trend, MetricUnit.Time), BuiltInMetrics.HttpReqDuration);
        Assert.Null(BuiltInMetrics.Find("nothing"));
    }
}
