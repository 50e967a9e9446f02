using System.Numerics;

namespace LoadTesting.Metrics;

/// <summary>
/// The exact sum of doubles: mantissa × 2^exponent, the mantissa odd (or everything zero), so equal sums have equal fields. Floating-point
/// addition is not associative; with this, merging is, bit by bit, in whatever order or tree the parts arrive. A sum of a million latencies
/// needs some 80 to 100 bits.
/// </summary>
internal readonly record struct ExactSum
{
    private const int MantissaBits = 53;
    private const int SmallestExponent = -1074; // of double.Epsilon

    private readonly BigInteger _mantissa;
    private readonly int _exponent;

    private ExactSum(BigInteger mantissa, int exponent)
    {
        if (mantissa.IsZero) return;
        var zeros = (int)BigInteger.TrailingZeroCount(mantissa);
        _mantissa = mantissa >> zeros;
        _exponent = exponent + zeros;
    }

    /// <summary>Odd, or 0.</summary>
    public BigInteger Mantissa => _mantissa;

    /// <summary>Of two; 0 for 0.</summary>
    public int Exponent => _exponent;

    public bool IsZero => _mantissa.IsZero;

    public static ExactSum operator +(ExactSum a, ExactSum b)
    {
        if (a.IsZero) return b;
        if (b.IsZero) return a;
        var exponent = Math.Min(a._exponent, b._exponent);
        return new((a._mantissa << (a._exponent - exponent)) + (b._mantissa << (b._exponent - exponent)), exponent);
    }

    public static ExactSum operator -(ExactSum a) => new(-a._mantissa, a._exponent);

    public static ExactSum operator -(ExactSum a, ExactSum b) => a + -b;

    /// <summary>mantissa × 2^exponent.</summary>
    public static ExactSum Scaled(BigInteger mantissa, int exponent) => new(mantissa, exponent);

    /// <summary>A finite double, exactly.</summary>
    public static ExactSum Of(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentOutOfRangeException(nameof(value), value, "a sum has finite parts");
        var (mantissa, exponent) = Decompose(BitConverter.DoubleToInt64Bits(value));
        return new(value < 0 ? -mantissa : mantissa, exponent);
    }

    /// <summary>The absolute value of a finite double as integer × 2^exponent.</summary>
    public static (long Mantissa, int Exponent) Decompose(long bits)
    {
        var biased = (int)(bits >> 52) & 0x7FF;
        var fraction = bits & 0xF_FFFF_FFFF_FFFF;
        return biased == 0 ? (fraction, SmallestExponent) : (fraction | 1L << 52, biased + SmallestExponent - 1);
    }

    /// <summary>The nearest double, ties to even; sums beyond the range of double give its largest finite value.</summary>
    public double ToDouble()
    {
        var magnitude = BigInteger.Abs(_mantissa);
        var lowest = Math.Max(_exponent + (int)magnitude.GetBitLength() - MantissaBits, SmallestExponent);
        var drop = lowest - _exponent;
        var kept = magnitude;
        if (drop > 0)
        {
            kept >>= drop;
            var twiceRest = (magnitude - (kept << drop)) << 1;
            var order = twiceRest.CompareTo(BigInteger.One << drop);
            if (order > 0 || (order == 0 && !kept.IsEven)) kept += BigInteger.One;
        }
        else
        {
            lowest = _exponent;
        }

        var value = Math.Min(Math.ScaleB((double)(ulong)kept, lowest), double.MaxValue);
        return _mantissa.Sign < 0 ? -value : value;
    }

    /// <summary>
    /// Doubles whose exact sum this is, each the nearest to what the ones before it left: unique for the value, the first is <see cref="ToDouble"/>,
    /// and there are rarely more than two. Formats that have only doubles carry it so.
    /// </summary>
    public IEnumerable<double> Components()
    {
        var rest = this;
        while (!rest.IsZero)
        {
            var component = rest.ToDouble();
            yield return component;
            rest -= Of(component);
        }
    }

    public override string ToString() => ToDouble().ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
