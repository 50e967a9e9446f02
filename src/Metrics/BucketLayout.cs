using System.Numerics;

namespace LoadTesting.Metrics;

/// <summary>
/// The system's only bucket geometry: Prometheus' native histograms (https://prometheus.io/docs/specs/native_histograms/). With schema s the base is
/// 2^(2^-s); positive bucket i covers (base^(i-1), base^i], negative bucket i is its mirror image, and |v| ≤ <see cref="ZeroThreshold"/> is the zero bucket.
/// Recording is always at <see cref="FinestSchema"/>; coarser schemas are unions of whole buckets, so scaling down loses nothing but resolution.
/// A boundary is the double nearest to the real one, as in Prometheus' own tables, the same on every machine.
/// </summary>
public static class BucketLayout
{
    /// <summary>The schema of everything recorded: 256 buckets per power of two.</summary>
    public const int FinestSchema = 8;

    /// <summary>Prometheus' coarsest schema: one bucket per factor of 65536.</summary>
    public const int CoarsestSchema = -4;

    /// <summary>2^-128, Prometheus' default: nothing that a load test measures is closer to zero without being zero.</summary>
    public const double ZeroThreshold = 1.0 / (1UL << 32) / (1UL << 32) / (1UL << 32) / (1UL << 32);

    /// <summary>The lowest index at schema 8: its bucket is the one just above the zero threshold.</summary>
    public const int LowestIndex = (-128 << FinestSchema) + 1;

    /// <summary>The highest index at schema 8: its bucket holds <see cref="double.MaxValue"/>.</summary>
    public const int HighestIndex = 1024 << FinestSchema;

    /// <summary>
    /// The overflow bucket's index at schema 8, one above the highest: what lies beyond every finite value, its upper bound +∞. Scaled down it is one above
    /// the highest again.
    /// </summary>
    public const int OverflowIndex = HighestIndex + 1;

    private const int BucketsPerOctave = 1 << FinestSchema;
    private const int SlotBits = FinestSchema + 1;
    private const int FractionBits = 52;
    private const long FractionMask = (1L << FractionBits) - 1;

    // Upper bounds 2^(k/256) of the buckets in [1, 2), and their fraction bits with an end mark.
    private static readonly double[] Bounds = ComputeBounds();
    private static readonly long[] BoundFractions = [.. Bounds.Select(b => BitConverter.DoubleToInt64Bits(b) & FractionMask), long.MaxValue];

    // For each of 512 equal slots of [1, 2): the first bucket whose bound is not below the slot. Bounds lie at least 0.0027 apart, slots are
    // 0.00195 wide: at most one bound falls into a slot, so one comparison decides.
    private static readonly ushort[] FirstOfSlot = ComputeSlots();

    /// <summary>The largest relative error of <see cref="Representative"/> in a schema: (base - 1) / (base + 1); 0.1354 % at schema 8, 1.083 % at 5.</summary>
    public static double RelativeErrorBound(int schema)
    {
        var growth = Base(schema);
        return (growth - 1) / (growth + 1);
    }

    /// <summary>Index at schema 8 of the positive bucket that holds a finite value above the zero threshold; for negative values pass the absolute value.</summary>
    public static int IndexOf(double magnitude)
    {
        var bits = BitConverter.DoubleToInt64Bits(magnitude);
        var fraction = bits & FractionMask;
        int bucket = FirstOfSlot[fraction >> (FractionBits - SlotBits)];
        // One more when the fraction is above the bound, by the sign of the difference: a branch would be mispredicted every other time.
        bucket += (int)((ulong)(BoundFractions[bucket] - fraction) >> 63);
        return (((int)(bits >> FractionBits) - 1023) << FinestSchema) + bucket;
    }

    /// <summary>The inclusive upper bound of a bucket; +∞ for the last one of all, 2^1024.</summary>
    public static double UpperBound(int schema, int index)
    {
        RequireSchema(schema);
        var finest = (long)index << (FinestSchema - schema);
        return Math.ScaleB(Bounds[finest & (BucketsPerOctave - 1)], (int)(finest >> FinestSchema));
    }

    /// <summary>The value that stands for a bucket: the harmonic mean of its bounds, which has the same relative error to both.</summary>
    public static double Representative(int schema, int index)
    {
        var growth = Base(schema);
        return Math.Min(UpperBound(schema, index - 1) * (2 * growth / (growth + 1)), double.MaxValue);
    }

    /// <summary>The index, in a coarser schema, of the bucket that contains this bucket wholly.</summary>
    public static int Downscale(int index, int fromSchema, int toSchema)
    {
        RequireSchema(fromSchema);
        RequireSchema(toSchema);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(toSchema, fromSchema);
        return ((index - 1) >> (fromSchema - toSchema)) + 1;
    }

    /// <summary>Whether Prometheus (and so we) know the schema.</summary>
    public static bool IsSchema(int schema) => schema is >= CoarsestSchema and <= FinestSchema;

    internal static void RequireSchema(int schema)
    {
        if (!IsSchema(schema)) throw new ArgumentOutOfRangeException(nameof(schema), schema, $"from {CoarsestSchema} to {FinestSchema}");
    }

    private static double Base(int schema)
    {
        RequireSchema(schema);
        return UpperBound(schema, 1);
    }

    /// <summary>
    /// 2^(k/256) in 200-bit fixed point, by eight square roots and repeated multiplication: Math.Pow may differ by one unit in the last place between
    /// platforms, and then two machines would disagree about a value on a boundary. A test proves each bound to be the nearest double.
    /// </summary>
    private static double[] ComputeBounds()
    {
        const int precision = 200;
        var root = BigInteger.One << (precision + 1);
        for (var i = 0; i < FinestSchema; i++) root = SquareRoot(root << precision);

        var bounds = new double[BucketsPerOctave];
        var power = BigInteger.One << precision;
        for (var k = 0; k < bounds.Length; k++)
        {
            var rounded = (power + (BigInteger.One << (precision - FractionBits - 1))) >> (precision - FractionBits);
            bounds[k] = Math.ScaleB((double)(ulong)rounded, -FractionBits);
            power = (power * root) >> precision;
        }

        return bounds;
    }

    private static BigInteger SquareRoot(BigInteger square)
    {
        // Newton from above: decreases until it is the floor of the root.
        var root = BigInteger.One << (int)((square.GetBitLength() + 1) / 2);
        while (true)
        {
            var next = (root + (square / root)) >> 1;
            if (next >= root) return root;
            root = next;
        }
    }

    private static ushort[] ComputeSlots()
    {
        var slots = new ushort[1 << SlotBits];
        ushort bucket = 0;
        for (var slot = 0; slot < slots.Length; slot++)
        {
            while (BoundFractions[bucket] < (long)slot << (FractionBits - SlotBits)) bucket++;
            slots[slot] = bucket;
        }

        return slots;
    }
}
