namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>
/// Which flow an iteration runs, by weight. The choice depends on nothing but the iteration's number in the whole test, so that any number of runners
/// choose together what one would: number n goes to the point frac(n·φ) of a line divided by the weights. Multiples of the golden ratio spread so evenly that
/// after every few iterations the shares are met, not only in the long run as with chance.
/// </summary>
internal sealed class FlowMix
{
    private readonly IReadOnlyList<CompiledStep>[] _flows;
    private readonly WeightedLine _line;

    public FlowMix(IReadOnlyList<(IReadOnlyList<CompiledStep> Flow, double Weight)> entries)
    {
        _flows = [.. entries.Select(e => e.Flow)];
        _line = new WeightedLine([.. entries.Select(e => e.Weight)]);
    }

    /// <summary>The flow of an iteration.</summary>
    /// <param name="number">0-based number in the whole test.</param>
    public IReadOnlyList<CompiledStep> Pick(long number) => _flows.Length == 1 ? _flows[0] : _flows[_line.At(unchecked((ulong)number * WeightedLine.GoldenRatio))];
}
