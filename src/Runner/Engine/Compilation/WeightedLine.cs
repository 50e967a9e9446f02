namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>A line of length 1 divided by weights.</summary>
internal sealed class WeightedLine
{
    /// <summary>2^64 / φ, odd: multiplication modulo 2^64 is frac(n·φ) in fixed point.</summary>
    public const ulong GoldenRatio = 0x9E3779B97F4A7C15;

    private readonly double[] _ends;

    public WeightedLine(IReadOnlyList<double> weights)
    {
        _ends = new double[weights.Count];
        var sum = weights.Sum();
        var end = 0.0;
        for (var i = 0; i < _ends.Length; i++) _ends[i] = (end += weights[i]) / sum;
    }

    /// <summary>The piece that a point lies in.</summary>
    /// <param name="point">In fixed point: 2^64 is the line's length.</param>
    public int At(ulong point)
    {
        var place = (point >> 11) * (1.0 / (1L << 53));
        var i = 0;
        while (i < _ends.Length - 1 && place >= _ends[i]) i++;
        return i;
    }
}
