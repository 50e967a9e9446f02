namespace LoadTesting.Metrics;

/// <summary>
/// Adds many <see cref="ExactSum"/>s, exactly, and without an allocation for each: what fits goes into 128 bits, because the sums of one series on hundreds of workers are of
/// like size; the rest is added as it is.
/// </summary>
internal struct ExactTotal
{
    // Below the first part's exponent, for parts whose last bits are lower.
    private const int Margin = 8;

    // 2^8 additions of 118 bits with a sign cannot overflow 127.
    private const int MostBits = 118;
    private const int MostAdditions = 1 << 8;

    private Int128 _near;
    private int _exponent;
    private int _additions;
    private ExactSum _far;

    public void Add(ExactSum part)
    {
        if (part.IsZero) return;
        if (_additions == 0) _exponent = part.Exponent - Margin;
        var shift = part.Exponent - _exponent;
        if (shift < 0 || shift + part.Mantissa.GetBitLength() > MostBits)
        {
            _far += part;
            return;
        }

        _near += (Int128)part.Mantissa << shift;
        if (++_additions < MostAdditions) return;
        _far = ToSum();
        (_near, _additions) = (0, 0);
    }

    public readonly ExactSum ToSum() => _far + ExactSum.Scaled(_near, _exponent);
}
