namespace LoadTesting.Metrics;

/// <summary>Writer of one gauge series; hold it, do not look it up per sample. Single writer, like its <see cref="WorkerRecorder"/>.</summary>
public sealed class GaugeSeries : SeriesWriter
{
    private double _current;
    private double _min = double.PositiveInfinity;
    private double _max = double.NegativeInfinity;

    internal GaugeSeries(SeriesKey key)
        : base(key)
    {
    }

    /// <summary>Sets the current value (finite; others are rejected).</summary>
    public void Set(double value)
    {
        if (!double.IsFinite(value))
        {
            Reject();
            return;
        }

        Touched = true;
        _current = value;
        if (value < _min) _min = value;
        if (value > _max) _max = value;
    }

    internal override SeriesValue TakeValue() => new GaugeValue(ExactSum.Of(_current), ExactSum.Of(_min), ExactSum.Of(_max));
}
