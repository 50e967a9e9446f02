namespace LoadTesting.Metrics;

/// <summary>Writer of one trend series; hold it, do not look it up per sample. Single writer, like its <see cref="WorkerRecorder"/>.</summary>
public sealed class TrendSeries : SeriesWriter
{
    private readonly LatencyHistogram _histogram = new();

    internal TrendSeries(SeriesKey key)
        : base(key)
    {
    }

    internal override bool HasSamples => _histogram.Count > 0;

    internal override long Rejected => _histogram.Rejected;

    /// <summary>Adds one observation, in the metric's unit: seconds for times; +∞ as <see cref="RecordOverflow"/> does.</summary>
    public void Record(double value) => _histogram.Record(value);

    /// <summary>Adds one observation of a time metric, measured in nanoseconds.</summary>
    public void RecordNanoseconds(long nanoseconds) => _histogram.RecordNanoseconds(nanoseconds);

    /// <summary>Adds one observation that is longer than any limit: the time of an answer that never came.</summary>
    public void RecordOverflow() => _histogram.RecordOverflow();

    internal override SeriesValue TakeValue() => _histogram.TakeSnapshot();

    internal override Func<SeriesValue> Freeze() => _histogram.Copy().TakeSnapshot;
}
