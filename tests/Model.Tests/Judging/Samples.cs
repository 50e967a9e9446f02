using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Tests.Judging;

/// <summary>Builds snapshots and thresholds for tests; tags are written <c>name:order,status:200</c>.</summary>
internal sealed class Samples
{
    private readonly WorkerRecorder _recorder;

    public Samples(int maxSeries = WorkerRecorder.DefaultMaxSeries) => _recorder = new WorkerRecorder(maxSeries);

    public Snapshot Snapshot => _recorder.TakeSnapshot();

    public Samples Count(MetricDefinition metric, double amount, string tags = "")
    {
        _recorder.Counter(metric, Tags(tags)).Add(amount);
        return this;
    }

    public Samples Rate(MetricDefinition metric, int trues, int total, string tags = "")
    {
        var series = _recorder.Rate(metric, Tags(tags));
        for (var i = 0; i < total; i++)
        {
            series.Add(i < trues);
        }

        return this;
    }

    public Samples Gauge(MetricDefinition metric, params double[] values)
    {
        foreach (var value in values)
        {
            _recorder.Gauge(metric, TagSet.Empty).Set(value);
        }

        return this;
    }

    /// <summary>Times in milliseconds; other trends as they are.</summary>
    public Samples Trend(MetricDefinition metric, string tags, params double[] values)
    {
        foreach (var value in values)
        {
            _recorder.Trend(metric, Tags(tags)).Record(metric.Unit == MetricUnit.Time ? value / 1000 : value);
        }

        return this;
    }

    /// <summary>The thresholds of one key, compiled; custom metrics as given.</summary>
    public static IReadOnlyList<Threshold> Thresholds(string key, IEnumerable<ThresholdSpec> written, params RecordSpec[] records) =>
        Compile([KeyValuePair.Create<string, IReadOnlyList<ThresholdSpec>>(key, [.. written])], records).Thresholds;

    public static ThresholdSet Compile(IEnumerable<KeyValuePair<string, IReadOnlyList<ThresholdSpec>>> thresholds, params RecordSpec[] records)
    {
        var problems = new List<Problem>();
        var set = ThresholdRules.Compile(
            new LoadTestSpec
            {
                Thresholds = new(thresholds),
                Flows = new([KeyValuePair.Create<string, IReadOnlyList<StepSpec>>("f", [new RequestStep { Url = "/", Record = records }])]),
            },
            "spec.thresholds",
            problems);
        Assert.DoesNotContain(problems, p => !p.IsWarning);
        return set;
    }

    public static ThresholdResult Evaluate(string key, string expression, Snapshot total, double loadSeconds = 10, bool final = true, params RecordSpec[] records) =>
        Assert.Single(ThresholdEvaluator.Evaluate(Thresholds(key, [new(expression)], records), total, new RunClock(Duration.FromSeconds(loadSeconds), final)));

    private static TagSet Tags(string tags) => tags.Length == 0 ? TagSet.Empty : TagSet.From(MetricSelector.ParseFilter(tags));
}
