using LoadTesting.Metrics;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Judging;

/// <summary>
/// Turns the thresholds of a spec into ones that can be evaluated, and collects everything that is wrong with them: nothing written is ever silently ignored.
/// </summary>
public static class ThresholdRules
{
    /// <summary>Checks and compiles all thresholds.</summary>
    /// <param name="spec">The test.</param>
    /// <param name="path">Field path of <c>thresholds</c>, e.g. <c>spec.thresholds</c>; problems stand at its keys and items (<see cref="SpecPath"/>).</param>
    /// <param name="problems">
    /// Gets problems with the rules <c>metric-selector</c>, <c>unknown-metric</c>, <c>threshold</c>, <c>threshold-aggregation</c>, <c>threshold-unit</c>,
    /// <c>threshold-window</c>, <c>threshold-value</c>, <c>threshold-observed</c>, <c>threshold-derived</c>, <c>threshold-abort</c>, and warnings <c>threshold-repeated</c>, <c>threshold-tag</c>, <c>threshold-range</c>.
    /// </param>
    /// <returns>Those that are right.</returns>
    public static ThresholdSet Compile(LoadTestSpec spec, string path, ICollection<Problem> problems)
    {
        if (spec.Thresholds.Count == 0)
        {
            return ThresholdSet.Empty;
        }

        var catalog = MetricCatalog.For(spec);
        var thresholds = new List<Threshold>();
        var tracked = new List<MetricSelector>();
        foreach (var (key, written) in spec.Thresholds)
        {
            var keyPath = SpecPath.Field(path, key);
            var metric = MetricSelector.Parse(key, keyPath, problems) is { } selector ? Metric(selector, catalog, keyPath, problems) : null;
            if (metric is { } known)
            {
                tracked.Add(known.Selector);
                WarnOfTags(known.Selector, spec, keyPath, problems);
            }

            var texts = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < written.Count; i++)
            {
                var itemPath = SpecPath.Item(keyPath, i);
                if (!texts.Add(written[i].Expression.Trim()))
                {
                    problems.Add(new Problem(itemPath, "threshold-repeated", $"'{written[i].Expression.Trim()}' stands twice for {key}") { Value = written[i].Expression, IsWarning = true });
                }

                // The expression is read also where the metric is unknown: all problems at once.
                var expression = ThresholdParser.Parse(written[i].Expression, itemPath, problems);
                var before = problems.Count(p => !p.IsWarning);
                var abort = expression is null ? null : Abort(written[i], expression, itemPath, problems);
                if (expression is not null && metric is { } found)
                {
                    CheckFit(found.Definition, expression, itemPath, problems);
                    CheckObserved(found, spec, itemPath, problems);
                    var subject = ThresholdSubjects.Check(found.Selector, found.Definition, expression, catalog, itemPath, problems);
                    WindowRules.Check(found.Definition, expression, abort, spec, itemPath, problems);
                    if (problems.Count(p => !p.IsWarning) == before)
                    {
                        thresholds.Add(new Threshold(found.Selector, found.Definition, expression, abort) 
                        {
                            Subject = subject,
                            IsObserved = ObservedMetrics.IsObserved(found.Definition, spec) || (subject is { } other && ObservedMetrics.IsObserved(other.Metric, spec)),
                        });
                    }
                }
            }
        }

