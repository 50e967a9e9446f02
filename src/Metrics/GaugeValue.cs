namespace LoadTesting.Metrics;

/// <summary>
/// A gauge's current value and the extremes of what it was. Merging sums the current values (4 workers with 25 VUs each are 100 VUs). The extremes of a
/// sum do not follow from the extremes of its parts; merging sums them as bounds, and <see cref="GaugeTracker"/> replaces them by what was really seen.
/// </summary>
public sealed class GaugeValue : SeriesValue, IEquatable<GaugeValue>
{
    internal GaugeValue(ExactSum current, ExactSum min, ExactSum max)
    {
        (ExactCurrent, ExactMin, ExactMax) = (current, min, max);
        (Current, Min, Max) = (current.ToDouble(), min.ToDouble(), max.ToDouble());
    }

    /// <inheritdoc/>
    public override MetricType Type => MetricType.Gauge;

    /// <summary>The value that was set last.</summary>
    public double Current { get; }

    /// <summary>The lowest value seen; after a plain merge, a lower bound of it.</summary>
    public double Min { get; }

    /// <summary>The highest value seen; after a plain merge, an upper bound of it.</summary>
    public double Max { get; }

    internal ExactSum ExactCurrent { get; }

    internal ExactSum ExactMin { get; }

    internal ExactSum ExactMax { get; }

    /// <inheritdoc/>
    public bool Equals(GaugeValue? other) =>
        other is not null && ExactCurrent == other.ExactCurrent && ExactMin == other.ExactMin && ExactMax == other.ExactMax;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GaugeValue);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ExactCurrent, ExactMin, ExactMax);

    internal override SeriesValue MergedWith(IReadOnlyList<SeriesValue> others)
    {
        var (current, min, max) = (ExactCurrent, ExactMin, ExactMax);
        foreach (var other in others)
        {
            var gauge = (GaugeValue)other;
            (current, min, max) = (current + gauge.ExactCurrent, min + gauge.ExactMin, max + gauge.ExactMax);
        }

        return new GaugeValue(current, min, max);
    }

    /// <summary>A gauge has no difference: the window's value is the current one, and that is all that is known about the window.</summary>
    internal override SeriesValue Since(SeriesValue earlier) => new GaugeValue(ExactCurrent, ExactCurrent, ExactCurrent);
}
