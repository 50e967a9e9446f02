using System.Text.Json;
using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Reporting;

public sealed class RunReportJsonTests
{
    internal static readonly RunReport Sample = new()
    {
        Test = "flash-sale",
        Run = "flash-sale-3-7k2fd",
        Verdict = Verdict.Failed,
        Reason = Reasons.ThresholdsFailed,
        Message = "1 of 2 thresholds broken: checks rate 97.2%, wanted more than 99%",
        StartTime = new DateTimeOffset(2024, 5, 1, 12, 0, 0, 250, TimeSpan.Zero),
        EndTime = new DateTimeOffset(2024, 5, 1, 12, 0, 25, TimeSpan.Zero),
        Elapsed = new Duration(24_750_000_001),
        Runners = new() { Desired = 4, Ready = 4, Lost = 1, Coverage = "3 of 4 partitions, 91.6% of the plan", StartSkew = new Duration(3_100_000) },
        Load = new() { Requests = 500, Rate = "20.2/s", Failed = "2.8%", Delivered = "100%", Dropped = 3, Interrupted = 1, Vus = 10 },
        Latency = new("2.89ms", "2.1ms", "4.5ms", "6.2ms", "11ms", "80ms"),
        Metrics =
        [
            new("http_req_duration{name:order}", "trend", "ms", Values(("count", 500), ("avg", 2.89), ("min", 0.1), ("med", 2.1), ("p90", 4.5), ("p95", 6.2), ("p99", 11), ("p99.9", 1.0 / 3), ("max", 80))),
            new("vus", "gauge", "", Values(("value", 10), ("min", 1), ("max", 10))),
        ],
        Thresholds =
        [
            new() { Metric = "http_req_duration{name:order}", Expression = "p(95)<20", Observed = 6.2, Unit = "ms", Ok = true, Message = "6.2 ms, limit 20 ms" },
            new() { Metric = "late", Expression = "count<1", Ok = false, NoData = true, Message = "no samples" },
        ],
        Scenarios = [new() { Name = "load", Executor = "constant-arrival-rate", Planned = 503, Started = 500, Completed = 499, Dropped = 3, Interrupted = 1 }],
        Tainted = [new(2, TaintCauses.Cpu, 3, 12, 0.97), new(0, TaintCauses.Ports, null, 7, null)],
        Failures = [new FailureReport("order", "status 503", 3)],
        Checks = [new("::login", "status is \"200\"", 486, 14)],
        LoadShape = "0123456789abcdef",
        Samples = [new("http_req_duration{name:order}", Histogram(0, 0.5, 0.25, 0.25, -3)), new("http_req_failed", new RateValue(3, 500)), new("http_reqs", new CounterValue(500.25))],
        Marks = [new("kill-node", Duration.FromSeconds(30)), new("deploy", Duration.FromSeconds(3), Duration.FromSeconds(9))],
        Observed = [new("heap", "sum(heap_bytes)", Duration.FromSeconds(5), 2, 3, "the answer is empty", [new(0, 1.5e6), new(2, -1.0 / 3)]), new("lag", "lag", Duration.FromSeconds(1), 0, 0, null, [])],
        Happenings = [new(Duration.FromMilliseconds(12_345), "container app of Pod shop-1 restarted")],
        Series = [new() { Second = 0, Requests = 20, Rate = 20, Failed = 1, ErrorRate = 0.05, P50 = 2, P95 = 6, P99 = 7, Vus = 10, Iterations = 20, Dropped = 1, SendLagP99 = 0.5, BytesReceived = 1_000_000, BytesSent = 2_000 }, new() { Second = 1, Estimated = true }],
    };

    [Fact]
    public void What_is_written_is_read_back_without_loss()
    {
        var read = RunReportReader.Read(RunReportJson.Write(Sample), out var error);
        Assert.Null(error);
        Assert.Equal(RunReportJson.Write(Sample), RunReportJson.Write(read!));
        Assert.Equal(Sample.Elapsed, read!.Elapsed);
        Assert.Equal(Sample.StartTime, read.StartTime);
        Assert.Equal(Sample.Runners, read.Runners);
        Assert.Equal(Sample.Load, read.Load);
        Assert.Equal(Sample.Latency, read.Latency);
        Assert.Equal(Sample.Thresholds, read.Thresholds);
        Assert.Equal(Sample.Scenarios, read.Scenarios);
        Assert.Equal(Sample.Checks, read.Checks);
        Assert.Equal(Sample.Tainted, read.Tainted);
        Assert.Equal((Sample.LoadShape, Sample.Samples.Count), (read.LoadShape, read.Samples.Count));
        Assert.Equal(Sample.Samples, read.Samples);
        Assert.Equal(Sample.Happenings, read.Happenings);
        Assert.Equal(Sample.Observed.SelectMany(q => q.Points), read.Observed.SelectMany(q => q.Points));
        Assert.Equal(Sample.Marks, read.Marks);
        Assert.Equal(Sample.Series, read.Series);
        Assert.Equal(Sample.Metrics.SelectMany(m => m.Values), read.Metrics.SelectMany(m => m.Values));
        Assert.Equal((Sample.Test, Sample.Run, Sample.Phase, Sample.Verdict, Sample.Reason, Sample.Message), (read.Test, read.Run, read.Phase, read.Verdict, read.Reason, read.Message));
    }

