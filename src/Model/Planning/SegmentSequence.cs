using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace LoadTesting.Model.Planning;

/// <summary>Adjacent execution segments in ascending order. Every runner must be given the same complete one (k6-semantics 2.1).</summary>
public sealed class SegmentSequence
{
    /// <summary>The least common denominator of the lengths may not exceed this: it is the period of the stripes, held in memory.</summary>
    public const int MaxPeriod = 100_000_000;

    private SegmentSequence(IReadOnlyList<ExecutionSegment> segments)
    {
        Segments = segments;
    }

    /// <summary>The segments, ascending, each beginning where the one before it ends; may be empty.</summary>
    public IReadOnlyList<ExecutionSegment> Segments { get; }

    /// <summary>Of the lengths as they are (fillers count once <see cref="Complete"/> added them); 1 when empty.</summary>
    public BigInteger LeastCommonDenominator => Segments.Aggregate(
        BigInteger.One,
        (lcd, segment) => lcd / BigInteger.GreatestCommonDivisor(lcd, segment.Length.Denominator) * segment.Length.Denominator);

    /// <summary><paramref name="count"/> equal segments.</summary>
    public static SegmentSequence Equal(int count) => new(ExecutionSegment.Whole.Split(count));

    /// <summary>Complete sequence with lengths in proportion to the weights, e.g. the CPUs of unequal nodes; or the sentence that says what is wrong.</summary>
    public static bool TryFromWeights(IReadOnlyList<long> weights, [NotNullWhen(true)] out SegmentSequence? sequence, [NotNullWhen(false)] out string? error)
    {
        sequence = null;
        var total = weights.Aggregate(BigInteger.Zero, (sum, weight) => sum + weight);
        var bounds = new List<Rational> { Rational.Zero };
        var sum = BigInteger.Zero;
        foreach (var weight in weights)
        {
            if (weight <= 0)
            {
                error = $"weight {weight} is not above 0";
                return false;
            }

            sum += weight;
            bounds.Add(new Rational(sum, total));
        }

        return TryFromBounds(bounds, out sequence, out error);
    }

    /// <summary>A sequence of given segments, or the sentence that says where they do not join.</summary>
    public static bool TryCreate(
        IReadOnlyList<ExecutionSegment> segments, [NotNullWhen(true)] out SegmentSequence? sequence, [NotNullWhen(false)] out string? error)
    {
        sequence = null;
        for (var i = 1; i < segments.Count; i++)
        {
            if (segments[i].From != segments[i - 1].To)
            {
                error = $"segment {segments[i]} does not begin where {segments[i - 1]} ends";
                return false;
            }
        }

        var candidate = new SegmentSequence([.. segments]);
        var period = candidate.Complete().LeastCommonDenominator;
        error = period > MaxPeriod ? $"the lengths have the common denominator {period}; at most {MaxPeriod} is possible" : null;
        sequence = error is null ? candidate : null;
        return error is null;
    }

    /// <summary>Reads ascending bounds, at least two: <c>0,1/3,2/3,1</c>. An empty text is the empty sequence.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SegmentSequence? sequence, [NotNullWhen(false)] out string? error)
    {
        sequence = null;
        var bounds = new List<Rational>();
        foreach (var bound in text.Length == 0 ? [] : text.Split(','))
        {
            if (!Rational.TryParse(bound, out var value))
            {
                error = $"'{bound}' is no fraction, decimal or integer percentage";
                return false;
            }

            bounds.Add(value);
        }

        if (bounds.Count == 1)
        {
            error = $"a sequence has at least two bounds, '{text}' has one";
            return false;
        }

        return TryFromBounds(bounds, out sequence, out error);
    }

    /// <summary>The same with fillers, so that it covers 0:1.</summary>
    public SegmentSequence Complete()
    {
        if (Segments.Count == 0)
        {
            return Equal(1);
        }

        var all = new List<ExecutionSegment>(Segments.Count + 2);
        if (ExecutionSegment.TryCreate(Rational.Zero, Segments[0].From, out var before, out _))
        {
            all.Add(before);
        }

        all.AddRange(Segments);
        if (ExecutionSegment.TryCreate(Segments[^1].To, Rational.One, out var after, out _))
        {
            all.Add(after);
        }

        return all.Count == Segments.Count ? this : new SegmentSequence(all);
    }

    /// <summary>The bounds, as <see cref="TryParse"/> reads them.</summary>
    public override string ToString() =>
        Segments.Count == 0 ? "" : string.Join(',', Segments.Select(s => s.From).Append(Segments[^1].To));

    private static bool TryFromBounds(List<Rational> bounds, [NotNullWhen(true)] out SegmentSequence? sequence, [NotNullWhen(false)] out string? error)
    {
        sequence = null;
        var segments = new List<ExecutionSegment>();
        for (var i = 1; i < bounds.Count; i++)
        {
            if (!ExecutionSegment.TryCreate(bounds[i - 1], bounds[i], out var segment, out error))
            {
                return false;
            }

            segments.Add(segment);
        }

        return TryCreate(segments, out sequence, out error);
    }
}
