using LoadTesting.Metrics;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Judging;

/// <summary>The metrics that a test can have: the built-in ones, those that its steps record, and those that it observes.</summary>
public sealed class MetricCatalog
{
    /// <summary>The built-in metrics alone.</summary>
    public static readonly MetricCatalog BuiltIn = new(new Dictionary<string, MetricDefinition>(StringComparer.Ordinal));

    private readonly Dictionary<string, MetricDefinition> _custom;

    private MetricCatalog(Dictionary<string, MetricDefinition> custom) => _custom = custom;

    /// <summary>The custom metrics' definitions, by name.</summary>
    public IEnumerable<MetricDefinition> Custom => _custom.Values.OrderBy(m => m.Name, StringComparer.Ordinal);

    /// <summary>
    /// The metrics of <paramref name="spec"/>. A record step with a name that is no metric name is left out and of two that disagree the first counts: both
    /// are problems of the step, reported where steps are validated.
    /// </summary>
    public static MetricCatalog For(LoadTestSpec spec)
    {
        var catalog = Recorded(spec);
        foreach (var query in (spec.Observe?.Prometheus ?? []).Where(q => MetricDefinition.IsValidName(q.Name)))
        {
            catalog._custom.TryAdd(query.Name, ObservedMetrics.Define(query));
        }

        return catalog;
    }

    /// <summary>The same without what <c>observe</c> adds.</summary>
    internal static MetricCatalog Recorded(LoadTestSpec spec) => new(StepTree.All(spec).Select(p => p.Step).SelectMany(s => s is RequestStep request ? request.Record : s is RecordStep record ? record.Samples : [])
        .Where(r => MetricDefinition.IsValidName(r.Metric))
        .GroupBy(r => r.Metric, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => Define(g.First()), StringComparer.Ordinal));

    /// <summary>The metric that a record step writes to. Its name must be valid.</summary>
    public static MetricDefinition Define(RecordSpec record) => new(
        record.Metric,
        record.Type switch
        {
            CustomMetricType.Counter => MetricType.Counter,
            CustomMetricType.Gauge => MetricType.Gauge,
            CustomMetricType.Rate => MetricType.Rate,
            CustomMetricType.Distinct => MetricType.Distinct,
            _ => MetricType.Trend,
        },
        record.IsTime ? MetricUnit.Time : MetricUnit.None);

    /// <summary>The metric of that name, or null. A built-in name always means the built-in metric.</summary>
    public MetricDefinition? Find(string name) => BuiltInMetrics.Find(name) ?? DerivedMetrics.Find(name) ?? _custom.GetValueOrDefault(name);

    /// <summary>The name that was probably meant by <paramref name="name"/>; null when none is near enough.</summary>
    public string? Nearest(string name) => Validation.Nearest.To(name, BuiltInMetrics.All.Concat(DerivedMetrics.All).Concat(_custom.Values).Select(m => m.Name));
}
