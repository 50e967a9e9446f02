using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Judging;

/// <summary>A threshold's text, understood. <see cref="ThresholdParser"/> makes it and states the grammar.</summary>
public sealed record ThresholdExpression
{
    /// <summary>As written, trimmed; identifies the threshold within its metric in reports.</summary>
    public required string Text { get; init; }

    /// <summary>The left side.</summary>
    public required Aggregation Aggregation { get; init; }

    /// <summary>The relation that must hold.</summary>
    public required ComparisonOperator Operator { get; init; }

    /// <summary>The right side.</summary>
    public required ThresholdValue Value { get; init; }

    /// <summary><c>or absent</c>: without any sample the threshold holds. Default false: the verdict is then Invalid.</summary>
    public bool OrAbsent { get; init; }

    /// <summary>Which part of the run counts; null = all of it.</summary>
    public ThresholdWindow? Window { get; init; }

    /// <summary><c>over D</c>: the relation must hold in every sliding window of this length, &gt; 0; null = over everything at once.</summary>
    public Duration? Over { get; init; }

    /// <summary><c>abort [after D]</c>: stop the run when the threshold is broken; null = never.</summary>
    public AbortRule? Abort { get; init; }
}

/// <summary>A threshold's right side: <see cref="NumberValue"/>, <see cref="BaselineValue"/> or <see cref="SelectorValue"/>.</summary>
public abstract record ThresholdValue
{
    private protected ThresholdValue()
    {
    }
}

/// <summary>A number in the metric's own unit.</summary>
/// <param name="Number">Finite; a time is converted to milliseconds, a percentage to a fraction and a size to bytes already.</param>
/// <param name="Unit">The unit it was written with.</param>
public sealed record NumberValue(double Number, ValueUnit Unit) : ThresholdValue;

/// <summary>The same aggregation in the baseline run, times a factor.</summary>
/// <param name="Factor">&gt; 0; 1 for a plain <c>baseline</c>.</param>
public sealed record BaselineValue(double Factor) : ThresholdValue;

/// <summary>The same aggregation of other samples of this run, times a factor: one request or scenario against another.</summary>
/// <param name="Selector">Whose samples.</param>
/// <param name="Factor">&gt; 0.</param>
public sealed record SelectorValue(MetricSelector Selector, double Factor) : ThresholdValue;

/// <summary>The unit a threshold's number was written with.</summary>
public enum ValueUnit
{
    /// <summary>None: milliseconds for times, bytes for data, a fraction for rates.</summary>
    None,

    /// <summary>A duration such as <c>2s</c> or <c>1m30s</c>.</summary>
    Time,

    /// <summary>A percentage such as <c>1%</c>.</summary>
    Percent,

    /// <summary>A size such as <c>50MB</c> or <c>64MiB</c>; the number is in bytes.</summary>
    Data,
}

/// <summary>How a <see cref="ThresholdWindow"/> relates to its name.</summary>
public enum WindowKind
{
    /// <summary>While the named scenario runs or the named mark spans.</summary>
    During,

    /// <summary>From the end of the named scenario or mark on.</summary>
    After,

    /// <summary>Without ramps and warm-up; has no name.</summary>
    Steady,
}

/// <summary>A part of the run that a threshold looks at.</summary>
/// <param name="Kind">The relation.</param>
/// <param name="Name">A scenario, disruption or mark; null for <see cref="WindowKind.Steady"/>.</param>
public sealed record ThresholdWindow(WindowKind Kind, string? Name);

/// <summary>Stops the run when the threshold is broken.</summary>
/// <param name="After">
/// The threshold aborts only when this is strictly less than the time since the load began (k6's delayAbortEval). Null = from the first sample on.
/// </param>
public sealed record AbortRule(Duration? After);
