using FsCheck;
using FsCheck.Fluent;

namespace LoadTesting.Metrics.Tests;

/// <summary>Random but reproducible data: everything follows from the seed that a failing property prints.</summary>
internal static class Build
{
    public static readonly MetricDefinition Plain = new("plain_trend", MetricType.Trend);
    public static readonly MetricDefinition Orders = new("orders_accepted", MetricType.Counter);
    public static readonly MetricDefinition Depth = new("queue_depth", MetricType.Gauge, MetricUnit.Data);

    public static readonly MetricDefinition Streams = new("streams", MetricType.Distinct);

    private static readonly string[] AwkwardTexts =
        ["order", "GET /a?b=c", "say \"hi\"", "back\\slash", "two\nlines", "ünïcödé 😀", "a,b}c{d=\"e\"", " ", "\r", "# EOF", "overflow"];

    private static readonly string[] AwkwardKeys = ["name", "status", "le", "loadtest_part", "x-id", "__internal", "U__x", "9lives", "snake_case", "😀", "quantile"];

    /// <summary>A property over random seeds.</summary>
    public static void ForAllSeeds(Func<Random, bool> holds, int tests = 100) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(tests),
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => holds(new Random(seed))));

    /// <summary>Values as trends meet them: mostly latencies, some zeros, some of any magnitude and sign, some exactly on boundaries.</summary>
    public static double Value(Random random) => random.Next(8) switch
    {
        0 => 0,
        1 => -Math.ScaleB(random.NextDouble() + 1, random.Next(-40, 40)),
        2 => BucketLayout.UpperBound(8, random.Next(-5000, 5000)),
        3 => Math.ScaleB(random.NextDouble() + 1, random.Next(-1074, 1023)),
        _ => 0.001 * Math.Exp(random.NextDouble() * 8),
    };

    public static TagSet Tags(Random random) => TagSet.From(Enumerable.Range(0, random.Next(4)).Select(_ => new KeyValuePair<string, string>(
        AwkwardKeys[random.Next(AwkwardKeys.Length)], AwkwardTexts[random.Next(AwkwardTexts.Length)])));

    /// <summary>A histogram of the values.</summary>
    public static HistogramSnapshot Histogram(params ReadOnlySpan<double> values)
    {
        var histogram = new LatencyHistogram();
        foreach (var value in values) histogram.Record(value);
        return histogram.TakeSnapshot();
    }

    /// <summary>A histogram of the values and so many observations beyond all of them.</summary>
    public static HistogramSnapshot Unanswered(int overflow, params ReadOnlySpan<double> values)
    {
        var histogram = new LatencyHistogram();
        foreach (var value in values) histogram.Record(value);
        for (var i = 0; i < overflow; i++) histogram.RecordOverflow();
        return histogram.TakeSnapshot();
    }

    /// <summary>Records a random sample of a random kind; the recorders given one after another share the samples.</summary>
    public static void RecordSome(Random random, params WorkerRecorder[] recorders)
    {
        var metrics = new[] { BuiltInMetrics.HttpReqDuration, Plain, Orders, BuiltInMetrics.DataSent, BuiltInMetrics.HttpReqFailed, Streams };
        var tagSets = Enumerable.Range(0, 5).Select(_ => Tags(random)).ToArray();
        for (var i = random.Next(200); i >= 0; i--)
        {
            var (metric, tags) = (metrics[random.Next(metrics.Length)], tagSets[random.Next(tagSets.Length)]);
            var (value, yes) = (Value(random), random.Next(2) == 0);
            foreach (var recorder in (WorkerRecorder[])[recorders[0], recorders[1 + (i % (recorders.Length - 1))]])
            {
                if (metric.Type == MetricType.Trend && i % 7 == 0) recorder.Trend(metric, tags).RecordOverflow();
                else if (metric.Type == MetricType.Trend) recorder.Trend(metric, tags).Record(value);
                else if (metric.Type == MetricType.Counter) recorder.Counter(metric, tags).Add(i % 3 == 0 ? value : 1);
                else if (metric.Type == MetricType.Distinct) recorder.Distinct(metric, tags).Add($"{tags}{i % 20}");
                else recorder.Rate(metric, tags).Add(yes);
            }
        }
    }

    /// <summary>A snapshot with series of all kinds.</summary>
    public static Snapshot Snapshot(Random random)
    {
        var recorder = new WorkerRecorder();
        RecordSome(random, new WorkerRecorder(), recorder);
        for (var i = random.Next(4); i > 0; i--)
        {
            var gauge = recorder.Gauge(random.Next(2) == 0 ? BuiltInMetrics.Vus : Depth, Tags(random));
            gauge.Set(random.Next(100));
            gauge.Set(Value(random));
        }

        return recorder.TakeSnapshot();
    }

    public static WorkerSnapshot Worker(Random random) =>
        new(random.Next(500), random.Next(), random.NextInt64(-1_000_000_000, 1L << 50), random.Next(2) == 0, Snapshot(random), random.Next(3));
}
