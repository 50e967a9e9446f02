namespace LoadTesting.Metrics;

/// <summary>Writer of one series of different values; hold it, do not look it up per sample. Single writer, like its <see cref="WorkerRecorder"/>.</summary>
public sealed class DistinctSeries : SeriesWriter
{
    private readonly HashSet<long> _hashes = [];
    private byte[]? _registers;

    internal DistinctSeries(SeriesKey key)
        : base(key)
    {
    }

    /// <summary>Adds a value; only its hash is kept. Texts that are equal, ordinally, are the same value.</summary>
    public void Add(string value)
    {
        Touched = true;
        var hash = DistinctSketch.Hash(value);
        if (_registers is not null)
        {
            DistinctSketch.Enter(hash, _registers);
        }
        else if (_hashes.Add(hash) && _hashes.Count > DistinctSketch.MaxExact)
        {
            _registers = new byte[DistinctSketch.Registers];
            foreach (var known in _hashes) DistinctSketch.Enter(known, _registers);
            _hashes.Clear();
        }
    }

    internal override SeriesValue TakeValue() => _registers is null ? DistinctValue.Of(_hashes) : DistinctValue.Of((byte[])_registers.Clone());
}
