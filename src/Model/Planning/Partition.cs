using System.Numerics;

namespace LoadTesting.Model.Planning;

/// <summary>
/// How a whole is shared among runners: the stripes of a complete <see cref="SegmentSequence"/> (k6-semantics 2.2). Each index of a global
/// sequence belongs to exactly one runner. Building one costs O(L log n) time and O(L) memory for the period L.
/// </summary>
public sealed class Partition
{
    private readonly long[] _parts;

    private Partition(long[] parts)
    {
        _parts = parts;
        Period = parts.Sum();
        Stripes = Stripe(parts, Period);
    }

    /// <summary>The least common denominator L of all lengths; ownership repeats with it.</summary>
    public long Period { get; }

    /// <summary>What each runner owns, in sequence order.</summary>
    public IReadOnlyList<StripedIndex> Stripes { get; }

    /// <summary>The complete sequence that this partition divides by.</summary>
    public SegmentSequence Sequence =>
        SegmentSequence.TryFromWeights(_parts, out var sequence, out var error) ? sequence : throw new InvalidOperationException(error);

    /// <summary>Equal runners: runner i owns i, i + n, i + 2n, ….</summary>
    /// <param name="count">n ≥ 1.</param>
    public static Partition Equal(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new Partition([.. Enumerable.Repeat(1L, count)]);
    }

    /// <summary>The partition by a sequence, with fillers where it is not complete (their stripes come first and last).</summary>
    public static Partition Of(SegmentSequence sequence)
    {
        var complete = sequence.Complete();
        var period = complete.LeastCommonDenominator;
        return new Partition([.. complete.Segments.Select(s => (long)(s.Length.Numerator * (period / s.Length.Denominator)))]);
    }

    /// <summary>
    /// Divides anew in proportion to each runner's share of <paramref name="value"/> (k6-semantics 2.4), so that work goes where the
    /// VUs are. A runner without a share has no stripe (null).
    /// </summary>
    /// <param name="value">A VU count, ≥ 0.</param>
    public Resegmentation Resegment(long value)
    {
        if (value > 0 && value % Period == 0)
        {
            return new Resegmentation(this, [.. Stripes]);
        }

        var shares = Stripes.Select(s => s.Scale(value)).ToArray();
        var divisor = shares.Aggregate(0L, (a, b) => (long)BigInteger.GreatestCommonDivisor(a, b));
        if (divisor == 0)
        {
            return new Resegmentation(null, new StripedIndex?[shares.Length]);
        }

        var partition = new Partition([.. shares.Where(s => s > 0).Select(s => s / divisor)]);
        var next = 0;
        return new Resegmentation(partition, [.. shares.Select(s => s > 0 ? partition.Stripes[next++] : null)]);
    }

    // Slot by slot: the first segment, largest first, whose next slot is due (count·L/n ≤ slot) takes it. A segment waits until it is
    // due in one heap and stands in line by size in the other.
    private static StripedIndex[] Stripe(long[] parts, long period)
    {
        var order = Enumerable.Range(0, parts.Length).OrderByDescending(i => parts[i]).ToArray();
        var slots = parts.Select(n => new long[n]).ToArray();
        var counts = new long[parts.Length];
        var waiting = new PriorityQueue<int, long>();
        var inLine = new PriorityQueue<int, int>();
        for (var rank = 0; rank < order.Length; rank++)
            inLine.Enqueue(rank, rank);

        for (var slot = 0L; slot < period; slot++)
        {
            while (waiting.TryPeek(out var due, out var time) && time <= slot)
            {
                waiting.Dequeue();
                inLine.Enqueue(due, due);
            }

            var rank = inLine.Dequeue();
            var owner = order[rank];
            slots[owner][counts[owner]++] = slot;
            if (counts[owner] < parts[owner])
            {
                waiting.Enqueue(rank, (long)((((Int128)counts[owner] * period) + parts[owner] - 1) / parts[owner]));
            }
        }

        return [.. slots.Select(s => new StripedIndex(period, s))];
    }
}

/// <summary>The result of <see cref="Partition.Resegment"/>.</summary>
/// <param name="Partition">The new partition of those that have a share; null when nobody has.</param>
/// <param name="Stripes">By runner, in the order of the original partition; null for a runner without a share.</param>
public sealed record Resegmentation(Partition? Partition, IReadOnlyList<StripedIndex?> Stripes);
