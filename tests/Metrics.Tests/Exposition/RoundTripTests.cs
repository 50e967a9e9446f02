using LoadTesting.Metrics.Exposition;

namespace LoadTesting.Metrics.Tests.Exposition;

public class RoundTripTests
{
    [Theory]
    [InlineData(ExpositionFormat.Protobuf)]
    [InlineData(ExpositionFormat.Compact)]
    public void Protobuf_and_our_own_format_carry_everything(ExpositionFormat format) => Build.ForAllSeeds(random =>
    {
        var written = Build.Worker(random);
        return Read(written, format) == written;
    });

    [Theory]
    [InlineData(ExpositionFormat.Text)]
    [InlineData(ExpositionFormat.OpenMetrics)]
    public void Text_carries_everything_at_the_resolution_asked_for(ExpositionFormat format) => Build.ForAllSeeds(random =>
    {
        var written = Build.Worker(random);
        var schema = random.Next(-4, 9);
        return Read(written, format, new() { ClassicSchema = schema }) == Downscaled(written, schema);
    });

    [Fact]
    public void Other_scrapers_get_exactly_the_scaled_down_histograms() => Build.ForAllSeeds(random =>
    {
        var written = Build.Worker(random);
        return Read(written, ExpositionFormat.Protobuf, ExpositionOptions.ThirdParty) == Downscaled(written, 5);
    });

    [Theory]
    [InlineData(ExpositionFormat.Text)]
    [InlineData(ExpositionFormat.OpenMetrics)]
    [InlineData(ExpositionFormat.Protobuf)]
    [InlineData(ExpositionFormat.Compact)]
    public void Windows_merged_totals_and_nothing_at_all_come_back_too(ExpositionFormat format) => Build.ForAllSeeds(random =>
    {
        var (a, b) = (Build.Snapshot(random).DownscaleTo(2), Build.Snapshot(random));
        return new[] { Snapshot.Empty, Snapshot.Merge(a, b), a.Delta(a), Snapshot.Merge(a, b).Delta(a).DownscaleTo(2) }.All(snapshot =>
        {
            var written = new WorkerSnapshot(0, 0, 0, false, snapshot);
            return Read(written, format) == (format is ExpositionFormat.Protobuf or ExpositionFormat.Compact ? written : Downscaled(written, 2));
        });
    });

    [Theory]
    [InlineData(ExpositionFormat.Text)]
    [InlineData(ExpositionFormat.OpenMetrics)]
    [InlineData(ExpositionFormat.Protobuf)]
    public void Metrics_whose_families_would_have_one_name_stay_apart(ExpositionFormat format)
    {
        var recorder = new WorkerRecorder();
        var one = TagSet.Of(("a", "b"));
        recorder.Counter(new("clash", MetricType.Counter), one).Add(1);
        recorder.Gauge(new("clash_total", MetricType.Gauge), one).Set(2);
        recorder.Trend(new("clash_x", MetricType.Trend), one).Record(3);
        recorder.Gauge(new("clash_x_min", MetricType.Gauge), one).Set(4);
        recorder.Rate(new("clash_r", MetricType.Rate), one).Add(true);
        recorder.Counter(new("clash_r_trues", MetricType.Counter), one).Add(6);
        recorder.Trend(new("waiting", MetricType.Trend, MetricUnit.Time), one).Record(7);
        recorder.Trend(new("waiting_seconds", MetricType.Trend), one).Record(8);
        recorder.Gauge(new("metric_info", MetricType.Gauge), one).Set(9);
        recorder.Gauge(new("snapshot_worker", MetricType.Gauge), one).Set(10);
        var written = new WorkerSnapshot(0, 0, 0, false, recorder.TakeSnapshot().DownscaleTo(2));
        Assert.Equal(written, Read(written, format));
    }

    private static WorkerSnapshot Downscaled(WorkerSnapshot w, int schema) => new(w.Worker, w.Sequence, w.OffsetNanoseconds, w.IsFinal, w.Snapshot.DownscaleTo(schema), w.Incarnation);

    private static WorkerSnapshot Read(WorkerSnapshot written, ExpositionFormat format, ExpositionOptions? options = null)
    {
        var read = ExpositionReader.Read(ExpositionWriter.Write(written, format, options), format);
        Assert.True(read.IsOk, read.Error);
        return read.Snapshot;
    }
}
