using LoadTesting.Metrics;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Judging;

/// <summary>Rules of thresholds that speak of a second metric: derived ones, and those that compare with other samples.</summary>
internal static class ThresholdSubjects
{
    /// <summary>The second metric; null when there is none, or when it is wrong.</summary>
    public static (MetricDefinition Metric, MetricSelector Selector)? Check(
        MetricSelector selector, MetricDefinition metric, ThresholdExpression expression, MetricCatalog catalog, string path, ICollection<Problem> problems)
    {
        if (expression.Value is SelectorValue other)
        {
            return Other(metric, expression, other.Selector);
        }

        if (metric == DerivedMetrics.RecoveryTime)
        {
            Recovery();
        }

        return metric == DerivedMetrics.Drift ? Drift() : null;

        (MetricDefinition, MetricSelector)? Other(MetricDefinition own, ThresholdExpression written, MetricSelector wanted)
        {
            var found = catalog.Find(wanted.Metric);
            if (found is null)
            {
                Add("unknown-metric", $"there is no metric '{wanted.Metric}' to compare with", catalog.Nearest(wanted.Metric));
            }
            else if (found.Type != own.Type || found.Unit != own.Unit || DerivedMetrics.Contains(found) || DerivedMetrics.Contains(own))
            {
                Add("threshold-value", $"{own.Name} cannot be compared with {wanted.Metric}: both must be sampled metrics of one type and unit");
            }
            else if (written.Window is not null || written.Over is not null)
            {
                Add("threshold-value", "a comparison with other samples looks at the whole run: leave the window out");
            }

            return found is null ? null : (found, wanted);
        }

        void Recovery()
        {
            if (!selector.TryGetTag("mark", out _))
            {
                Add("threshold-derived", "recovery_time needs a mark: recovery_time{mark:NAME}");
            }

            if (selector.TryGetTag("hold", out var hold) && !(Duration.TryParseWithUnit(hold, out var length) && length > Duration.Zero))
            {
                Add("threshold-derived", Duration.IsBareNumber(hold) ? $"hold:{hold} {Duration.WithoutUnit(hold)}" : $"'{hold}' is no time for the service level to hold: write e.g. hold:30s");
            }

            UnknownTags("mark", "hold", "metric");
        }

        (MetricDefinition, MetricSelector)? Drift()
        {
            if (!selector.TryGetTag("metric", out var name) || catalog.Find(name) is not { } subject || DerivedMetrics.Contains(subject))
            {
                Add("threshold-derived", "drift needs a sampled metric: drift{metric:http_req_duration}", name is null ? null : catalog.Nearest(name));
                return null;
            }

            return (subject, MetricSelector.WithAll(name, selector.Tags.Where(t => t.Key != "metric")));
        }

        void UnknownTags(params string[] known)
        {
            foreach (var (tag, _) in selector.Tags.Where(t => !known.Contains(t.Key, StringComparer.Ordinal)))
            {
                Add("threshold-derived", $"{metric.Name} knows no tag '{tag}'; it has {string.Join(", ", known)}", Nearest.To(tag, known));
            }
        }

        void Add(string rule, string message, string? suggestion = null) => problems.Add(new Problem(path, rule, message) { Value = expression.Text, Suggestion = suggestion });
    }
}
