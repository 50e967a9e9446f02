using LoadTesting.Metrics.Exposition;

namespace LoadTesting.Metrics.Tests.Exposition;

/// <summary>The buckets' bits, by themselves.</summary>
public class CompactBucketsTests
{
    [Fact]
    public void Numbers_of_any_width_come_back_and_nothing_is_read_beyond_them() => Build.ForAllSeeds(random =>
    {
        var numbers = Enumerable.Range(0, random.Next(50)).Select(_ => random.Next(65)).Select(bits => (Bits: bits, Value: bits == 0 ? 0 : Bits64(random) >> (64 - bits))).ToList();
        var output = new CompactOutput();
        var bits = new BitOutput(output);
        foreach (var (width, value) in numbers) bits.Put(value, width);
        bits.End();
        var input = new BitInput(output.Written);
        foreach (var (width, value) in numbers) Assert.Equal(value, input.Take(width));
        Assert.Equal(output.Written.Length, input.Used);
        Assert.Equal((numbers.Sum(n => n.Bits) + 7) / 8, input.Used);
        Assert.False(input.Failed);
        input.Take(8);
        Assert.True(input.Failed);
        for (var i = 0; i < 100; i++) Assert.Equal(0UL, input.Take(64));
        return true;
    });

    [Fact]
    public void Bits_are_deposited_where_they_are_extracted() => Build.ForAllSeeds(random =>
    {
        var (value, mask) = (Bits64(random), Bits64(random) & Bits64(random));
        var (deposited, extracted, n) = (0UL, 0UL, 0);
        for (var bit = 0; bit < 64; bit++)
        {
            if (((mask >> bit) & 1) == 0) continue;
            deposited |= ((value >> n) & 1) << bit;
            extracted |= ((value >> bit) & 1) << n++;
        }

        Assert.Equal(deposited, BitMasks.Deposit(value, mask));
        Assert.Equal(extracted, BitMasks.Extract(value, mask));
        // As machines do it that have no instruction for it.
        Assert.Equal(deposited, BitMasks.DepositOneByOne(value, mask));
        Assert.Equal(extracted, BitMasks.ExtractOneByOne(value, mask));
        Assert.Equal(mask, mask & BitMasks.OfGroups(BitMasks.Groups(mask)));
        Assert.Equal(BitMasks.Groups(mask), BitMasks.Groups(BitMasks.OfGroups(BitMasks.Groups(mask))));
        return true;
    });

    [Fact]
    public void Buckets_of_every_density_come_back() => Build.ForAllSeeds(
        random =>
        {
            var (indexes, counts, index) = (new List<long>(), new List<long>(), random.NextInt64(BucketLayout.LowestIndex, 100_000));
            var (apart, most) = (1 << random.Next(12), 1L << random.Next(random.Next(1, 48)));
            for (var n = random.Next(300); n > 0 && index <= BucketLayout.HighestIndex; n--, index += random.Next(1, apart + 1))
            {
                indexes.Add(index);
                counts.Add(random.NextInt64(1, most + 1));
            }

            var buckets = BucketCounts.Of([.. indexes], [.. counts]);
            var output = new CompactOutput();
            CompactBuckets.Write(output, buckets);
            output.Byte(0xA5);
            using var change = new BucketChange();
            var input = new CompactInput(output.Written, [], change);
            Assert.True(CompactBuckets.TryRead(ref input, 8, change));
            Assert.Equal(0xA5, input.Byte());
            Assert.Equal(0, input.Left);
            Assert.Equal(buckets, BucketCounts.Empty.Plus(change));
            return true;
        },
        tests: 500);

    [Theory]
    [InlineData(8, BucketLayout.LowestIndex, true)]
    [InlineData(8, BucketLayout.LowestIndex - 1, false)]
    [InlineData(8, BucketLayout.HighestIndex, true)]
    [InlineData(8, BucketLayout.HighestIndex + 1, false)]
    [InlineData(0, 1024, true)]
    [InlineData(0, 1025, false)]
    [InlineData(8, int.MaxValue, false)]
    [InlineData(8, int.MinValue, false)]
    public void Only_buckets_of_the_schema_are_read(int schema, int index, bool isOne)
    {
        var output = new CompactOutput();
        CompactBuckets.Write(output, new BucketList([index], [1]));
        using var change = new BucketChange();
        var input = new CompactInput(output.Written, [], change);
        Assert.Equal(isOne, CompactBuckets.TryRead(ref input, schema, change));
    }

    [Fact]
    public void Counts_that_are_none_and_pages_that_claim_much_are_refused()
    {
        using var change = new BucketChange();
        Assert.False(TryRead(o => o.Varint(1L << 40)));
        Assert.False(TryRead(o =>
        {
            o.Varint(1);
            o.Signed(0);
            var bits = new BitOutput(o);
            bits.Put(0b1110, 4); // no gap, counts of a width
            bits.Put(1, 1);
            bits.Put(ulong.MaxValue, 64);
            bits.Put(63, 6);
            for (var i = 0; i < 64; i++) bits.Put(ulong.MaxValue >> 1, 63);
            bits.End();
        }));
        Assert.False(TryRead(o =>
        {
            o.Varint(1);
            o.Signed(0);
            o.Bytes([0, 0, 0, 0]); // a page without buckets
        }));

        bool TryRead(Action<CompactOutput> write)
        {
            var output = new CompactOutput();
            write(output);
            var input = new CompactInput(output.Written, [], change);
            return CompactBuckets.TryRead(ref input, 8, change);
        }
    }

    private static ulong Bits64(Random random) => ((ulong)random.NextInt64() << 1) ^ (ulong)random.NextInt64();
}
