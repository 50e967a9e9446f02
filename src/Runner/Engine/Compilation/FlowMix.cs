namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>
/// Which flow an iteration runs, by weight. The choice depends on nothing but the iteration's number in the whole test, so that any number of runners
/// choose together what one would: number n goes to the point frac(n·φ) of a line divided by the weights. Multiples of the golden ratio spread so evenly that
/// after every few iterations the shares are met, not only in the long run as with chance.
/// </summary>
internal sealed class FlowMix
{
    // 2^64 / φ, odd: multiplication modulo 2^64 is frac(n·φ) in fixed point.
    private const ulong GoldenRatio = 0x9E3779B97F4A7C15;

    private readonly IReadOnlyList<CompiledStep>[] _flows;
    private readonly double[] _ends;

    public FlowMix(IReadOnlyList<(IReadOnlyList<CompiledStep> Flow, double Weight)> entries)
    {
        _flows = [.. entries.Select(e => e.Flow)];
        _ends = new double[entries.Count];
        var sum = entries.Sum(e => e.Weight);
        var end = 0.0;
        for (var i = 0; i < _ends.Length; i++) _ends[i] = (end += entries[i].Weight) / sum;
    }

    /// <summary>The flow of an iteration.</summary>
    /// <param name="number">0-based number in the whole test.</param>
    public IReadOnlyList<CompiledStep> Pick(long number)
    {
        if (_flows.Length == 1) return _flows[0];
        var point = (unchecked((ulong)number * GoldenRatio) >> 11) * (1.0 / (1L << 53));
        var i = 0;
        while (i < _ends.Length - 1 && point >= _ends[i]) i++;
        return _flows[i];
    }
}