        return new ThresholdSet(thresholds, tracked);
    }

    /// <summary>The notations of the aggregations that suit a metric type: k6's table, with passes, fails and total for rates beyond it.</summary>
    public static IReadOnlyList<string> AllowedAggregations(MetricType type) => type switch
    {
        MetricType.Counter => ["count", "rate"],
        MetricType.Gauge => ["value"],
        MetricType.Distinct => ["count"],
        MetricType.Rate => ["rate", "passes", "fails", "total"],
        _ => ["avg", "min", "med", "max", "p(N)"],
    };

    private static (MetricSelector Selector, MetricDefinition Definition)? Metric(MetricSelector selector, MetricCatalog catalog, string path, ICollection<Problem> problems)
    {
        if (catalog.Find(selector.Metric) is { } definition)
        {
            return (selector, definition);
        }

        problems.Add(new Problem(path, "unknown-metric", $"there is no metric '{selector.Metric}': it is neither built in nor recorded by a step")
        {
            Value = selector.Metric,
            Suggestion = catalog.Nearest(selector.Metric),
        });
        return null;
    }

    private static void CheckFit(MetricDefinition metric, ThresholdExpression expression, string path, ICollection<Problem> problems)
    {
        var kind = expression.Aggregation.Kind;
        var notation = kind == AggregationKind.Percentile ? "p(N)" : expression.Aggregation.ToString();
        var allowed = AllowedAggregations(metric.Type);
        if (!allowed.Contains(notation, StringComparer.Ordinal))
        {
            Add("threshold-aggregation", $"{notation} does not suit {metric.Name}, which is a {metric.Type.ToString().ToLowerInvariant()}: use {Choice(allowed)}");
            return;
        }

        if (expression.Value is NumberValue { Unit: ValueUnit.Time } && metric.Unit != MetricUnit.Time)
        {
            Add("threshold-unit", $"{metric.Name} is no time, so its limit cannot have a unit of time");
        }

        if (expression.Value is NumberValue { Unit: ValueUnit.Data } && metric.Unit != MetricUnit.Data)
        {
            Add("threshold-unit", $"{metric.Name} is no amount of data, so its limit cannot be a size");
        }

        if (expression.Value is NumberValue { Unit: ValueUnit.Percent } && !DerivedMetrics.IsShare(metric) && (metric.Type != MetricType.Rate || kind != AggregationKind.Rate))
        {
            Add("threshold-unit", $"{notation} of {metric.Name} is no fraction, so its limit cannot be a percentage");
        }

        if (metric.Type == MetricType.Rate && kind == AggregationKind.Rate && expression.Value is NumberValue { Unit: not ValueUnit.Time, Number: < 0 or > 1 } number)
        {
            var meant = number.Number is > 1 and <= 100 ? FormattableString.Invariant($"; {number.Number}% is written {number.Number / 100} or {number.Number}%") : string.Empty;
            Add("threshold-range", $"a rate lies between 0 and 1{meant}", warning: true);
        }

        void Add(string rule, string message, bool warning = false) => problems.Add(new Problem(path, rule, message) { Value = expression.Text, IsWarning = warning });
    }

    private static void CheckObserved((MetricSelector Selector, MetricDefinition Metric) subject, LoadTestSpec spec, string path, ICollection<Problem> problems)
    {
        if (ObservedMetrics.IsOfPods(subject.Metric) && spec.Observe?.Pods is null)
        {
            problems.Add(new Problem(path, "threshold-observed", $"{subject.Metric.Name} needs spec.observe.pods, which says whose Pods the target's are") { Value = subject.Metric.Name });
        }

        if (ObservedMetrics.IsObserved(subject.Metric, spec) && subject.Selector.Tags.Count > 0)
        {
            problems.Add(new Problem(path, "threshold-observed", $"{subject.Metric.Name} is observed and has no tags") { Value = subject.Selector.Key });
        }
    }

    private static AbortRule? Abort(ThresholdSpec written, ThresholdExpression expression, string path, ICollection<Problem> problems)
    {
        if (expression.Abort is not null && (written.AbortOnFail || written.DelayAbortEval is not null))
        {
            problems.Add(new Problem(path, "threshold-abort", "the expression says 'abort' already: leave abortOnFail and delayAbortEval out") { Value = expression.Text });
        }

        if (written.DelayAbortEval is { } delay && delay < Duration.Zero)
        {
            problems.Add(new Problem(SpecPath.Field(path, "delayAbortEval"), "threshold-abort", "delayAbortEval cannot be negative") { Value = delay.ToString() });
        }

        if (written is { DelayAbortEval: not null, AbortOnFail: false })
        {
            problems.Add(new Problem(SpecPath.Field(path, "delayAbortEval"), "threshold-abort", "delayAbortEval has no effect without abortOnFail: true") { IsWarning = true });
        }

        return expression.Abort ?? (written.AbortOnFail ? new AbortRule(written.DelayAbortEval) : null);
    }

    /// <summary>A filter that can match nothing is legal (k6), but rarely meant.</summary>
    private static void WarnOfTags(MetricSelector selector, LoadTestSpec spec, string path, ICollection<Problem> problems)
    {
        if (selector.TryGetTag("scenario", out var scenario) && !spec.Scenarios.ContainsKey(scenario))
        {
            problems.Add(new Problem(path, "threshold-tag", $"there is no scenario '{scenario}', so {selector.Key} will never have samples") { Value = scenario, IsWarning = true });
        }

        foreach (var tag in new[] { "vu", "iter" })
        {
            if (selector.TryGetTag(tag, out _))
            {
                problems.Add(new Problem(path, "threshold-tag", $"samples carry no tag '{tag}' (one series for each would be far too many), so {selector.Key} will never have samples") { Value = tag, IsWarning = true });
            }
        }
    }

    private static string Choice(IReadOnlyList<string> options) =>
        options.Count == 1 ? options[0] : $"{string.Join(", ", options.Take(options.Count - 1))} or {options[^1]}";
}