    private static HistogramSnapshot Histogram(params double[] values)
    {
        var histogram = new LatencyHistogram();
        foreach (var value in values) histogram.Record(value);
        return histogram.TakeSnapshot();
    }

    [Theory]
    [InlineData("""{"name":"x","trues":5,"total":3}""")]
    [InlineData("""{"name":"x","schema":99,"zeros":0,"sum":1,"min":1,"max":1,"buckets":[1,1]}""")]
    [InlineData("""{"name":"x","schema":8,"zeros":0,"sum":1,"min":1,"max":1,"buckets":[1,1,1]}""")]
    [InlineData("""{"name":"x","schema":8,"zeros":0,"sum":1,"min":1,"max":1,"buckets":[2,1,1,1]}""")]
    [InlineData("""{"name":"x","schema":8,"zeros":-1,"sum":1,"min":1,"max":1,"buckets":[]}""")]
    public void Samples_that_cannot_be_are_refused(string sample)
    {
        var text = RunReportJson.Write(Sample with { Samples = [] }, indented: false).Replace("\"samples\":[]", $"\"samples\":[{sample}]", StringComparison.Ordinal);
        Assert.Contains(sample, text, StringComparison.Ordinal);
        Assert.Null(RunReportReader.Read(text, out var error));
        Assert.Contains("not a run report", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_without_anything_optional_is_read_back_too()
    {
        var bare = new RunReport { Test = "x", Phase = RunPhase.Pending };
        var read = RunReportReader.Read(RunReportJson.Write(bare, indented: false), out _);
        Assert.Equal(RunReportJson.Write(bare), RunReportJson.Write(read!));
        Assert.Null(read!.Verdict);
        Assert.Null(read.StartTime);
    }

    [Fact]
    public void Fields_keep_their_names_and_their_order()
    {
        using var document = JsonDocument.Parse(RunReportJson.Write(Sample));
        Assert.Equal(
            "schemaVersion test run phase verdict reason message startTime endTime elapsed elapsedNanoseconds runners load latency thresholds scenarios tainted failures checks metrics loadShape samples marks observed happenings series",
            string.Join(' ', document.RootElement.EnumerateObject().Select(p => p.Name)));
        Assert.Equal(
            "name type unit count avg min med p90 p95 p99 p99.9 max",
            string.Join(' ', document.RootElement.GetProperty("metrics")[0].EnumerateObject().Select(p => p.Name)));
        Assert.Equal(
            "metric expression observed unit ok message",
            string.Join(' ', document.RootElement.GetProperty("thresholds")[0].EnumerateObject().Select(p => p.Name)));
        Assert.Equal("2024-05-01T12:00:00.25Z", document.RootElement.GetProperty("startTime").GetString());
        Assert.Equal("24.75s", document.RootElement.GetProperty("elapsed").GetString());
        Assert.Equal(20, document.RootElement.GetProperty("series")[0].GetProperty("requests").GetInt32());
    }

    [Fact]
    public void Expressions_stay_readable_in_the_text() => Assert.Contains("p(95)<20", RunReportJson.Write(Sample), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "not a run report")]
    [InlineData("[]", "schemaVersion")]
    [InlineData("{}", "schemaVersion")]
    [InlineData("{\"schemaVersion\":\"1\"}", "schemaVersion")]
    [InlineData("{\"schemaVersion\":2}", "version 2")]
    [InlineData("{\"schemaVersion\":1}", "not a run report")]
    public void What_is_no_report_is_refused_with_a_sentence(string json, string why)
    {
        Assert.Null(RunReportReader.Read(json, out var error));
        Assert.Contains(why, error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_field_of_a_wrong_type_crashes_the_reader()
    {
        var text = RunReportJson.Write(Sample, indented: false);
        foreach (var (before, after) in new[] { ("\"test\":\"flash-sale\"", "\"test\":7"), ("\"requests\":500", "\"requests\":\"x\""), ("\"ok\":true", "\"ok\":1"), ("\"verdict\":\"Failed\"", "\"verdict\":\"Great\""), ("\"phase\":\"Finished\"", "\"phase\":null"), ("\"avg\":2.89,", "\"avg\":2.89,\"avg\":1,"), ("\"second\":0", "\"second\":0.5"), ("2024-05-01T", "yesterday ") })
        {
            Assert.Contains(before, text, StringComparison.Ordinal);
            Assert.Null(RunReportReader.Read(text.Replace(before, after, StringComparison.Ordinal), out var error));
            Assert.NotNull(error);
        }
    }

    private static OrderedMap<double> Values(params (string Key, double Value)[] values) => new(values.Select(v => KeyValuePair.Create(v.Key, v.Value)));
}
