using System.Text;
using LoadTesting.Metrics.Exposition;

namespace LoadTesting.Metrics.Tests.Exposition;

public class TextFormatTests
{
    [Fact]
    public void Prometheus_text_is_as_documented() => Assert.Equal(
        """
        # HELP loadtest_data_sent_bytes_total Load-test metric data_sent.
        # TYPE loadtest_data_sent_bytes_total counter
        loadtest_data_sent_bytes_total{name="say \"hi\"\\\n"} 1234
        # HELP loadtest_http_req_duration_seconds Load-test metric http_req_duration.
        # TYPE loadtest_http_req_duration_seconds histogram
        loadtest_http_req_duration_seconds_bucket{le="2.938735877055719e-39"} 1
        loadtest_http_req_duration_seconds_bucket{le="0.5"} 1
        loadtest_http_req_duration_seconds_bucket{le="1"} 3
        loadtest_http_req_duration_seconds_bucket{le="2"} 3
        loadtest_http_req_duration_seconds_bucket{le="4"} 4
        loadtest_http_req_duration_seconds_bucket{le="+Inf"} 4
        loadtest_http_req_duration_seconds_sum 4.625
        loadtest_http_req_duration_seconds_count 4
        # HELP loadtest_http_req_duration_seconds_min Smallest finite value of http_req_duration.
        # TYPE loadtest_http_req_duration_seconds_min gauge
        loadtest_http_req_duration_seconds_min 0
        # HELP loadtest_http_req_duration_seconds_max Largest finite value of http_req_duration.
        # TYPE loadtest_http_req_duration_seconds_max gauge
        loadtest_http_req_duration_seconds_max 3
        """,
        FirstLines(ExpositionFormat.Text, 19));

    [Fact]
    public void OpenMetrics_has_its_own_rules_for_counters_units_bounds_and_the_end()
    {
        var text = FirstLines(ExpositionFormat.OpenMetrics, 11);
        Assert.Equal(
            """
            # HELP loadtest_data_sent_bytes Load-test metric data_sent.
            # TYPE loadtest_data_sent_bytes counter
            # UNIT loadtest_data_sent_bytes bytes
            loadtest_data_sent_bytes_total{name="say \"hi\"\\\n"} 1234
            # HELP loadtest_http_req_duration_seconds Load-test metric http_req_duration.
            # TYPE loadtest_http_req_duration_seconds histogram
            # UNIT loadtest_http_req_duration_seconds seconds
            loadtest_http_req_duration_seconds_bucket{le="2.938735877055719e-39"} 1
            loadtest_http_req_duration_seconds_bucket{le="0.5"} 1
            loadtest_http_req_duration_seconds_bucket{le="1.0"} 3
            loadtest_http_req_duration_seconds_bucket{le="2.0"} 3
            """,
            text);
        Assert.EndsWith("\n# EOF\n", Encoding.UTF8.GetString(ExpositionWriter.Write(Sample(), ExpositionFormat.OpenMetrics)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_never_answered_is_counted_by_the_infinite_bound_alone()
    {
        var recorder = new WorkerRecorder();
        foreach (var value in (double[])[1.5, double.MaxValue]) recorder.Trend(Build.Plain, TagSet.Empty).Record(value);
        for (var i = 0; i < 3; i++) recorder.Trend(Build.Plain, TagSet.Empty).RecordOverflow();
        var text = Encoding.UTF8.GetString(ExpositionWriter.Write(new(0, 0, 0, false, recorder.TakeSnapshot()), ExpositionFormat.Text));
        Assert.Contains("loadtest_plain_trend_bucket{le=\"1.7976931348623157e+308\"} 2\nloadtest_plain_trend_bucket{le=\"+Inf\"} 5\n", text, StringComparison.Ordinal);
        Assert.Contains("loadtest_plain_trend_count 5\n", text, StringComparison.Ordinal);
        Assert.Contains("loadtest_plain_trend_max 1.7976931348623157e+308\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenMetrics_has_no_sum_beside_negative_buckets()
    {
        var recorder = new WorkerRecorder();
        recorder.Trend(Build.Plain, TagSet.Empty).Record(-1);
        var text = Encoding.UTF8.GetString(ExpositionWriter.Write(new(0, 0, 0, false, recorder.TakeSnapshot()), ExpositionFormat.OpenMetrics));
        Assert.DoesNotContain("loadtest_plain_trend_sum", text, StringComparison.Ordinal);
        Assert.Contains("loadtest_plain_trend_residual{loadtest_part=\"1\"} -1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Families_are_contiguous_and_declared_once() => Build.ForAllSeeds(random =>
    {
        var text = Encoding.UTF8.GetString(ExpositionWriter.Write(Build.Worker(random), ExpositionFormat.Text));
        var declared = text.Split('\n').Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).ToList();
        return declared.Count == declared.Distinct().Count();
    });

    [Fact]
    public void Every_power_of_two_is_written_so_that_it_reads_back_the_same()
    {
        // A gauge per power: bucket bounds are powers of two, and the runtime's own shortest form misses some.
        var recorder = new WorkerRecorder();
        for (var e = -1074; e < 1024; e++) recorder.Gauge(Build.Depth, TagSet.Of(("e", $"{e}"))).Set(Math.ScaleB(1, e));
        var written = new WorkerSnapshot(0, 0, 0, false, recorder.TakeSnapshot());
        Assert.Equal(written, ExpositionReader.Read(ExpositionWriter.Write(written, ExpositionFormat.Text), ExpositionFormat.Text).Snapshot);
    }

    [Theory]
    [InlineData("name", "name")]
    [InlineData("le", "U__le")]
    [InlineData("x-id", "U__x_2d_id")]
    [InlineData("__a", "U______a")]
    [InlineData("9x", "U__9x")]
    [InlineData("a b😀", "U__a_20_b_1f600_")]
    public void Label_names_are_escaped_reversibly(string key, string name)
    {
        Assert.Equal(name, LabelNames.Escape(key));
        Assert.Equal(key, LabelNames.Unescape(name));
    }

    [Theory]
    [InlineData("U__a_")]
    [InlineData("")]
    [InlineData("9")]
    [InlineData("a-b")]
    [InlineData("U___zz_")]
    [InlineData("U___d800_")]
    [InlineData("U___ffffffff_")]
    public void What_only_looks_escaped_is_refused(string name) => Assert.Null(LabelNames.Unescape(name));

    private static WorkerSnapshot Sample()
    {
        var recorder = new WorkerRecorder();
        recorder.Counter(BuiltInMetrics.DataSent, TagSet.Of(("name", "say \"hi\"\\\n"))).Add(1234);
        foreach (var value in (double[])[0, 0.625, 1, 3]) recorder.Trend(BuiltInMetrics.HttpReqDuration, TagSet.Empty).Record(value);
        return new(3, 4, 5, true, recorder.TakeSnapshot());
    }

    private static string FirstLines(ExpositionFormat format, int lines) => string.Join(
        '\n', Encoding.UTF8.GetString(ExpositionWriter.Write(Sample(), format, new() { ClassicSchema = 0 })).Split('\n').Take(lines));
}
