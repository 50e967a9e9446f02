using LoadTesting.Metrics;
using LoadTesting.Model.Judging.Windows;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Judging;

/// <summary>Rules of windows and baselines.</summary>
internal static class WindowRules
{
    public static void Check(MetricDefinition metric, ThresholdExpression expression, AbortRule? abort, LoadTestSpec spec, string path, ICollection<Problem> problems)
    {
        var isDerived = DerivedMetrics.Contains(metric);
        if (isDerived && (expression.Window is not null || expression.Over is not null))
        {
            Add("threshold-window", $"{metric.Name} looks at the whole run: leave the window out");
        }

        if (isDerived && abort is not null)
        {
            Add("threshold-abort", $"{metric.Name} is known only when the run has ended, so it cannot abort it");
        }

        if (expression.Window is { Kind: not WindowKind.Steady, Name: { } name } && !spec.Scenarios.ContainsKey(name) && !RunMark.IsValidName(name))
        {
            Add("threshold-window", $"'{name}' is neither a scenario nor a mark's name: letters, digits, '-', '_' and '.', at most 63");
        }

        if (expression.Over is { } over && over < Duration.FromSeconds(1))
        {
            Add("threshold-window", "a sliding window is 1s long at least: the run is looked at by seconds");
        }

        if (expression.Value is not BaselineValue)
        {
            return;
        }

        if (isDerived || expression.Window is not null || expression.Over is not null)
        {
            Add("threshold-value", "a baseline is compared with over the whole run, on a sampled metric");
        }
        else if (expression.Operator is ComparisonOperator.Equal or ComparisonOperator.NotEqual)
        {
            Add("threshold-value", "two measured numbers are hardly ever equal: compare a baseline with < or >");
        }

        void Add(string rule, string message) => problems.Add(new Problem(path, rule, message) { Value = expression.Text });
    }
}
