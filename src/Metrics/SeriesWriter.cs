namespace LoadTesting.Metrics;

/// <summary>A place to which samples of one series go. Made by <see cref="WorkerRecorder"/>, which owns the duty of having one writer at a time.</summary>
public abstract class SeriesWriter
{
    private long _rejected;

    private protected SeriesWriter(SeriesKey key) => Key = key;

    /// <summary>The series that is written; beyond the recorder's bound it is the metric's overflow series.</summary>
    public SeriesKey Key { get; }

    internal virtual bool HasSamples => Touched;

    internal virtual long Rejected => _rejected;

    private protected bool Touched { get; set; }

    internal abstract SeriesValue TakeValue();

    /// <summary>
    /// The value so far, as something that makes it later: this call must not overlap with writing and is as short as it can be, the making of the value may overlap with everything.
    /// </summary>
    internal virtual Func<SeriesValue> Freeze()
    {
        var value = TakeValue();
        return () => value;
    }

    private protected void Reject() => _rejected++;
}
