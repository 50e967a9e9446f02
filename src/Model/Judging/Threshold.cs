using LoadTesting.Metrics;

namespace LoadTesting.Model.Judging;

/// <summary>A threshold that can be evaluated. Only <see cref="ThresholdRules"/> makes them, so each one's aggregation suits its metric.</summary>
public sealed record Threshold
{
    internal Threshold(MetricSelector selector, MetricDefinition metric, ThresholdExpression expression, AbortRule? abort)
    {
        Selector = selector;
        Metric = metric;
        Expression = expression;
        Abort = abort;
    }

    /// <summary>Whose samples.</summary>
    public MetricSelector Selector { get; }

    /// <summary>The metric that the selector names.</summary>
    public MetricDefinition Metric { get; }

    /// <summary>What must hold.</summary>
    public ThresholdExpression Expression { get; }

    /// <summary>Whether and when a breach stops the run, from the expression's suffix or from k6's object form; null = it does not.</summary>
    public AbortRule? Abort { get; }

    /// <summary>The value compared with, in the unit that thresholds speak (ms, bytes, fraction); NaN while a value that must be measured is not.</summary>
    public double Wanted => Resolved ?? (Expression.Value is NumberValue number ? number.Number : double.NaN);

    /// <summary>The metric that a derived one speaks of (<c>drift{metric:…}</c>), or that the value names; null = none.</summary>
    internal (MetricDefinition Metric, MetricSelector Selector)? Subject { get; init; }

    /// <summary>Whether it speaks of what <c>observe</c> sees: such numbers depend neither on the generator nor on lost runners, but on having been seen.</summary>
    internal bool IsObserved { get; init; }

    /// <summary>The value that the baseline or the other selector turned out to have; null while that is not known.</summary>
    internal double? Resolved { get; init; }
}

/// <summary>The thresholds of a test.</summary>
/// <param name="Thresholds">In the order of the manifest.</param>
/// <param name="Tracked">Every selector that a key names, also those with an empty list (k6's way to report a sub-metric without judging it).</param>
public sealed record ThresholdSet(IReadOnlyList<Threshold> Thresholds, IReadOnlyList<MetricSelector> Tracked)
{
    /// <summary>No thresholds.</summary>
    public static readonly ThresholdSet Empty = new([], []);
}
