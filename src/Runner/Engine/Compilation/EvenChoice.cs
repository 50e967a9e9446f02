namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>
/// Which branch of a <c>oneOf</c> is taken. Like <see cref="FlowMix"/> it depends on nothing but numbers that all runners agree on. Each choice of a test walks with the square
/// root of another prime (Richtmyer's sequence): such roots are independent of each other and of the golden ratio over the rationals, so that the choices of one iteration
/// have nothing to do with each other while each alone meets its shares after every few iterations.
/// </summary>
internal sealed class EvenChoice
{
    private readonly WeightedLine _line;
    private readonly ulong _step;

    /// <summary>A choice.</summary>
    /// <param name="ordinal">0-based number among the choices of the test.</param>
    /// <param name="weights">Of the branches.</param>
    public EvenChoice(int ordinal, IReadOnlyList<double> weights)
    {
        _line = new WeightedLine(weights);
        var root = Math.Sqrt(Prime(ordinal));
        _step = (ulong)((root - Math.Floor(root)) * Math.Pow(2, 64)) | 1;
    }

    /// <summary>The branch.</summary>
    /// <param name="number">0-based number of the iteration in the whole test.</param>
    /// <param name="visit">How often this iteration has made the choice before: in a loop the branches alternate by the golden ratio.</param>
    public int Pick(long number, int visit) => _line.At(unchecked(((ulong)number * _step) + ((ulong)visit * WeightedLine.GoldenRatio)));

    // Without 5, whose root is the golden ratio's.
    private static int Prime(int ordinal)
    {
        for (var candidate = 2; ; candidate++)
        {
            var isPrime = true;
            for (var d = 2; d * d <= candidate; d++) isPrime &= candidate % d != 0;
            if (isPrime && candidate != 5 && ordinal-- == 0) return candidate;
        }
    }
}
