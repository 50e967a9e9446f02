namespace LoadTesting.Model.Planning;

/// <summary>
/// Which indices of a global 0-based sequence a segment owns, by k6's striping (k6-semantics 2.2, 2.3): owned slots repeat with a period.
/// </summary>
/// <param name="Period">The least common denominator L of all segment lengths.</param>
/// <param name="Slots">The owned slots, ascending, within [0, Period).</param>
public sealed record StripedIndex(long Period, IReadOnlyList<long> Slots)
{
    /// <summary>The stripe that owns everything.</summary>
    public static readonly StripedIndex All = new(1, [0]);

    /// <summary>The k-th owned index, 0-based: <c>floor(k / n)·L + slot[k mod n]</c>.</summary>
    public long GlobalIndex(long k) => k / Slots.Count * Period + Slots[(int)(k % Slots.Count)];

    /// <summary>The share of an amount v: <c>floor(v / L)·n + #{slot &lt; v mod L}</c>; also how many owned indices are below v.</summary>
    public long Scale(long v) => v / Period * Slots.Count + SlotsBelow(v % Period);

    /// <summary>The inverse of <see cref="GlobalIndex"/>: which of the owned indices <paramref name="globalIndex"/> is; −1 when it is not owned.</summary>
    public long LocalIndex(long globalIndex)
    {
        var k = Scale(globalIndex);
        return GlobalIndex(k) == globalIndex ? k : -1;
    }

    private int SlotsBelow(long limit)
    {
        int low = 0, high = Slots.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Slots[middle] < limit)
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
}
