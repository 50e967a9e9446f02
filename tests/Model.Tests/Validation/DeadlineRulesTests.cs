using System.Text;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Tests.Validation;

public sealed class DeadlineRulesTests
{
    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{"obstacle":"10m"}""", null)]
    [InlineData("""{"queue":"1h","obstacle":"1m","ready":"1m","setup":"10m","evaluate":"168h"}""", null)]
    [InlineData("""{"obstacle":"0s"}""", "spec.deadlines.obstacle")]
    [InlineData("""{"ready":"-1s"}""", "spec.deadlines.ready")]
    [InlineData("""{"queue":"169h"}""", "spec.deadlines.queue")]
    [InlineData("""{"obstacle":"10m","ready":"5m"}""", "spec.deadlines.ready")]
    [InlineData("""{"start":"1m"}""", "spec.deadlines.start")]
    [InlineData("""{"setup":"soon"}""", "spec.deadlines.setup")]
    [InlineData("5", "spec.deadlines")]
    public void Deadlines_have_their_ranges(string deadlines, string? path)
    {
        var problems = Validate(deadlines).Problems.Where(p => !p.IsWarning).ToList();
        Assert.Equal(path is null ? [] : [path], problems.Select(p => p.Path));
    }

    [Fact]
    public void They_are_part_of_a_plan_and_come_back_as_they_were()
    {
        var written = Validate("""{"queue":"1h","obstacle":"10m"}""").Value!.Manifest;
        var problems = new List<Problem>();
        var read = SpecValidator.Validate(SpecJson.Read(SpecJson.ToUtf8(written), problems)!).Value!.Spec.Deadlines;
        Assert.Equal(written.Spec.Deadlines, read);
        Assert.Equal((Duration.FromSeconds(3600), Duration.FromSeconds(600), null), (read.Queue, read.Obstacle, read.Ready));
    }

    private static Validated<ValidLoadTest> Validate(string deadlines)
    {
        var text = $$$"""
            {"apiVersion":"loadtest.dev/v1alpha1","kind":"LoadTest","metadata":{"name":"t"},"spec":{"target":"http://t","flows":{"f":[{"request":{"url":"/"}}]},
             "scenarios":{"s":{"executor":"constant-vus","vus":1,"duration":"1s"}},"deadlines":{{{deadlines}}}}}
            """;
        return SpecValidator.Validate(SpecJson.Read(Encoding.UTF8.GetBytes(text), [])!);
    }
}
