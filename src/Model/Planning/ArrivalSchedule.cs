using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>One planned iteration start.</summary>
/// <param name="GlobalIndex">0-based number in the whole test; unique over all runners.</param>
/// <param name="Offset">Due time from the scenario's start.</param>
public readonly record struct Arrival(long GlobalIndex, Duration Offset);

/// <summary>
/// A runner's arrivals in order of time. Each is computed from its number alone, so a long test costs no memory and a replacement can
/// begin anywhere.
/// </summary>
public abstract class ArrivalSchedule
{
    private readonly StripedIndex _stripe;

    private protected ArrivalSchedule(StripedIndex stripe, long total)
    {
        _stripe = stripe;
        Total = total;
        Count = stripe.Scale(total);
    }

    /// <summary>How many arrivals this runner has in all.</summary>
    public long Count { get; }

    /// <summary>How many arrivals all runners have together.</summary>
    public long Total { get; }

    /// <summary>This runner's k-th arrival (0-based, below <see cref="Count"/>); O(log stages).</summary>
    public Arrival this[long k]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(k);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(k, Count);
            return At(k);
        }
    }

    /// <summary>All arrivals.</summary>
    public IEnumerable<Arrival> Enumerate()
    {
        for (var k = 0L; k < Count; k++)
            yield return At(k);
    }

    /// <summary>The arrivals due at <paramref name="fromOffset"/> or later; found in O(log Count).</summary>
    public IEnumerable<Arrival> Enumerate(Duration fromOffset)
    {
        for (var k = CountBefore(fromOffset); k < Count; k++)
            yield return At(k);
    }

    /// <summary>How many of this runner's arrivals are due before <paramref name="offset"/>; O(log Count).</summary>
    public long CountBefore(Duration offset) => FirstNotBefore(Count, k => At(k).Offset, offset);

    /// <summary>Due time of an arrival of the whole test.</summary>
    private protected abstract Duration OffsetOf(long globalIndex);

    /// <summary>Smallest k in [0, count] whose time is not before the limit, by halving.</summary>
    private protected static long FirstNotBefore(long count, Func<long, Duration> timeOf, Duration limit)
    {
        long low = 0, high = count;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (timeOf(middle) < limit)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private Arrival At(long k)
    {
        var index = _stripe.GlobalIndex(k);
        return new Arrival(index, OffsetOf(index));
    }
}
