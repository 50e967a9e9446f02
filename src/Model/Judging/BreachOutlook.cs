using LoadTesting.Metrics;

namespace LoadTesting.Model.Judging;

/// <summary>What may still become of a threshold that does not hold while the load runs.</summary>
public enum BreachOutlook
{
    /// <summary>The number can only move towards the limit and has not reached it: nothing is broken yet (<c>count&gt;1000</c> in the first second).</summary>
    NotYet,

    /// <summary>The number goes up and down: what was seen so far breaks the threshold, what comes may mend it (<c>p(95)&lt;500</c>).</summary>
    SoFar,

    /// <summary>The number can only move away from the limit: no further sample makes the threshold hold (<c>count&lt;10</c> with 11).</summary>
    ForGood,
}

/// <summary>Tells the outlooks apart. The verdict does not depend on them: when the run is over, what does not hold is broken.</summary>
public static class BreachOutlooks
{
    private enum Course
    {
        Grows,
        Falls,
        Wanders,
    }

    /// <summary>The outlook of a threshold that does not hold.</summary>
    /// <param name="threshold">Which.</param>
    /// <param name="observed">Its value so far, which does not hold, in the metric's unit.</param>
    /// <param name="wanted">What it is compared with.</param>
    public static BreachOutlook Of(Threshold threshold, double observed, double wanted) => threshold.Expression switch
    {
        // Every window must hold, and one that does not is past.
        { Over: not null } => BreachOutlook.ForGood,
        // What it is compared with moves too.
        { Value: SelectorValue } => BreachOutlook.SoFar,
        // A counter of the test's own may be given amounts below zero, as in k6.
        var expression => Of(threshold.Metric.Type, expression.Aggregation.Kind, expression.Operator, observed, wanted) switch
        {
            BreachOutlook.ForGood when threshold.Metric.Type == MetricType.Counter && BuiltInMetrics.Find(threshold.Metric.Name) is null => BreachOutlook.SoFar,
            var outlook => outlook,
        },
    };

    /// <summary>The same of the parts that decide.</summary>
    public static BreachOutlook Of(MetricType type, AggregationKind aggregation, ComparisonOperator comparison, double observed, double wanted)
    {
        var course = CourseOf(type, aggregation);
        if (course == Course.Wanders)
        {
            return BreachOutlook.SoFar;
        }

        return comparison switch
        {
            ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual => course == Course.Grows ? BreachOutlook.NotYet : BreachOutlook.ForGood,
            ComparisonOperator.Less or ComparisonOperator.LessOrEqual => course == Course.Falls ? BreachOutlook.NotYet : BreachOutlook.ForGood,
            ComparisonOperator.Equal => observed < wanted == (course == Course.Grows) ? BreachOutlook.NotYet : BreachOutlook.ForGood,
            // It is equal now, and the next sample may take it past.
            _ => BreachOutlook.NotYet,
        };
    }

    // What we count ourselves is never taken back, and extremes of all samples move one way.
    private static Course CourseOf(MetricType type, AggregationKind aggregation) => (type, aggregation) switch
    {
        (MetricType.Counter or MetricType.Distinct, AggregationKind.Count) => Course.Grows,
        (MetricType.Rate, AggregationKind.Passes or AggregationKind.Fails or AggregationKind.Total) => Course.Grows,
        (MetricType.Trend, AggregationKind.Max) => Course.Grows,
        (MetricType.Trend, AggregationKind.Min) => Course.Falls,
        _ => Course.Wanders,
    };
}
