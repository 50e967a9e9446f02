using System.Numerics;
using System.Runtime.Intrinsics.X86;

namespace LoadTesting.Metrics.Exposition;

/// <summary>Masks of 64 bits, and numbers about the bits that are set in them.</summary>
internal static class BitMasks
{
    private const ulong EveryFourth = 0x1111_1111_1111_1111;

    /// <summary>The lowest bits of a value, one after the other, at the places that are set in a mask.</summary>
    public static ulong Deposit(ulong value, ulong mask) => Bmi2.X64.IsSupported ? Bmi2.X64.ParallelBitDeposit(value, mask) : DepositOneByOne(value, mask);

    /// <summary>The bits of a value at the places that are set in a mask, one after the other.</summary>
    public static ulong Extract(ulong value, ulong mask) => Bmi2.X64.IsSupported ? Bmi2.X64.ParallelBitExtract(value, mask) : ExtractOneByOne(value, mask);

    public static ulong DepositOneByOne(ulong value, ulong mask)
    {
        var result = 0UL;
        for (; mask != 0; mask &= mask - 1, value >>= 1) result |= (mask & (~mask + 1)) & (~(value & 1) + 1);
        return result;
    }

    public static ulong ExtractOneByOne(ulong value, ulong mask)
    {
        var (result, i) = (0UL, 0);
        for (; mask != 0; mask &= mask - 1, i++) result |= ((value >> BitOperations.TrailingZeroCount(mask)) & 1) << i;
        return result;
    }

    /// <summary>Which of the 16 groups of four bits have one that is set.</summary>
    public static ulong Groups(ulong mask)
    {
        mask |= mask >> 1;
        mask |= mask >> 2;
        return Extract(mask, EveryFourth);
    }

    /// <summary>All bits of the groups of four that are set in a number of up to 16 bits.</summary>
    public static ulong OfGroups(ulong groups) => Deposit(groups, EveryFourth) * 15;
}
