using System.Numerics;

namespace LoadTesting.Metrics.Exposition;

/// <summary>The buckets of <see cref="CompactFormat"/>, written and read.</summary>
internal static class CompactBuckets
{
    private const int PageBits = BucketCounts.PageBits;
    private const int PageSize = BucketCounts.PageSize;
    private const int MostPlanes = 6;
    private const int Fixed = MostPlanes + 1;

    public static void Write(CompactOutput output, BucketCounts buckets)
    {
        Span<long> counts = stackalloc long[PageSize];
        var (pages, first) = (0, 0);
        for (var position = 0; buckets.NextPage(ref position, counts, out var number); pages++)
        {
            if (pages == 0) first = number;
        }

        output.Varint((ulong)pages);
        if (pages == 0) return;
        output.Signed(first);
        var bits = new BitOutput(output);
        var last = first - 1;
        for (var position = 0; buckets.NextPage(ref position, counts, out var number); last = number)
        {
            Gap(ref bits, number - last - 1);
            Page(ref bits, counts);
        }

        bits.End();
    }

    /// <summary>Reads into a change; false when what is there is none.</summary>
    public static bool TryRead(ref CompactInput input, int schema, BucketChange change)
    {
        var lowest = BucketLayout.Downscale(BucketLayout.LowestIndex, BucketLayout.FinestSchema, schema);
        var highest = BucketLayout.Downscale(BucketLayout.HighestIndex, BucketLayout.FinestSchema, schema);
        // A page has at least 17 bits.
        var pages = (int)input.Number(Math.Min(input.Left, (highest >> PageBits) - (lowest >> PageBits) + 1));
        change.Clear(pages);
        if (pages == 0) return !input.Failed;
        var number = input.Signed(int.MaxValue) - 1;
        var bits = new BitInput(input.Rest);
        for (; pages > 0; pages--)
        {
            number += 1 + Gap(ref bits);
            var planes = (int)bits.Take(3);
            var mask = Mask(ref bits);
            if (bits.Failed || mask == 0 || number < lowest >> PageBits || number > highest >> PageBits) return false;
            var index = number << PageBits;
            if (index + BitOperations.TrailingZeroCount(mask) < lowest || index + 63 - BitOperations.LeadingZeroCount(mask) > highest) return false;
            change.AddPage((int)number);
            if (planes == Fixed)
            {
                var width = (int)bits.Take(6);
                if (width > SampleSet.CountBits) return false;
                for (; mask != 0; mask &= mask - 1) change.Set(BitOperations.TrailingZeroCount(mask), 1 + (long)bits.Take(width));
            }
            else
            {
                change.AddOnes(mask);
                for (; planes > 0; planes--)
                {
                    mask = BitMasks.Deposit(bits.Take(BitOperations.PopCount(mask)), mask);
                    change.AddOnes(mask);
                }
            }

            if (change.Total > SampleSet.MaxCount) return false;
        }

        input.Bytes(bits.Used);
        return !input.Failed;
    }

    private static void Gap(ref BitOutput bits, int gap)
    {
        bits.Put(gap == 0 ? 0UL : 1, 1);
        if (gap == 0) return;
        var width = BitOperations.Log2((uint)gap);
        bits.Put((ulong)width, 4);
        bits.Put((ulong)gap - (1UL << width), width);
    }

    private static int Gap(ref BitInput bits)
    {
        if (bits.Take(1) == 0) return 0;
        var width = (int)bits.Take(4);
        return (1 << width) + (int)bits.Take(width);
    }

    private static void Page(ref BitOutput bits, scoped ReadOnlySpan<long> counts)
    {
        var (mask, most) = (0UL, 0L);
        for (var i = 0; i < counts.Length; i++)
        {
            mask |= (counts[i] > 0 ? 1UL : 0) << i;
            most = Math.Max(most, counts[i]);
        }

        var width = 64 - BitOperations.LeadingZeroCount((ulong)(most - 1));
        var planes = most - 1 <= MostPlanes && PlaneBits(counts, mask, (int)most - 1) <= 6 + (width * BitOperations.PopCount(mask)) ? (int)most - 1 : Fixed;
        bits.Put((ulong)planes, 3);
        Mask(ref bits, mask);
        if (planes == Fixed)
        {
            bits.Put((ulong)width, 6);
            foreach (var count in counts)
            {
                if (count > 0) bits.Put((ulong)count - 1, width);
            }

            return;
        }

        for (var plane = 1; plane <= planes; plane++)
        {
            var above = Above(counts, plane);
            bits.Put(BitMasks.Extract(above, mask), BitOperations.PopCount(mask));
            mask = above;
        }
    }

    private static int PlaneBits(ReadOnlySpan<long> counts, ulong mask, int planes)
    {
        var bits = 0;
        for (var plane = 1; plane <= planes; plane++)
        {
            bits += BitOperations.PopCount(mask);
            mask = Above(counts, plane);
        }

        return bits;
    }

    private static ulong Above(ReadOnlySpan<long> counts, int least)
    {
        var mask = 0UL;
        for (var i = 0; i < counts.Length; i++) mask |= (counts[i] > least ? 1UL : 0) << i;
        return mask;
    }

    private static void Mask(ref BitOutput bits, ulong mask)
    {
        var groups = BitMasks.Groups(mask);
        var quarters = BitMasks.Groups(groups);
        var (ofQuarters, ofGroups) = (BitMasks.OfGroups(quarters), BitMasks.OfGroups(groups));
        var isFlat = 4 + BitOperations.PopCount(ofQuarters) + BitOperations.PopCount(ofGroups) >= 64;
        bits.Put(isFlat ? 1UL : 0, 1);
        if (isFlat)
        {
            bits.Put(mask, 64);
            return;
        }

        bits.Put(quarters, 4);
        bits.Put(BitMasks.Extract(groups, ofQuarters), BitOperations.PopCount(ofQuarters));
        bits.Put(BitMasks.Extract(mask, ofGroups), BitOperations.PopCount(ofGroups));
    }

    private static ulong Mask(ref BitInput bits)
    {
        if (bits.Take(1) == 1) return bits.Take(64);
        var ofQuarters = BitMasks.OfGroups(bits.Take(4));
        var ofGroups = BitMasks.OfGroups(BitMasks.Deposit(bits.Take(BitOperations.PopCount(ofQuarters)), ofQuarters));
        return BitMasks.Deposit(bits.Take(BitOperations.PopCount(ofGroups)), ofGroups);
    }
}
