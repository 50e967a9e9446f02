using System.Numerics;

namespace LoadTesting.Metrics;

/// <summary>
/// The arithmetic of counting different values: a hash of 52 bits for each, of which up to <see cref="MaxExact"/> are kept as they are; beyond that a HyperLogLog sketch
/// (Flajolet, Fusy, Gandouet, Meunier 2007) of 2^13 registers takes over, with Ertl's estimator ("New cardinality estimation algorithms for HyperLogLog sketches",
/// 2017), which needs no correction tables. 52 bits, because the exposition formats carry numbers as doubles.
/// </summary>
internal static class DistinctSketch
{
    /// <summary>Bits of a hash.</summary>
    public const int HashBits = 52;

    /// <summary>Most different hashes that are kept one by one.</summary>
    public const int MaxExact = 2048;

    /// <summary>Registers of a sketch, 2^13.</summary>
    public const int Registers = 1 << IndexBits;

    /// <summary>The largest value of a register: the rank of 30 zero bits. It fits 5 bits.</summary>
    public const int MaxRank = RankBits + 1;

    /// <summary>Standard error of a sketch's count: 1.04 / √8192 = 1.15 %.</summary>
    public static readonly double StandardError = 1.04 / Math.Sqrt(Registers);

    private const int IndexBits = 13;
    private const int RankBits = 30;

    /// <summary>The hash of a text: FNV-1a over its UTF-8 and MurmurHash3's 64-bit finalizer, the same on every machine.</summary>
    public static long Hash(string text)
    {
        var hash = 14695981039346656037UL;
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            foreach (var octet in utf8[..rune.EncodeToUtf8(utf8)]) hash = unchecked((hash ^ octet) * 1099511628211UL);
        }

        unchecked
        {
            hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDUL;
            hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53UL;
            return (long)((hash ^ (hash >> 33)) >> (64 - HashBits));
        }
    }

    /// <summary>Enters a hash into registers.</summary>
    public static void Enter(long hash, byte[] registers)
    {
        var index = (int)(hash >> (HashBits - IndexBits));
        var rest = (uint)(hash >> (HashBits - IndexBits - RankBits)) & ((1u << RankBits) - 1);
        var rank = (byte)(BitOperations.LeadingZeroCount(rest) - (32 - RankBits) + 1);
        if (registers[index] < rank) registers[index] = rank;
    }

    /// <summary>The estimated count of different values.</summary>
    public static double Estimate(byte[] registers)
    {
        var counts = new int[MaxRank + 1];
        foreach (var register in registers) counts[register]++;
        const double m = Registers;
        var z = m * Tau(1 - (counts[MaxRank] / m));
        for (var k = RankBits; k >= 1; k--) z = 0.5 * (z + counts[k]);
        z += m * Sigma(counts[0] / m);
        return m / (2 * Math.Log(2)) * (m / z);
    }

    // Ertl 2017, algorithm 6.
    private static double Sigma(double x)
    {
        if (x == 1) return double.PositiveInfinity;
        var (y, z, before) = (1.0, x, double.NaN);
        while (z != before)
        {
            x *= x;
            before = z;
            z += x * y;
            y += y;
        }

        return z;
    }

    private static double Tau(double x)
    {
        if (x is 0 or 1) return 0;
        var (y, z, before) = (1.0, 1 - x, double.NaN);
        while (z != before)
        {
            x = Math.Sqrt(x);
            before = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        }

        return z / 3;
    }
}
