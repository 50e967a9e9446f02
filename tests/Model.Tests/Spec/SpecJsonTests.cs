using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Spec.Parsing;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Tests.Spec;

public sealed class SpecJsonTests
{
    [Fact]
    public void A_manifest_that_is_written_reads_as_the_same()
    {
        Prop.ForAll(Manifests.Any.ToArbitrary(), manifest =>
        {
            var problems = new List<Problem>();
            var text = SpecJson.ToUtf8(manifest);
            var read = SpecParser.Parse(SpecJson.Read(text, problems)!, problems);
            Assert.True(problems.Count == 0, $"{Encoding.UTF8.GetString(text)}\n{string.Join('\n', problems)}");
            Assert.Equal(Structure.Of(manifest), Structure.Of(read));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(20));
    }

    [Fact]
    public void Positions_count_lines_and_characters()
    {
        var problems = new List<Problem>();
        var root = Assert.IsType<SpecMap>(SpecJson.Read("{\n  \"é\": 1, \"b\":\n [true]}", problems));
        Assert.Equal(new SourcePosition(2, 3), root.Entries[0].KeyPosition);
        Assert.Equal(new SourcePosition(2, 11), root.Entries[1].KeyPosition);
        Assert.Equal(new SourcePosition(3, 2), root.Entries[1].Value.Position);
        Assert.Empty(problems);
    }

    [Fact]
    public void A_repeated_key_is_a_problem_and_the_first_counts()
    {
        var problems = new List<Problem>();
        var root = Assert.IsType<SpecMap>(SpecJson.Read("""{"a": {"x": 1, "x": 2}}""", problems));
        Assert.Equal("1", Assert.IsType<SpecScalar>(Assert.IsType<SpecMap>(root["a"])["x"]).Text);
        Assert.Equal(("a.x", "duplicate-key"), (problems.Single().Path, problems.Single().Rule));
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("  \n", 1, 1)]
    [InlineData("{\n\"a\": }", 2, 6)]
    [InlineData("[1, 2", 1, 6)]
    [InlineData("nil", 1, 2)]
    [InlineData("{} {}", 1, 4)]
    public void What_is_no_json_is_a_problem_with_its_place(string text, int line, int column)
    {
        var problems = new List<Problem>();
        SpecJson.Read(text, problems);
        var problem = Assert.Single(problems);
        Assert.Equal("syntax", problem.Rule);
        Assert.Equal(new SourcePosition(line, column), problem.Position);
    }

    [Fact]
    public void Random_bytes_and_cut_texts_never_throw()
    {
        var text = SpecJson.ToUtf8(Manifests.Any.Sample(1, 50).Single());
        Prop.ForAll<byte[], int>((noise, at) =>
        {
            var cut = text.AsSpan(0, (int)((uint)at % text.Length)).ToArray();
            foreach (var bytes in new[] { noise, [.. cut, .. noise] })
            {
                var problems = new List<Problem>();
                var node = SpecJson.Read(bytes, problems);
                Assert.True(node is not null || problems.Count > 0);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void Nesting_is_limited()
    {
        var problems = new List<Problem>();
        Assert.Null(SpecJson.Read(new string('[', 100_000), problems));
        Assert.Equal("syntax", Assert.Single(problems).Rule);
    }
}
