namespace LoadTesting.Metrics.Tests;

/// <summary>Buckets in pages and in lists, against a dictionary that does the same one by one.</summary>
public class BucketCountsTests
{
    [Fact]
    public void Buckets_come_back_in_either_form() => Build.ForAllSeeds(random =>
    {
        var model = Some(random);
        var buckets = Of(model);
        Assert.Equal(model.Keys, buckets.Indexes());
        Assert.Equal(model.Values, buckets.Counts());
        Assert.Equal(model.Values.Sum(), buckets.Total);
        Assert.Equal(buckets, new BucketList([.. model.Keys.Select(k => (long)k)], [.. model.Values]));
        Assert.Equal(buckets.GetHashCode(), new BucketList([.. model.Keys.Select(k => (long)k)], [.. model.Values]).GetHashCode());
        return true;
    });

    [Fact]
    public void Close_buckets_are_pages_and_scattered_ones_a_list()
    {
        Assert.IsType<BucketPages>(Of(new(Enumerable.Range(-100, 300).ToDictionary(i => i, _ => 3L))));
        Assert.IsType<BucketList>(Of(new(Enumerable.Range(-10, 20).ToDictionary(i => i * 500, _ => 3L))));
        Assert.Same(BucketCounts.Empty, Of([]));
    }

    [Fact]
    public void Adding_what_came_since_is_adding_each_and_taking_the_earlier_away_gives_it_back() => Build.ForAllSeeds(
        random =>
        {
            var model = Some(random);
            var buckets = Of(model);
            using var change = new BucketChange();
            for (var round = 0; round < 5; round++)
            {
                var more = Some(random);
                // Mostly in the same places, as the next second's latencies are, and so that counts outgrow their bytes.
                if (model.Count > 0 && random.Next(3) > 0) more = new(model.Keys.Where(_ => random.Next(2) == 0).ToDictionary(k => k, _ => Count(random)));
                Fill(change, more);
                Assert.Equal(more.Values.Sum(), change.Total);
                var before = buckets;
                buckets = buckets.Plus(change);
                foreach (var (index, count) in more) model[index] = model.GetValueOrDefault(index) + count;
                Assert.Equal(Of(model), buckets);
                Assert.Equal(model.Values, buckets.Counts());
                Assert.Equal(model.Values.Sum(), buckets.Total);
                Assert.Equal(Of(more), buckets.TrySubtract(before));
                if (more.Count > 0) Assert.Null(before.TrySubtract(buckets));
                if (more.Count > 0) Assert.NotEqual(before, buckets);
            }

            return true;
        },
        tests: 300);

    [Theory]
    [InlineData(byte.MaxValue)]
    [InlineData(ushort.MaxValue)]
    [InlineData(uint.MaxValue)]
    public void A_count_may_outgrow_its_bytes(long most)
    {
        var model = new SortedDictionary<int, long>(Enumerable.Range(0, 64).ToDictionary(i => i, _ => most - 1));
        using var change = new BucketChange();
        var buckets = Of(model);
        foreach (var bucket in new[] { 63, 63, 0 })
        {
            Fill(change, new(new Dictionary<int, long> { [bucket] = 1 }));
            buckets = buckets.Plus(change);
            model[bucket]++;
            Assert.Equal(model.Values, buckets.Counts());
        }
    }

    [Fact]
    public void Ones_are_added_where_the_mask_has_them() => Build.ForAllSeeds(random =>
    {
        using var change = new BucketChange();
        change.Clear(1);
        change.AddPage(7);
        var wanted = new long[64];
        for (var i = random.Next(255); i >= 0; i--)
        {
            var mask = (ulong)random.NextInt64() & (ulong)random.NextInt64();
            change.AddOnes(mask);
            for (var bit = 0; bit < 64; bit++) wanted[bit] += (long)(mask >> bit) & 1;
        }

        var counts = new long[64];
        change.AddTo(0, counts);
        Assert.Equal(wanted, counts);
        Assert.Equal(wanted.Sum(), change.Total);
        return true;
    });

    [Fact]
    public void Merging_and_scaling_down_count_each_bucket_once() => Build.ForAllSeeds(random =>
    {
        var (a, b, schema) = (Some(random), Some(random), random.Next(-4, 9));
        var counts = new PagedCounts();
        Of(a).AddTo(counts, 8, schema);
        Of(b).AddTo(counts, 8, schema);
        var model = new SortedDictionary<int, long>();
        foreach (var (index, count) in a.Concat(b)) model[BucketLayout.Downscale(index, 8, schema)] = model.GetValueOrDefault(BucketLayout.Downscale(index, 8, schema)) + count;
        var merged = counts.ToBuckets();
        Assert.Equal(model.Keys, merged.Indexes());
        Assert.Equal(model.Values, merged.Counts());
        return true;
    });

    [Fact]
    public void A_rank_leads_to_its_bucket() => Build.ForAllSeeds(random =>
    {
        var model = Some(random);
        var buckets = Of(model);
        for (var i = 0; i < 20; i++)
        {
            var rank = random.NextInt64(buckets.Total + 2);
            var (left, wanted) = (rank, (int?)null);
            foreach (var (index, count) in model)
            {
                if (left < count) wanted = index;
                if (left < count) break;
                left -= count;
            }

            Assert.Equal(wanted, buckets.Find(ref rank));
            Assert.Equal(left, rank);
        }

        return true;
    });

    private static long Count(Random random) => random.Next(10) switch
    {
        0 => random.Next(1, 300),
        1 => random.Next(1, 70_000),
        2 when random.Next(10) == 0 => random.NextInt64(1, 1L << 40),
        _ => random.Next(1, 5),
    };

    private static SortedDictionary<int, long> Some(Random random)
    {
        var (model, at) = (new SortedDictionary<int, long>(), random.Next(-20_000, 20_000));
        var apart = random.Next(3) switch { 0 => 2, 1 => 20, _ => 400 };
        var isSmall = random.Next(2) == 0;
        for (var n = random.Next(400); n > 0; n--) model[at += random.Next(1, apart)] = isSmall ? random.Next(1, 6) : Count(random);
        return model;
    }

    private static BucketCounts Of(SortedDictionary<int, long> model) => BucketCounts.Of([.. model.Keys.Select(k => (long)k)], [.. model.Values]);

    private static void Fill(BucketChange change, SortedDictionary<int, long> model)
    {
        change.Clear(model.Count);
        foreach (var page in model.GroupBy(b => b.Key >> BucketCounts.PageBits))
        {
            change.AddPage(page.Key);
            foreach (var (index, count) in page) change.Set(index & (BucketCounts.PageSize - 1), count);
        }
    }
}
