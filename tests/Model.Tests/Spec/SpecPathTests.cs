using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Spec;

public sealed class SpecPathTests
{
    private static readonly SpecNode Root = SpecJson.Read("""
        {"spec": {
          "a.b": {"c": 1},
          "a": {"b": 2},
          "m{x:y}": [3, "4"],
          "q\"uo\\te]": 5,
          "": 6}}
        """, [])!;

    [Theory]
    [InlineData("spec", "x", "spec.x")]
    [InlineData("", "spec", "spec")]
    [InlineData("spec", "http_req{name:a}", "spec[\"http_req{name:a}\"]")]
    [InlineData("spec", "", "spec[\"\"]")]
    [InlineData("spec", "a\"b\\", "spec[\"a\\\"b\\\\\"]")]
    public void Keys_that_are_no_words_are_quoted(string path, string key, string expected) => Assert.Equal(expected, SpecPath.Field(path, key));

    [Theory]
    [InlineData("spec[\"a.b\"].c", "1")]
    [InlineData("spec.a.b", "1")]
    [InlineData("spec.m{x:y}[1]", "4")]
    [InlineData("spec[\"m{x:y}\"][0]", "3")]
    [InlineData("spec[\"q\\\"uo\\\\te]\"]", "5")]
    [InlineData("spec[\"\"]", "6")]
    public void Paths_lead_to_their_nodes(string path, string text)
    {
        var place = SpecPath.Find(Root, path);
        Assert.True(place.Exact, path);
        Assert.Equal(text, place.Node is SpecScalar scalar ? scalar.Text : Assert.IsType<SpecScalar>(Assert.IsType<SpecMap>(place.Node)["c"]).Text);
    }

    [Theory]
    [InlineData("spec.nothing.here", 1)]
    [InlineData("spec[\"m{x:y}\"][9]", 4)]
    [InlineData("spec[", 1)]
    [InlineData("spec[\"a", 1)]
    [InlineData(".", 1)]
    public void A_path_that_ends_nowhere_gives_the_deepest_place_on_its_way(string path, int line)
    {
        var place = SpecPath.Find(Root, path);
        Assert.False(place.Exact);
        Assert.Equal(line, place.KeyPosition.Line);
    }
}
