namespace LoadTesting.Metrics;

/// <summary>
/// Adds doubles without rounding and, once it has seen their magnitudes, without allocation: doubles of one exponent are integers of one scale,
/// so there is a 128-bit integer per exponent (room for 2^74 additions). Exponents come in pages of 32 because a metric's values lie close together.
/// </summary>
internal sealed class ExactAccumulator
{
    private const int PageBits = 5;

    // 2048 biased exponents of a double.
    private readonly Int128[]?[] _pages = new Int128[]?[2048 >> PageBits];

    /// <summary>The same sum, in memory of its own.</summary>
    public ExactAccumulator Copy()
    {
        var copy = new ExactAccumulator();
        for (var i = 0; i < _pages.Length; i++) copy._pages[i] = _pages[i]?.AsSpan().ToArray();
        return copy;
    }

    /// <summary>Adds a finite double.</summary>
    public void Add(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var biased = (int)(bits >> 52) & 0x7FF;
        var page = _pages[biased >> PageBits] ?? AddPage(biased >> PageBits);
        var (mantissa, _) = ExactSum.Decompose(bits);
        page[biased & ((1 << PageBits) - 1)] += bits < 0 ? -mantissa : mantissa;
    }

    /// <summary>The sum so far.</summary>
    public ExactSum ToSum()
    {
        var sum = default(ExactSum);
        for (var p = 0; p < _pages.Length; p++)
        {
            if (_pages[p] is not { } page) continue;
            for (var i = 0; i < page.Length; i++)
            {
                if (page[i] == 0) continue;
                var (_, exponent) = ExactSum.Decompose((long)((p << PageBits) + i) << 52);
                sum += ExactSum.Scaled(page[i], exponent);
            }
        }

        return sum;
    }

    private Int128[] AddPage(int index) => _pages[index] = new Int128[1 << PageBits];
}
