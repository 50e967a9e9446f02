namespace LoadTesting.Metrics;

/// <summary>Writer of one counter series; hold it, do not look it up per sample. Single writer, like its <see cref="WorkerRecorder"/>.</summary>
public sealed class CounterSeries : SeriesWriter
{
    private const double LargestExactInteger = 1L << 53;

    // Whole amounts, which is nearly all there are, need no more than this; anything else goes to the accumulator.
    private Int128 _whole;
    private ExactAccumulator? _rest;

    internal CounterSeries(SeriesKey key)
        : base(key)
    {
    }

    /// <summary>Adds an amount (any finite number; others are rejected). Adding 0 makes the series present: a counter nobody touched is "no data", not 0.</summary>
    public void Add(double amount)
    {
        if (!double.IsFinite(amount))
        {
            Reject();
            return;
        }

        Touched = true;
        if (Math.Abs(amount) <= LargestExactInteger && Math.Truncate(amount) == amount) _whole += (long)amount;
        else (_rest ??= new ExactAccumulator()).Add(amount);
    }

    internal override SeriesValue TakeValue()
    {
        var whole = ExactSum.Scaled(_whole, 0);
        return new CounterValue(_rest is null ? whole : whole + _rest.ToSum());
    }
}
