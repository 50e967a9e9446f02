namespace LoadTesting.Metrics;

/// <summary>Writer of one rate series; hold it, do not look it up per sample. Single writer, like its <see cref="WorkerRecorder"/>.</summary>
public sealed class RateSeries : SeriesWriter
{
    private long _trues;
    private long _total;

    internal RateSeries(SeriesKey key)
        : base(key)
    {
    }

    /// <summary>Adds one observation.</summary>
    public void Add(bool observed)
    {
        Touched = true;
        _total++;
        if (observed) _trues++;
    }

    internal override SeriesValue TakeValue() => new RateValue(_trues, _total);
}
