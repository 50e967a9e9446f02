using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Custom metrics: names, and that a name is one metric wherever it is recorded (k6-semantics 3.1).</summary>
internal static class MetricRules
{
    private const string Rule = "metric";

    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        var first = new Dictionary<string, MetricDefinition>(StringComparer.Ordinal);
        foreach (var (record, list) in Steps.Records(spec, problems))
        {
            CheckRecord(record, list, first);
        }
    }

    /// <summary>What is wrong with recording a metric that is known already; null when both agree.</summary>
    public static string? Conflict(MetricDefinition known, MetricDefinition again) =>
        known.Type != again.Type ? $"'{again.Name}' is a {Text(known.Type)} already and cannot also be a {Text(again.Type)}"
        : known.Unit != again.Unit ? $"'{again.Name}' is recorded as a {Unit(known)} already and cannot also be a {Unit(again)}: isTime must agree"
        : null;

    private static void CheckRecord(RecordSpec record, ProblemList problems, Dictionary<string, MetricDefinition> first)
    {
        var type = Text(record.Type);
        if (record is { Value: null, Type: CustomMetricType.Gauge or CustomMetricType.Trend or CustomMetricType.Distinct })
        {
            problems.Field("value").Add(ProblemRules.Required, $"a {type} needs a value: an expression such as json.latency_ms");
        }

        if (record is { Type: CustomMetricType.Rate or CustomMetricType.Counter or CustomMetricType.Distinct, IsTime: true })
        {
            problems.Field("isTime").Warn(Rule, $"a {type} has no unit of time: isTime is meant for trends and gauges");
        }

        if (!MetricDefinition.IsValidName(record.Metric))
        {
            problems.Field(type).Add(ProblemRules.Name, "a metric's name has 2 to 129 letters, digits and '_' and does not begin with a digit", record.Metric);
            return;
        }

        var definition = MetricCatalog.Define(record);
        if (BuiltInMetrics.Find(record.Metric) is not null)
        {
            problems.Field(type).Add(Rule, $"'{record.Metric}' is a built-in metric; give yours a name of its own", record.Metric);
        }
        else if (!first.TryAdd(record.Metric, definition) && Conflict(first[record.Metric], definition) is { } conflict)
        {
            problems.Field(type).Add(Rule, conflict, record.Metric);
        }
    }

    private static string Text(MetricType type) => type.ToString().ToLowerInvariant();

    private static string Text(CustomMetricType type) => type.ToString().ToLowerInvariant();

    private static string Unit(MetricDefinition metric) => metric.Unit == MetricUnit.Time ? "time" : "plain number";
}
