using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Metrics.Exposition;

namespace LoadTesting.Metrics.Tests.Exposition;

public class HostileInputTests
{
    private static readonly ExpositionFormat[] Formats = [ExpositionFormat.Text, ExpositionFormat.OpenMetrics, ExpositionFormat.Protobuf, ExpositionFormat.Compact];

    [Fact]
    public void Any_bytes_give_an_error_and_no_exception() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1000),
        Prop.ForAll(Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf().ToArbitrary(), bytes =>
            Formats.All(format => !ExpositionReader.Read(bytes, format).IsOk)));

    [Theory]
    [InlineData(ExpositionReader.MaxSeries, true)]
    [InlineData(ExpositionReader.MaxSeries + 1, false)]
    public void A_snapshot_has_a_bounded_number_of_series_in_every_format(int series, bool isRead)
    {
        var recorder = new WorkerRecorder(series);
        for (var i = 0; i < series; i++) recorder.Counter(Build.Orders, TagSet.Of(("n", $"{i}"))).Add(1);
        var snapshot = new WorkerSnapshot(0, 1, 1, false, recorder.TakeSnapshot());
        Assert.All(Formats, format => Assert.Equal(isRead, ExpositionReader.Read(ExpositionWriter.Write(snapshot, format), format).IsOk));
    }

    [Fact]
    public void A_snapshot_cut_off_anywhere_is_an_error() => Build.ForAllSeeds(
        random => Formats.All(format =>
        {
            var bytes = ExpositionWriter.Write(Build.Worker(random), format);
            for (var i = 0; i < 30; i++)
            {
                var read = ExpositionReader.Read(bytes.AsSpan(0, random.Next(bytes.Length)), format);
                Assert.False(read.IsOk);
                Assert.NotEmpty(read.Error);
            }

            return true;
        }),
        tests: 30);

    [Fact]
    public void A_damaged_snapshot_never_throws_and_what_is_accepted_can_be_written_again() => Build.ForAllSeeds(Damage, tests: 300);

    [Theory]
    [InlineData(866259102)] // a sum beyond all doubles, which has no end as a list of them
    [InlineData(1704357566)] // one metric of two types
    public void Damage_that_was_fatal_once_is_survived(int seed) => Assert.True(Damage(new Random(seed)));

    private static bool Damage(Random random) => Formats.All(format =>
    {
        var bytes = ExpositionWriter.Write(Build.Worker(random), format);
        for (var i = 0; i < 20; i++)
        {
            var damaged = bytes.ToArray();
            for (var hits = random.Next(1, 4); hits > 0; hits--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (ExpositionReader.Read(damaged, format) is not { IsOk: true } read) continue;
            var again = ExpositionReader.Read(ExpositionWriter.Write(read.Snapshot, ExpositionFormat.Protobuf), ExpositionFormat.Protobuf);
            Assert.True(again.IsOk, again.Error);
            Assert.Equal(read.Snapshot, again.Snapshot);
        }

        return true;
    });

    [Theory]
    [InlineData("ffffffffffffffffff01")] // a message of 2^64-1 bytes
    [InlineData("ffffffffffffffffffffff")] // a varint that does not end
    [InlineData("ff7f0a01")] // longer than what is there
    [InlineData("020b0c")] // groups
    [InlineData("020000")] // field number 0
    public void Sizes_and_shapes_that_cannot_be_are_errors(string hex) =>
        Assert.False(ExpositionReader.Read(Convert.FromHexString(hex), ExpositionFormat.Protobuf).IsOk);

    [Fact]
    public void A_span_that_claims_billions_of_buckets_costs_nothing()
    {
        var wire = new ProtobufWriter();
        var family = wire.BeginDelimited();
        wire.String(1, "loadtest_x");
        var metric = wire.Begin(4);
        var histogram = wire.Begin(7);
        wire.UInt64(1, 5);
        wire.SInt32(5, 8);
        wire.Double(6, BucketLayout.ZeroThreshold);
        var span = wire.Begin(12);
        wire.UInt64(2, uint.MaxValue);
        wire.End(span);
        wire.End(histogram);
        wire.End(metric);
        wire.End(family);
        var bytes = wire.Written.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = ExpositionReader.Read(bytes, ExpositionFormat.Protobuf);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
        Assert.Contains("buckets do not make sense", read.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("loadtest_snapshot_sequence 7", "loadtest_snapshot_sequence 7.5", "sequence")]
    [InlineData("loadtest_snapshot_worker 1", "loadtest_snapshot_worker -1", "worker")]
    [InlineData("_count 3", "_count 4", "count is not that of the buckets")]
    [InlineData("le=\"2\"", "le=\"3\"", "a bound is none of the schema")]
    [InlineData("le=\"1\"} 0", "le=\"4\"} 0", "do not ascend")]
    [InlineData("trues_total 1", "trues_total 3", "impossible counts")]
    [InlineData("trues_total 1", "trues_total NaN", "no finite number")]
    [InlineData("loadtest_plain_trend_max 1.5\n", "", "minimum or maximum")]
    [InlineData("type=\"trend\"", "type=\"sketch\"", "needs family, metric, type and unit")]
    [InlineData("metric=\"checks\"", "metric=\"plain_trend\"", null)]
    [InlineData("trues_total 1\n", "trues_total 1\nloadtest_checks_trues_total 1\n", "twice")]
    [InlineData("loadtest_metric_info{", "loadtest_metric_info{=", "label")]
    public void A_snapshot_that_contradicts_itself_is_refused_with_the_reason(string good, string bad, string? reason)
    {
        var recorder = new WorkerRecorder();
        recorder.Rate(BuiltInMetrics.Checks, TagSet.Empty).Add(true);
        recorder.Rate(BuiltInMetrics.Checks, TagSet.Empty).Add(false);
        for (var i = 0; i < 3; i++) recorder.Trend(Build.Plain, TagSet.Empty).Record(1.5);
        var bytes = ExpositionWriter.Write(new(1, 7, 0, true, recorder.TakeSnapshot()), ExpositionFormat.Text, new() { ClassicSchema = 0 });
        var text = Encoding.UTF8.GetString(bytes);
        Assert.Contains(good, text, StringComparison.Ordinal);
        var read = ExpositionReader.Read(Encoding.UTF8.GetBytes(text.Replace(good, bad, StringComparison.Ordinal)), ExpositionFormat.Text);
        Assert.Equal(reason is null, read.IsOk);
        if (reason is not null) Assert.Contains(reason, read.Error, StringComparison.Ordinal);
    }
}
