namespace LoadTesting.Metrics;

/// <summary>
/// What a series has come to; immutable. One of <see cref="CounterValue"/>, <see cref="GaugeValue"/>, <see cref="RateValue"/>,
/// <see cref="HistogramSnapshot"/>, <see cref="DistinctValue"/>.
/// </summary>
public abstract class SeriesValue
{
    private protected SeriesValue()
    {
    }

    /// <summary>The metric type that has values of this kind.</summary>
    public abstract MetricType Type { get; }

    /// <summary>The sum of two of one type.</summary>
    public static SeriesValue Merge(SeriesValue a, SeriesValue b) => a.MergedWith([b]);

    /// <summary>The sum of several of one type; at least one.</summary>
    public static SeriesValue Merge(IReadOnlyList<SeriesValue> parts) => parts[0].MergedWith([.. parts.Skip(1)]);

    /// <summary>What was added since an earlier value of the same source; the value itself where that went down. Gauges: the present value.</summary>
    public SeriesValue Delta(SeriesValue earlier) => Since(earlier);

    /// <summary>This value with <paramref name="others"/> (of the same kind) added. The result is the same, bit by bit, in any order and any grouping.</summary>
    internal abstract SeriesValue MergedWith(IReadOnlyList<SeriesValue> others);

    /// <summary>What came since <paramref name="earlier"/> (of the same kind).</summary>
    internal abstract SeriesValue Since(SeriesValue earlier);

    /// <summary>The value as a coarser histogram; values that are no histograms stay as they are.</summary>
    internal virtual SeriesValue Downscaled(int schema) => this;
}
