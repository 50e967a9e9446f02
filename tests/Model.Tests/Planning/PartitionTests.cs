using LoadTesting.Model.Planning;

namespace LoadTesting.Model.Tests.Planning;

public class PartitionTests
{
    [Theory]
    [InlineData("0,1/4,1/2,1", "C A C B")]
    [InlineData("0,1/6,1/2,1", "C B C B C A")]
    [InlineData("0,50%,0.75,1", "A B A C")]
    [InlineData("0,1/7,2/7,3/7,4/7,5/7,6/7,1", "A B C D E F G")]
    [InlineData("0,1/8,1", "B A B B B B B B")]
    public void Slots_go_to_the_largest_segment_that_is_due(string sequence, string owners)
    {
        var partition = Partition.Of(Cases.Sequence(sequence));

        var found = Enumerable.Range(0, (int)partition.Period)
            .Select(slot => (char)('A' + partition.Stripes.ToList().FindIndex(s => s.Slots.Contains(slot))));

        Assert.Equal(owners, string.Join(' ', found));
    }

    [Fact]
    public void Equal_runners_take_turns()
    {
        var partition = Partition.Equal(7);

        for (var runner = 0; runner < 7; runner++)
            Assert.Equal([runner, runner + 7, runner + 14], Enumerable.Range(0, 3).Select(k => partition.Stripes[runner].GlobalIndex(k)));
    }

    [Theory]
    [InlineData(4, 6, "0,1/3,2/3,5/6,1")]
    [InlineData(4, 8, "0,1/4,1/2,3/4,1")]
    [InlineData(4, 3, "0,1/3,2/3,1")]
    [InlineData(2, 7, "0,4/7,1")]
    [InlineData(3, 1, "0,1")]
    public void A_partition_divides_anew_by_the_vus_of_each(int runners, long vus, string sequence)
    {
        var divided = Partition.Equal(runners).Resegment(vus);

        Assert.Equal(sequence, divided.Partition!.Sequence.ToString());
        Assert.Equal(Math.Min(runners, vus), divided.Stripes.Count(s => s is not null));
    }

    [Fact]
    public void Nobody_has_a_share_of_nothing() => Assert.All(Partition.Equal(3).Resegment(0).Stripes, Assert.Null);

    [Fact]
    public void Unequal_nodes_get_shares_in_proportion_to_their_weights()
    {
        Assert.True(SegmentSequence.TryFromWeights([2, 4, 6], out var sequence, out var error), error);

        Assert.Equal([10L, 20L, 30L], Partition.Of(sequence).Stripes.Select(s => s.Scale(60)));
    }

    [Theory]
    [InlineData("1/3")]
    [InlineData("0,1/3,1/3,1")]
    [InlineData("0,2")]
    [InlineData("-1/2,1")]
    [InlineData("0,one,1")]
    [InlineData("0,1/0,1")]
    [InlineData("0,0.,1")]
    [InlineData("0,,1")]
    [InlineData("0,1/-2,1")]
    [InlineData("0,1/9999999999999999999,1")]
    [InlineData("0,0.000000000000000000000000000000000000000000000000000000000000000000000001,1")]
    public void A_sequence_that_cannot_be_gives_a_sentence_not_an_exception(string text)
    {
        Assert.False(SegmentSequence.TryParse(text, out _, out var error));
        Assert.NotEmpty(error!);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void Weights_below_one_are_refused_by_name(long weight)
    {
        Assert.False(SegmentSequence.TryFromWeights([5, weight], out _, out var error));
        Assert.Contains($"{weight}", error);
    }

    [Theory]
    [InlineData("7/3", "2")]
    [InlineData("5/2", "3")]
    [InlineData("-5/2", "-2")]
    [InlineData("-7/3", "-2")]
    [InlineData("-8/3", "-3")]
    public void Halves_round_up(string value, string rounded)
    {
        Assert.True(Rational.TryParse(value, out var rational));
        Assert.Equal(rounded, rational.Round().ToString());
    }
}
