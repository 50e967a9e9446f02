using System.Globalization;
using System.Numerics;

namespace LoadTesting.Model.Planning;

/// <summary>
/// An exact fraction in lowest terms. Shares of a load are never floating point: runners compute them alone and must agree to the last unit.
/// </summary>
public readonly struct Rational : IEquatable<Rational>, IComparable<Rational>
{
    /// <summary>0.</summary>
    public static readonly Rational Zero = new(0, 1);

    /// <summary>1.</summary>
    public static readonly Rational One = new(1, 1);

    // A power of ten beyond this is no share of anything, but would cost its digits in memory.
    private const int MaxTextLength = 64;

    private readonly BigInteger _denominator;

    /// <summary>numerator/denominator, reduced; the denominator must not be 0.</summary>
    public Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
        {
            throw new DivideByZeroException("a fraction's denominator is 0");
        }

        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        Numerator = numerator / divisor;
        _denominator = denominator / divisor;
    }

    /// <summary>Carries the sign.</summary>
    public BigInteger Numerator { get; }

    /// <summary>≥ 1.</summary>
    public BigInteger Denominator => _denominator.IsZero ? BigInteger.One : _denominator;

    /// <summary>Reads <c>1/3</c>, <c>0.25</c>, <c>2</c> or an integer percentage (<c>20%</c>), with an optional sign.</summary>
    public static bool TryParse(string text, out Rational value)
    {
        value = default;
        if (text.Length > MaxTextLength)
        {
            return false;
        }

        if (text.EndsWith('%'))
        {
            return TryInteger(text[..^1], out var percent) && Set(percent, 100, out value);
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            return TryInteger(text[..slash], out var numerator)
                && TryDigits(text[(slash + 1)..], out var denominator)
                && !denominator.IsZero
                && Set(numerator, denominator, out value);
        }

        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0)
        {
            return TryInteger(text, out var whole) && Set(whole, 1, out value);
        }

        var fraction = text[(point + 1)..];
        var digits = text[..point] + fraction;
        return fraction.Length > 0
            && TryInteger(digits, out var scaled)
            && Set(scaled, BigInteger.Pow(10, fraction.Length), out value);
    }

    /// <summary>The nearest integer, halves up: <c>floor(x + 1/2)</c>.</summary>
    public BigInteger Round()
    {
        var twice = (Numerator * 2) + Denominator;
        var quotient = BigInteger.DivRem(twice, Denominator * 2, out var rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>The nearest double.</summary>
    public double ToDouble() => (double)Numerator / (double)Denominator;

    /// <inheritdoc/>
    public bool Equals(Rational other) => Numerator == other.Numerator && Denominator == other.Denominator;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Rational other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Numerator, Denominator);

    /// <inheritdoc/>
    public int CompareTo(Rational other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    /// <summary><c>1/3</c>, or <c>1</c> for a whole number.</summary>
    public override string ToString() => Denominator.IsOne
        ? Numerator.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");

    /// <summary>Exact sum.</summary>
    public static Rational operator +(Rational a, Rational b) => new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    /// <summary>Exact difference.</summary>
    public static Rational operator -(Rational a, Rational b) => new((a.Numerator * b.Denominator) - (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    /// <summary>Exact product.</summary>
    public static Rational operator *(Rational a, Rational b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    /// <summary>Equal as numbers.</summary>
    public static bool operator ==(Rational a, Rational b) => a.Equals(b);

    /// <summary>Different as numbers.</summary>
    public static bool operator !=(Rational a, Rational b) => !a.Equals(b);

    /// <summary>Whether <paramref name="a"/> is smaller.</summary>
    public static bool operator <(Rational a, Rational b) => a.CompareTo(b) < 0;

    /// <summary>Whether <paramref name="a"/> is larger.</summary>
    public static bool operator >(Rational a, Rational b) => a.CompareTo(b) > 0;

    private static bool Set(BigInteger numerator, BigInteger denominator, out Rational value)
    {
        value = new Rational(numerator, denominator);
        return true;
    }

    private static bool TryInteger(string text, out BigInteger value) =>
        BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    private static bool TryDigits(string text, out BigInteger value) =>
        BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
