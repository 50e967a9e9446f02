using LoadTesting.Metrics.Exposition;
using MetricFamily = PrometheusSchema.MetricFamily;

namespace LoadTesting.Metrics.Tests.Exposition;

/// <summary>The hand-written wire format, read by Google's library with Prometheus' schema and written back by it.</summary>
public class PrometheusSchemaTests
{
    [Fact]
    public void A_snapshot_reads_as_metric_families()
    {
        var recorder = new WorkerRecorder();
        var tags = TagSet.Of(("name", "order"), ("x-id", "1"));
        foreach (var value in (double[])[1.52, 3.14, 0, -1]) recorder.Trend(BuiltInMetrics.HttpReqDuration, tags).Record(value);
        recorder.Counter(BuiltInMetrics.DataSent, tags).Add(1234);
        recorder.Gauge(BuiltInMetrics.Vus, TagSet.Empty).Set(7);
        recorder.Rate(BuiltInMetrics.Checks, TagSet.Empty).Add(true);
        recorder.Rate(BuiltInMetrics.Checks, TagSet.Empty).Add(false);
        var families = Parse(ExpositionWriter.Write(
            new(2, 9, 1_000, false, recorder.TakeSnapshot()), ExpositionFormat.Protobuf, new() { NativeSchema = 3 })).ToDictionary(f => f.Name);

        var sent = families["loadtest_data_sent_bytes_total"];
        Assert.Equal((PrometheusSchema.MetricType.Counter, "bytes", 1234.0), (sent.Type, sent.Unit, sent.Metric[0].Counter.Value));
        Assert.Equal([("U__x_2d_id", "1"), ("name", "order")], sent.Metric[0].Label.Select(l => (l.Name, l.Value)).Order());
        Assert.Equal((PrometheusSchema.MetricType.Gauge, 7.0), (families["loadtest_vus"].Type, families["loadtest_vus"].Metric[0].Gauge.Value));
        Assert.Equal(1, families["loadtest_checks_trues_total"].Metric[0].Counter.Value);
        Assert.Equal(2, families["loadtest_checks_observations_total"].Metric[0].Counter.Value);
        Assert.Equal(-1, families["loadtest_http_req_duration_seconds_min"].Metric[0].Gauge.Value);
        Assert.Equal(9, families["loadtest_snapshot_sequence"].Metric[0].Gauge.Value);

        var histogram = families["loadtest_http_req_duration_seconds"].Metric[0].Histogram;
        Assert.Equal((4UL, 1UL, 3, Math.Pow(2, -128)), (histogram.SampleCount, histogram.ZeroCount, histogram.Schema, histogram.ZeroThreshold));
        Assert.Equal(3.66, histogram.SampleSum, 1e-12);
        // 1.52 is in (2^(4/8), 2^(5/8)], 3.14 in (2^(13/8), 2^(14/8)]; 1 in (2^(-1/8), 1].
        Assert.Equal([(5, 1U), (8, 1U)], histogram.PositiveSpan.Select(s => (s.Offset, s.Length)));
        Assert.Equal([1L, 0L], histogram.PositiveDelta);
        Assert.Equal([(0, 1U)], histogram.NegativeSpan.Select(s => (s.Offset, s.Length)));
        Assert.Equal([1L], histogram.NegativeDelta);
    }

    [Theory]
    [InlineData(8, (1024 << 8) + 1)]
    [InlineData(3, (1024 << 3) + 1)]
    [InlineData(-4, 65)]
    public void What_was_never_answered_is_in_the_bucket_above_that_of_the_largest_float(int schema, int index)
    {
        var recorder = new WorkerRecorder();
        recorder.Trend(Build.Plain, TagSet.Empty).Record(double.MaxValue);
        recorder.Trend(Build.Plain, TagSet.Empty).RecordOverflow();
        recorder.Trend(Build.Plain, TagSet.Empty).RecordOverflow();
        var families = Parse(ExpositionWriter.Write(new(0, 0, 0, false, recorder.TakeSnapshot()), ExpositionFormat.Protobuf, new() { NativeSchema = schema }));
        var histogram = families.Single(f => f.Name == "loadtest_plain_trend").Metric[0].Histogram;
        Assert.Equal(3UL, histogram.SampleCount);
        Assert.Equal([(index - 1, 2U)], histogram.PositiveSpan.Select(s => (s.Offset, s.Length)));
        Assert.Equal([1L, 1L], histogram.PositiveDelta);
    }

    [Fact]
    public void What_Prometheus_schema_understands_written_by_its_own_library_reads_back_the_same() => Build.ForAllSeeds(random =>
    {
        var written = Build.Worker(random);
        using var rewritten = new MemoryStream();
        foreach (var family in Parse(ExpositionWriter.Write(written, ExpositionFormat.Protobuf)))
        {
            Assert.Null(UnknownFields(family));
            Google.Protobuf.MessageExtensions.WriteDelimitedTo(family, rewritten);
        }

        var read = ExpositionReader.Read(rewritten.ToArray(), ExpositionFormat.Protobuf);
        Assert.True(read.IsOk, read.Error);
        return read.Snapshot == written;
    });

    private static List<MetricFamily> Parse(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        var families = new List<MetricFamily>();
        while (stream.Position < stream.Length) families.Add(MetricFamily.Parser.ParseDelimitedFrom(stream));
        return families;
    }

    // A field number that the schema does not have would come back only in the message's size.
    private static string? UnknownFields(MetricFamily family)
    {
        var known = MetricFamily.Parser.WithDiscardUnknownFields(true).ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(family));
        return known.CalculateSize() == family.CalculateSize() ? null : $"{family.Name} has fields that the schema does not know";
    }
}
