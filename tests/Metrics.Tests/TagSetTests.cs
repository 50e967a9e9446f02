namespace LoadTesting.Metrics.Tests;

public class TagSetTests
{
    [Fact]
    public void The_order_in_which_tags_are_given_does_not_matter()
    {
        var (a, b) = (TagSet.Of(("x", "1"), ("a", "2")), TagSet.Of(("a", "2"), ("x", "1")));
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.Equal("{a:2,x:1}", a.ToString());
    }

    [Fact]
    public void Of_one_key_the_last_value_wins() => Assert.Equal(TagSet.Of(("a", "3"), ("b", "2")), TagSet.Of(("a", "1"), ("b", "2"), ("a", "3")));

    [Fact]
    public void An_empty_value_is_no_tag_and_removes_one()
    {
        Assert.Same(TagSet.Empty, TagSet.Of(("group", ""), ("", "x")));
        Assert.Equal(TagSet.Of(("b", "2")), TagSet.Of(("a", "1"), ("b", "2")).With("a", ""));
    }

    [Fact]
    public void With_adds_or_replaces_and_leaves_the_original_alone()
    {
        var tags = TagSet.Of(("b", "1"));
        Assert.Equal(TagSet.Of(("a", "0"), ("b", "2")), tags.With("a", "0").With("b", "2"));
        Assert.Equal(TagSet.Of(("b", "3"), ("c", "4")), tags.With(TagSet.Of(("c", "4"), ("b", "3"))));
        Assert.Equal(TagSet.Of(("b", "1")), tags);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("name=order", true)]
    [InlineData("name=order,status=200", true)]
    [InlineData("name=browse", false)]
    [InlineData("name=order,method=GET", false)]
    [InlineData("a=b", false)]
    [InlineData("zone=b", false)]
    public void A_filter_matches_when_all_its_pairs_are_there(string filter, bool matches)
    {
        var tags = TagSet.Of(("name", "order"), ("scenario", "s"), ("status", "200"));
        var pairs = filter.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('='));
        Assert.Equal(matches, tags.Matches(TagSet.From(pairs.Select(p => new KeyValuePair<string, string>(p[0], p[1])))));
    }

    [Fact]
    public void Text_that_no_format_can_carry_is_replaced() => Assert.Equal(TagSet.Of(("a", "x\uFFFDy")), TagSet.Of(("a", "x\uD800y")));

    [Theory]
    [InlineData("vus", true)]
    [InlineData("_x", true)]
    [InlineData("x", false)]
    [InlineData("", false)]
    [InlineData("9lives", false)]
    [InlineData("a-b", false)]
    [InlineData("ä_", false)]
    public void Metric_names_follow_k6(string name, bool valid)
    {
        Assert.Equal(valid, MetricDefinition.IsValidName(name));
        Assert.False(MetricDefinition.IsValidName(name + new string('x', 130)));
        if (!valid) Assert.Throws<ArgumentException>(() => new MetricDefinition(name, MetricType.Gauge));
    }
}
