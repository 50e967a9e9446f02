using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace LoadTesting.Model.Planning;

/// <summary>
/// A part of the whole load: the interval (from, to] within [0, 1] (k6-semantics 2.1). What it owns is decided by its place in a
/// <see cref="SegmentSequence"/>; see <see cref="Partition"/>.
/// </summary>
public sealed record ExecutionSegment
{
    /// <summary>The whole load, 0:1.</summary>
    public static readonly ExecutionSegment Whole = new(Rational.Zero, Rational.One);

    private ExecutionSegment(Rational from, Rational to)
    {
        From = from;
        To = to;
    }

    /// <summary>Lower bound, exclusive.</summary>
    public Rational From { get; }

    /// <summary>Upper bound, inclusive; &gt; <see cref="From"/>.</summary>
    public Rational To { get; }

    /// <summary>Share of the whole, in (0, 1].</summary>
    public Rational Length => To - From;

    /// <summary>A segment with these bounds, or the sentence that says which rule they break.</summary>
    public static bool TryCreate(Rational from, Rational to, [NotNullWhen(true)] out ExecutionSegment? segment, [NotNullWhen(false)] out string? error)
    {
        segment = null;
        error = from < Rational.Zero ? $"segment start {from} is below 0"
            : to > Rational.One ? $"segment end {to} is above 1"
            : !(from < to) ? $"segment start {from} is not below its end {to}"
            : null;
        if (error is not null)
        {
            return false;
        }

        segment = new ExecutionSegment(from, to);
        return true;
    }

    /// <summary>Reads <c>from:to</c>, or <c>to</c> alone for a segment that starts at 0; the bounds as in <see cref="Rational.TryParse"/>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ExecutionSegment? segment, [NotNullWhen(false)] out string? error)
    {
        segment = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var from = Rational.Zero;
        if (colon >= 0 && !Rational.TryParse(text[..colon], out from))
        {
            error = $"'{text[..colon]}' is no fraction, decimal or integer percentage";
            return false;
        }

        if (!Rational.TryParse(text[(colon + 1)..], out var to))
        {
            error = $"'{text[(colon + 1)..]}' is no fraction, decimal or integer percentage";
            return false;
        }

        return TryCreate(from, to, out segment, out error);
    }

    /// <summary>Divides the segment into equal pieces.</summary>
    /// <param name="parts">≥ 1.</param>
    public IReadOnlyList<ExecutionSegment> Split(int parts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        var piece = Length * new Rational(1, parts);
        var pieces = new ExecutionSegment[parts];
        for (var i = 0; i < parts; i++)
        {
            pieces[i] = new ExecutionSegment(From + (piece * new Rational(i, 1)), From + (piece * new Rational(i + 1, 1)));
        }

        return pieces;
    }

    /// <summary>The part of this segment that <paramref name="inner"/> is of the whole: 0:1/2 of 1/2:1 is 1/2:3/4.</summary>
    public ExecutionSegment SubSegment(ExecutionSegment inner) => new(From + (Length * inner.From), From + (Length * inner.To));

    /// <summary>
    /// A share computed without a sequence, for display only: <c>round(v·to − round(v·from))</c>. Complete sequences sum to v, but the
    /// shares wobble as v grows; plans use <see cref="StripedIndex.Scale"/>.
    /// </summary>
    public BigInteger ScaleForDisplay(long value)
    {
        var amount = new Rational(value, 1);
        return ((amount * To) - new Rational((amount * From).Round(), 1)).Round();
    }

    /// <summary><c>from:to</c> with reduced fractions.</summary>
    public override string ToString() => $"{From}:{To}";
}
