using System.Text;
using LoadTesting.Model.Contract;

namespace LoadTesting.Model.Tests.Contract;

public sealed class PlanFilesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(PlanFiles.MostBytesOfPart)]
    public void A_plan_that_fits_is_one_file_that_people_can_read(int length)
    {
        var file = Assert.Single(PlanFiles.Of(new byte[length]));
        Assert.Equal((PlanFiles.Plain, true, length), (file.Name, file.IsText, file.Content.Length));
    }

    [Theory]
    [InlineData(PlanFiles.MostBytesOfPart + 1, false, 1)]
    [InlineData(2_000_000, false, 1)]
    [InlineData(PlanFiles.MostBytesOfPart + 1, true, 2)]
    [InlineData(2_000_000, true, 3)]
    [InlineData(PlanFiles.MostBytes, true, 5)]
    public void A_larger_one_is_compressed_and_cut_and_comes_back_whole(int length, bool isRandom, int parts)
    {
        var plan = Bytes(length, isRandom);
        var files = PlanFiles.Of(plan);

        Assert.Equal(Enumerable.Range(0, parts).Select(i => $"plan.json.gz.{i}"), files.Select(f => f.Name));
        Assert.All(files, f => Assert.True(!f.IsText && f.Content.Length <= PlanFiles.MostBytesOfPart));
        Assert.InRange(files.Count, 1, PlanFiles.MostParts);
        Assert.Equal(plan, PlanFiles.Join(files.Select(f => f.Content)));
    }

    [Fact]
    public void What_is_not_whole_is_said_and_never_read_as_a_shorter_plan()
    {
        var files = PlanFiles.Of(Bytes(2_000_000, isRandom: true)).Select(f => f.Content).ToList();
        Assert.Throws<InvalidDataException>(() => PlanFiles.Join(files[..2]));
        Assert.Throws<InvalidDataException>(() => PlanFiles.Join([files[1], files[0], files[2]]));
        Assert.Throws<InvalidDataException>(() => PlanFiles.Join([]));
        Assert.Throws<InvalidDataException>(() => PlanFiles.Join([Encoding.UTF8.GetBytes("{\"kind\":\"LoadTest\"}")]));
        Assert.Throws<InvalidDataException>(() => PlanFiles.Join([files[0][..10]]));
    }

    [Fact]
    public void A_small_gzip_that_unpacks_to_more_than_a_plan_may_have_is_refused() =>
        Assert.Throws<InvalidDataException>(() => PlanFiles.Join(PlanFiles.Of(new byte[PlanFiles.MostBytes + 1]).Select(f => f.Content)));

    private static byte[] Bytes(int length, bool isRandom)
    {
        var bytes = new byte[length];
        if (isRandom)
        {
            new Random(7).NextBytes(bytes);
        }

        return bytes;
    }
}
