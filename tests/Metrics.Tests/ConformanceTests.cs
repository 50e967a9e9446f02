using System.Text.Json;
using LoadTesting.Metrics.Exposition;
using LoadTesting.TestKit;

namespace LoadTesting.Metrics.Tests;

/// <summary>
/// k6's own cases. Where we differ on purpose: percentiles come from mergeable buckets, so they carry the stated relative error instead of k6's none, and
/// without samples there is no value, where k6 has 0.
/// </summary>
public class ConformanceTests
{
    private static readonly double Bound = BucketLayout.RelativeErrorBound(BucketLayout.FinestSchema);

    [SkippableFact]
    public void Percentiles_and_sinks()
    {
        foreach (var @case in Conformance.Cases("percentiles.json"))
        {
            var expect = @case.GetProperty("expect");
            switch (@case.GetProperty("kind").GetString())
            {
                case "percentile":
                    AssertNear(@case, expect.GetDouble(), Trend(@case).Quantile(@case.GetProperty("p").GetDouble()));
                    break;
                case "percentile-range":
                    AssertRange(@case, expect.GetDouble());
                    break;
                case "trend-stats":
                    AssertTrend(@case, expect);
                    break;
                default:
                    AssertSink(@case, expect);
                    break;
            }
        }
    }

    [SkippableFact]
    public void Metric_names_and_registering_a_name_twice()
    {
        foreach (var @case in Conformance.Cases("metric-registry.json"))
        {
            if (@case.GetProperty("kind").GetString() == "name")
            {
                Assert.Equal(@case.GetProperty("valid").GetBoolean(), MetricDefinition.IsValidName(@case.GetProperty("input").GetString()));
            }
            else
            {
                var recorder = new WorkerRecorder();
                Register(recorder, Definition(@case.GetProperty("first")));
                var error = Record.Exception(() => Register(recorder, Definition(@case.GetProperty("second"))));
                Assert.Equal(@case.GetProperty("error").GetBoolean(), error is ArgumentException);
            }
        }
    }

    [SkippableFact]
    public void Prometheus_series()
    {
        foreach (var @case in Conformance.Cases("prometheus-mapping.json"))
        {
            var expect = @case.GetProperty("expect");
            switch (@case.GetProperty("kind").GetString())
            {
                case "native-histogram":
                    AssertNativeHistogram(@case, expect);
                    break;
                case "unit-suffix":
                    Assert.Equal(expect.GetString(), FamilyNames.UnitName(Unit(@case)));
                    break;
                case "labels":
                    // Ours: the same labels; the name has our prefix instead of k6's.
                    var tags = TagSet.From(@case.GetProperty("tags").EnumerateObject().Select(p => new KeyValuePair<string, string>(p.Name, p.Value.GetString()!)));
                    var wanted = expect.EnumerateArray().Select(p => (p[0].GetString()!, p[1].GetString()!)).Where(p => p.Item1 != "__name__");
                    Assert.Equal(wanted, tags.Select(t => (LabelNames.Escape(t.Key), t.Value)));
                    break;
                default:
                    // Ours: no gauge per statistic, because those of several workers cannot be merged; the statistics follow from the histogram.
                    Assert.Equal("trend-as-gauges", @case.GetProperty("kind").GetString());
                    var trend = Trend(@case);
                    Assert.Equal((1, 1, 1, 1.0, 1.0), (trend.Count, trend.Min, trend.Max, trend.Sum, trend.Percentile(95)));
                    break;
            }
        }
    }

    private static void AssertNativeHistogram(JsonElement @case, JsonElement expect)
    {
        var inMilliseconds = @case.TryGetProperty("samples_ms", out var milliseconds);
        double[] values = [.. (inMilliseconds ? milliseconds : @case.GetProperty("samples")).EnumerateArray().Select(v => v.GetDouble() / (inMilliseconds ? 1000 : 1))];
        if (!expect.TryGetProperty("schema", out var schema))
        {
            var root = new FamilyNames().TakeRoot(new MetricDefinition("test", MetricType.Trend, Unit(@case)));
            Assert.Equal(expect.GetProperty("labels").GetProperty("__name__").GetString(), root.Replace("loadtest_", "k6_", StringComparison.Ordinal));
            return;
        }

        var histogram = Build.Histogram(values).DownscaleTo(schema.GetInt32());
        Assert.Equal(expect.GetProperty("sum").GetDouble(), histogram.Sum, 1e-12);
        if (!expect.TryGetProperty("positiveSpans", out var spans)) return;
        Assert.Equal(expect.GetProperty("count").GetInt64(), histogram.Count);
        Assert.Equal(BucketLayout.ZeroThreshold, expect.GetProperty("zeroThreshold").GetDouble());
        var (indexes, next) = (new List<int>(), 0);
        foreach (var span in spans.EnumerateArray())
        {
            next += span.GetProperty("offset").GetInt32();
            for (var i = span.GetProperty("length").GetInt32(); i > 0; i--) indexes.Add(next++);
        }

        // k6 (like Prometheus' Go library) numbers buckets by their upper bound's exponent, as we do.
        Assert.Equal(indexes, histogram.Positive.Indexes());
        Assert.Equal([1L, 1L], histogram.Positive.Counts());
    }

    private static void AssertRange(JsonElement @case, double expected)
    {
        var (trend, range) = (Trend(@case), @case.GetProperty("p"));
        for (var p = range.GetProperty("from").GetDouble(); p <= range.GetProperty("to").GetDouble(); p += range.GetProperty("step").GetDouble())
        {
            if (trend.Count == 0) Assert.Null(trend.Quantile(p));
            else AssertNear(@case, expected, trend.Quantile(p));
        }
    }

    private static void AssertTrend(JsonElement @case, JsonElement expect)
    {
        var trend = Trend(@case);
        foreach (var wanted in expect.EnumerateObject())
        {
            double? read = wanted.Name switch
            {
                "count" => trend.Count,
                "min" => trend.Min,
                "max" => trend.Max,
                "avg" => trend.Average,
                "sum" => trend.Sum,
                "med" => trend.Percentile(50),
                _ => trend.Percentile(double.Parse(wanted.Name[2..^1])),
            };
            AssertNear(@case, wanted.Value.GetDouble(), read);
        }
    }

    private static void AssertSink(JsonElement @case, JsonElement expect)
    {
        double[] samples = [.. @case.GetProperty("samples").EnumerateArray().Select(s => s.GetDouble())];
        var recorder = new WorkerRecorder();
        switch (@case.GetProperty("type").GetString())
        {
            case "counter":
                foreach (var sample in samples) recorder.Counter(Build.Orders, TagSet.Empty).Add(sample);
                Assert.Equal(expect.GetProperty("count").GetDouble(), Assert.IsType<CounterValue>(recorder.TakeSnapshot().Select(Build.Orders)).Sum);
                break;
            case "gauge":
                foreach (var sample in samples) recorder.Gauge(BuiltInMetrics.Vus, TagSet.Empty).Set(sample);
                var gauge = Assert.IsType<GaugeValue>(recorder.TakeSnapshot().Select(BuiltInMetrics.Vus));
                Assert.Equal(
                    (expect.GetProperty("value").GetDouble(), expect.GetProperty("min").GetDouble(), expect.GetProperty("max").GetDouble()),
                    (gauge.Current, gauge.Min, gauge.Max));
                break;
            case "rate":
                foreach (var sample in samples) recorder.Rate(BuiltInMetrics.Checks, TagSet.Empty).Add(sample != 0);
                var rate = Assert.IsType<RateValue>(recorder.TakeSnapshot().Select(BuiltInMetrics.Checks));
                Assert.Equal((expect.GetProperty("trues").GetInt64(), expect.GetProperty("total").GetInt64()), (rate.Trues, rate.Total));
                if (expect.TryGetProperty("rate", out var wanted)) Assert.Equal(wanted.GetDouble(), rate.Rate);
                break;
            default:
                AssertTrend(@case, expect);
                break;
        }
    }

    private static void AssertNear(JsonElement @case, double expected, double? read)
    {
        Assert.NotNull(read);
        // Some upstream figures are rounded to 3 decimals, as their note says.
        var rounding = @case.TryGetProperty("note", out _) ? 0.001 : 1e-6;
        Assert.True(Math.Abs(read.Value - expected) <= (Bound * Math.Abs(expected)) + rounding, $"{@case}: {read}");
    }

    private static HistogramSnapshot Trend(JsonElement @case) =>
        Build.Histogram([.. @case.GetProperty("samples").EnumerateArray().Select(s => s.GetDouble())]);

    private static void Register(WorkerRecorder recorder, MetricDefinition metric)
    {
        if (metric.Type == MetricType.Counter) recorder.Counter(metric, TagSet.Empty);
        else recorder.Gauge(metric, TagSet.Empty);
    }

    private static MetricDefinition Definition(JsonElement json) =>
        new(json.GetProperty("name").GetString()!, Enum.Parse<MetricType>(json.GetProperty("type").GetString()!, ignoreCase: true), Unit(json));

    private static MetricUnit Unit(JsonElement json) => (json.TryGetProperty("contains", out var contains) ? contains.GetString() : null) switch
    {
        "time" => MetricUnit.Time,
        "data" => MetricUnit.Data,
        _ => MetricUnit.None,
    };
}
